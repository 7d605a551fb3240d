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

// param gives the value of the parameter; an empty name stands for every one that has a value. Where a parameter begins,
// HAProxy looks for the name and an equal sign first, whatever bytes the name is made of.
func param(query []byte, name string, delim byte, it *Iter, out *Sample) ([]byte, bool) {
	off := 0
	if it != nil {
		off = it.Off
	}
	for off < len(query) {
		start := valueStart(query, off, name, delim)
		end := paramEnd(query, max(off, start), delim)
		off = end + 1
		if start < 0 {
			continue
		}
		if it != nil {
			it.Off = off
			out.More = off < len(query)
		}
		return query[start:end], true
	}
	return nil, false
}

// valueStart is where the value of the parameter at off begins, -1 when it has another name or no value.
func valueStart(query []byte, off int, name string, delim byte) int {
	if name == "" {
		end := paramEnd(query, off, delim)
		if eq := bytes.IndexByte(query[off:end], '='); eq >= 0 {
			return off + eq + 1
		}
		return -1
	}
	eq := off + len(name)
	if eq < len(query) && query[eq] == '=' && string(query[off:eq]) == name {
		return eq + 1
	}
	return -1
}

func paramEnd(query []byte, i int, delim byte) int {
	for i < len(query) && query[i] != '&' && query[i] != ';' && query[i] != delim {
		i++
	}
	return i
}
