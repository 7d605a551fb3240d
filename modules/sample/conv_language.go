package sample

import (
	"bytes"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// The language a client prefers (configuration.txt 7.3.1, "language").
func init() {
	RegisterConv(Conv{Name: "language", Args: "string[,string]", In: txn.Str, Out: txn.Str, Compile: compileLanguage})
}

func compileLanguage(_ *Env, args []Arg) (ConvFunc, error) {
	known := bytes.Split([]byte(firstArg(args)), []byte(";"))
	var other []byte
	if len(args) > 1 && args[1].Str != "" {
		other = []byte(args[1].Str)
	}
	return func(_ *txn.Txn, s *Sample) bool {
		best := preferred(s.Bytes, known)
		if best == nil {
			best = other
		}
		s.SetStr(best)
		return best != nil
	}, nil
}

// preferred is the one of known with the highest q in the header, the first among equals; nil when there is none.
func preferred(header []byte, known [][]byte) (best []byte) {
	most := 0
	skip := false
	for len(header) > 0 {
		item := header
		if i := bytes.IndexByte(header, ','); i >= 0 {
			item, header = header[:i], header[i+1:]
		} else {
			header = nil
		}
		if skip { // HAProxy drops what follows a plain q=0
			skip = false
			continue
		}
		tag, params := bytes.TrimSpace(item), []byte(nil)
		if i := bytes.IndexByte(item, ';'); i >= 0 {
			tag, params = bytes.TrimSpace(item[:i]), item[i+1:]
		}
		lang := knownLanguage(tag, known)
		if lang == nil {
			continue
		}
		q := quality(params)
		if q > most {
			best, most = lang, q
		}
		skip = q == 0 && bytes.HasSuffix(bytes.TrimRight(bytes.TrimSuffix(item, []byte("0")), " \t"), []byte("="))
	}
	return best
}

// knownLanguage finds tag, or without its variant, among known.
func knownLanguage(tag []byte, known [][]byte) []byte {
	for _, k := range known {
		if len(k) > 0 && bytes.Equal(k, tag) {
			return k
		}
	}
	if i := bytes.LastIndexByte(tag, '-'); i >= 0 {
		return knownLanguage(tag[:i], known)
	}
	return nil
}

// quality reads "q=0.5" in thousandths; what cannot be read counts as 1.
func quality(params []byte) int {
	params = bytes.TrimSpace(params)
	if len(params) == 0 || params[0] != 'q' {
		return 1000
	}
	params = bytes.TrimLeft(params[1:], " \t")
	if len(params) == 0 || params[0] != '=' {
		return 1000
	}
	params = bytes.TrimLeft(params[1:], " \t")
	if len(params) == 0 || params[0] != '0' {
		return 1000
	}
	q := 0
	if len(params) > 1 && params[1] == '.' {
		scale := 100
		for _, c := range params[2:] {
			if c < '0' || c > '9' || scale == 0 {
				break
			}
			q += int(c-'0') * scale
			scale /= 10
		}
	}
	return q
}
