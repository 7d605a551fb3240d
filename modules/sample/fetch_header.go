package sample

import (
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Header fields (configuration.txt 7.3.6). "hdr" and "fhdr" differ in that only the former splits lists at commas.
func init() {
	for _, s := range []struct {
		name, short string
		use         Use
		fields      fieldsFunc
	}{
		{"req.", "", RequestHdr, requestFields},
		{"res.", "s", ResponseHdr, responseFields},
	} {
		RegisterFetch(headerRows(s.name+"hdr", s.use, s.fields, false)...)
		RegisterFetch(
			headerRow(s.name+"fhdr", s.use, s.fields, true),
			headerCount(s.name+"fhdr_cnt", s.use, s.fields, true),
			Fetch{Name: s.name + "hdrs", Out: txn.Bin, Use: s.use, Func: fetchFields(s.fields)},
			Fetch{Name: s.name + "hdrs_bin", Out: txn.Bin, Use: s.use, Func: fetchFieldsBin(s.fields)},
			Fetch{Name: s.name + "hdr_names", Args: "[string]", Out: txn.Str, Use: s.use, Compile: compileFieldNames(s.fields)},
		)
	}
	// The short names: hdr alone looks at the side the rules are on.
	RegisterFetch(headerRow("hdr", EitherHdr, sideFields, false))
	RegisterFetch(headerRows("hdr", RequestHdr, requestFields, false)[1:]...)
	RegisterFetch(headerRows("shdr", ResponseHdr, responseFields, false)...)
}

// fieldsFunc picks the header fields that a fetch looks at; false when they are not there.
type fieldsFunc func(t *txn.Txn) (h1.Headers, bool)

func requestFields(t *txn.Txn) (h1.Headers, bool) { return t.Req.Headers, len(t.Req.Method) > 0 }

func responseFields(t *txn.Txn) (h1.Headers, bool) { return t.Res.Headers, t.InResponse }

func sideFields(t *txn.Txn) (h1.Headers, bool) {
	if t.InResponse {
		return t.Res.Headers, true
	}
	return requestFields(t)
}

func headerRows(name string, use Use, fields fieldsFunc, full bool) []Fetch {
	return []Fetch{
		headerRow(name, use, fields, full),
		headerCount(name+"_cnt", use, fields, full),
		{Name: name + "_val", Args: "[string,integer]", Out: txn.Int, Use: use, Compile: compileHeader(fields, full, headerVal)},
		{Name: name + "_ip", Args: "[string,integer]", Out: txn.IPv4, Use: use, Compile: compileHeader(fields, full, headerIP)},
	}
}

func headerRow(name string, use Use, fields fieldsFunc, full bool) Fetch {
	return Fetch{Name: name, Args: "[string,integer]", Out: txn.Str, Use: use, Compile: compileHeader(fields, full, headerText)}
}

func headerCount(name string, use Use, fields fieldsFunc, full bool) Fetch {
	return Fetch{Name: name, Args: "[string]", Out: txn.Int, Use: use, Compile: compileHeaderCount(fields, full)}
}

func headerText(b []byte, out *Sample) bool {
	out.SetStr(b)
	return true
}

func headerVal(b []byte, out *Sample) bool {
	out.SetInt(looseInt(b))
	return true
}

func headerIP(b []byte, out *Sample) bool {
	a, ok := ParseHeaderAddr(b)
	if ok {
		setAddr(out, a)
	}
	return ok
}

func headerName(args []Arg) string {
	if len(args) == 0 {
		return ""
	}
	return strings.ToLower(args[0].Str)
}

// compileHeader makes a fetch of one occurrence, or of all of them for an ACL.
func compileHeader(fields fieldsFunc, full bool, set func([]byte, *Sample) bool) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		if len(args) == 0 {
			return never, nil
		}
		name, occ := headerName(args), int64(0)
		if len(args) > 1 {
			occ = args[1].Int
		}
		if occ < -maxOccurrence {
			return nil, fmt.Errorf("header occurrence must be >= %d", -maxOccurrence)
		}
		return func(t *txn.Txn, it *Iter, out *Sample) bool {
			list, ok := fields(t)
			if !ok {
				return false
			}
			v := values{list, name, full}
			if it == nil || occ != 0 {
				b, ok := v.at(lastIfZero(occ))
				return ok && set(b, out)
			}
			for {
				b, ok := v.next(it)
				if !ok {
					return false
				}
				if set(b, out) {
					out.More = true
					return true
				}
			}
		}, nil
	}
}

func lastIfZero(occ int64) int64 {
	if occ == 0 {
		return -1
	}
	return occ
}

func never(*txn.Txn, *Iter, *Sample) bool { return false }

func compileHeaderCount(fields fieldsFunc, full bool) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		name := headerName(args)
		return func(t *txn.Txn, _ *Iter, out *Sample) bool {
			list, ok := fields(t)
			if !ok {
				return false
			}
			v := values{list, name, full}
			out.SetInt(v.count())
			return true
		}, nil
	}
}

// fetchFields gives all fields as they stand in the message, with the empty line.
func fetchFields(fields fieldsFunc) FetchFunc {
	return func(t *txn.Txn, _ *Iter, out *Sample) bool {
		list, ok := fields(t)
		if !ok {
			return false
		}
		size := 2
		for i := range list {
			size += len(list[i].Name) + len(list[i].Value) + 4
		}
		b := t.Room(size)
		for i := range list {
			b = append(b, list[i].Name...)
			b = append(b, ": "...)
			b = append(b, list[i].Value...)
			b = append(b, "\r\n"...)
		}
		out.SetBin(t.Keep(append(b, "\r\n"...)))
		return true
	}
}

// fetchFieldsBin gives all fields, each string behind its length, and an empty pair (configuration.txt, req.hdrs_bin).
func fetchFieldsBin(fields fieldsFunc) FetchFunc {
	return func(t *txn.Txn, _ *Iter, out *Sample) bool {
		list, ok := fields(t)
		if !ok {
			return false
		}
		size := 2
		for i := range list {
			size += len(list[i].Name) + len(list[i].Value) + 2*maxVarint
		}
		b := t.Room(size)
		for i := range list {
			b = append(appendVarint(b, len(list[i].Name)), list[i].Name...)
			b = append(appendVarint(b, len(list[i].Value)), list[i].Value...)
		}
		out.SetBin(t.Keep(append(b, 0, 0)))
		return true
	}
}

const maxVarint = 10

// appendVarint writes n as the SPOE specification's chapter 3.1 does: 4 bits in the first byte, 7 in each further one.
func appendVarint(dst []byte, n int) []byte {
	if n < 240 {
		return append(dst, byte(n))
	}
	dst = append(dst, byte(n)|240)
	n = (n - 240) >> 4
	for n >= 128 {
		dst = append(dst, byte(n)|128)
		n = (n - 128) >> 7
	}
	return append(dst, byte(n))
}

func firstByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

// compileFieldNames gives the names of all fields, by default with commas between them.
func compileFieldNames(fields fieldsFunc) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		delim := byte(',')
		if len(args) > 0 {
			delim = firstByte(args[0].Str)
		}
		return func(t *txn.Txn, _ *Iter, out *Sample) bool {
			list, ok := fields(t)
			if !ok {
				return false
			}
			size := 0
			for i := range list {
				size += len(list[i].Name) + 1
			}
			b := t.Room(size)
			for i := range list {
				if i > 0 {
					b = append(b, delim)
				}
				b = append(b, list[i].Name...)
			}
			out.SetStr(t.Keep(b))
			return true
		}, nil
	}
}
