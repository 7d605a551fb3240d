package sample

import (
	"bytes"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Parameters of the query string and of an url-encoded body (configuration.txt 7.3.6).
func init() {
	RegisterFetch(
		Fetch{Name: "url_param", Args: "[string,string]", Out: txn.Str, Use: RequestHdr, Compile: compileURLParam(headerText)},
		Fetch{Name: "urlp", Args: "[string,string]", Out: txn.Str, Use: RequestHdr, Compile: compileURLParam(headerText)},
		Fetch{Name: "urlp_val", Args: "[string,string]", Out: txn.Int, Use: RequestHdr, Compile: compileURLParam(headerVal)},
		Fetch{Name: "req.body_param", Args: "[string]", Out: txn.Bin, Use: RequestHdr, Compile: compileBodyParam},
	)
}

// compileURLParam takes what is behind the first delimiter, '?' unless another one is given.
func compileURLParam(set func([]byte, *Sample) bool) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		name, delim := cookieName(args), byte('?')
		if len(args) > 1 && args[1].Str != "" {
			delim = args[1].Str[0]
		}
		return func(t *txn.Txn, it *Iter, out *Sample) bool {
			i := bytes.IndexByte(t.Req.Target, delim)
			if i < 0 {
				return false
			}
			b, ok := param(t.Req.Target[i+1:], name, delim, it, out)
			return ok && set(b, out)
		}, nil
	}
}

func compileBodyParam(_ *Env, args []Arg) (FetchFunc, error) {
	name := cookieName(args)
	return func(t *txn.Txn, it *Iter, out *Sample) bool {
		b, ok := param(t.Body, name, '&', it, out)
		out.SetBin(b)
		return ok
	}, nil
}

// param gives the value of the parameter; an empty name stands for every one.
func param(query []byte, name string, delim byte, it *Iter, out *Sample) ([]byte, bool) {
	off := 0
	if it != nil {
		off = it.Off
	}
	for off < len(query) {
		end := off
		for end < len(query) && query[end] != '&' && query[end] != ';' && query[end] != delim {
			end++
		}
		pair := query[off:end]
		off = end + 1
		eq := bytes.IndexByte(pair, '=')
		if eq < 0 || name != "" && string(pair[:eq]) != name {
			continue
		}
		if it != nil {
			it.Off = off
			out.More = off < len(query)
		}
		return pair[eq+1:], true
	}
	return nil, false
}
