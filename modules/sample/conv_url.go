//lint:file-ignore ST1005 the texts are HAProxy's, word for word

package sample

import (
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// URL encoding (configuration.txt 7.3.1: url_dec, url_enc).
func init() {
	RegisterConv(
		Conv{Name: "url_dec", Args: "[integer]", In: txn.Str, Out: txn.Str, Compile: compileURLDec},
		Conv{Name: "url_enc", Args: "string", In: txn.Str, Out: txn.Str, Compile: compileURLEnc},
	)
}

func compileURLDec(_ *Env, args []Arg) (ConvFunc, error) {
	form := len(args) > 0 && args[0].Int != 0
	return func(t *txn.Txn, s *Sample) bool {
		b, ok := urlDecode(t, s.Bytes, form)
		s.SetStr(b)
		return ok
	}, nil
}

// urlDecode decodes %XX, and + from a question mark on, or everywhere in a form.
func urlDecode(t *txn.Txn, in []byte, form bool) ([]byte, bool) {
	out := t.Room(len(in))
	for i := 0; i < len(in); i++ {
		c := in[i]
		switch c {
		case '%':
			if i+2 >= len(in) || hexDigit(in[i+1]) < 0 || hexDigit(in[i+2]) < 0 {
				return nil, false
			}
			c = byte(hexDigit(in[i+1])<<4 | hexDigit(in[i+2]))
			i += 2
		case '+':
			if form {
				c = ' '
			}
		case '?':
			form = true
		}
		out = append(out, c)
	}
	return t.Keep(out), true
}

func compileURLEnc(_ *Env, args []Arg) (ConvFunc, error) {
	if a := firstArg(args); a != "" && a != "query" {
		return nil, fmt.Errorf("Unexpected encode type. Allowed value is 'query'")
	}
	return func(t *txn.Txn, s *Sample) bool {
		out := t.Room(3 * len(s.Bytes))
		for _, c := range s.Bytes {
			if unreserved(c) {
				out = append(out, c)
			} else {
				out = append(out, '%', upperHex[c>>4], upperHex[c&15])
			}
		}
		s.SetStr(t.Keep(out))
		return true
	}, nil
}

// unreserved says whether c is an unreserved character of RFC 3986, 2.3.
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
