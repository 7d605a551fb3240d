package sample

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Text (configuration.txt 7.3.1).
func init() {
	RegisterConv(
		Conv{Name: "lower", In: txn.Str, Out: txn.Str, Func: convLower},
		Conv{Name: "upper", In: txn.Str, Out: txn.Str, Func: convUpper},
		Conv{Name: "length", In: txn.Str, Out: txn.Int, Func: convLength},
		Conv{Name: "ltrim", Args: "string", In: txn.Str, Out: txn.Str, Compile: compileTrim(true)},
		Conv{Name: "rtrim", Args: "string", In: txn.Str, Out: txn.Str, Compile: compileTrim(false)},
		Conv{Name: "cut_crlf", In: txn.Str, Out: txn.Str, Func: convCutCRLF},
		Conv{Name: "bytes", Args: "integer[,integer]", In: txn.Bin, Out: txn.Bin, Compile: compileBytes},
		Conv{Name: "concat", Args: "string[,string,string]", In: txn.Str, Out: txn.Str, Compile: compileConcat},
		Conv{Name: "add_item", Args: "string,string[,string]", In: txn.Str, Out: txn.Str, Compile: compileAddItem},
		Conv{Name: "strcmp", Args: "string", In: txn.Str, Out: txn.Int, Compile: compileStrcmp},
		Conv{Name: "iif", Args: "string,string", In: txn.Bool, Out: txn.Str, Compile: compileIif},
		Conv{Name: "host_only", In: txn.Str, Out: txn.Str, Func: convHostOnly},
		Conv{Name: "port_only", In: txn.Str, Out: txn.Int, Func: convPortOnly},
	)
}

func convLower(t *txn.Txn, s *Sample) bool {
	s.Bytes = mapBytes(t, s.Bytes, 'A', 'Z')
	return true
}

func convUpper(t *txn.Txn, s *Sample) bool {
	s.Bytes = mapBytes(t, s.Bytes, 'a', 'z')
	return true
}

// mapBytes is b with the letters from first to last in the other case. Without one it is b itself.
func mapBytes(t *txn.Txn, b []byte, first, last byte) []byte {
	i := 0
	for i < len(b) && (b[i] < first || b[i] > last) {
		i++
	}
	if i == len(b) {
		return b
	}
	out := t.Copy(b)
	for ; i < len(out); i++ {
		if c := out[i]; c >= first && c <= last {
			out[i] = c ^ 0x20
		}
	}
	return out
}

func convLength(_ *txn.Txn, s *Sample) bool {
	s.SetInt(int64(len(s.Bytes)))
	return true
}

func compileTrim(left bool) func(*Env, []Arg) (ConvFunc, error) {
	return func(_ *Env, args []Arg) (ConvFunc, error) {
		set := delimiters(firstArg(args))
		return func(_ *txn.Txn, s *Sample) bool {
			b := s.Bytes
			for left && len(b) > 0 && set.has(b[0]) {
				b = b[1:]
			}
			for !left && len(b) > 0 && set.has(b[len(b)-1]) {
				b = b[:len(b)-1]
			}
			s.Bytes = b
			return true
		}, nil
	}
}

func convCutCRLF(_ *txn.Txn, s *Sample) bool {
	if i := bytes.IndexAny(s.Bytes, "\r\n"); i >= 0 {
		s.Bytes = s.Bytes[:i]
	}
	return true
}

func compileBytes(_ *Env, args []Arg) (ConvFunc, error) {
	offset, length := args[0].Int, int64(-1)
	if len(args) > 1 {
		length = args[1].Int
	}
	return func(_ *txn.Txn, s *Sample) bool {
		size := int64(len(s.Bytes))
		if offset < 0 || offset >= size {
			s.Bytes = s.Bytes[:0]
			return true
		}
		end := size
		if length >= 0 && length < size-offset {
			end = offset + length
		}
		s.Bytes = s.Bytes[offset:end]
		return true
	}, nil
}

func compileConcat(_ *Env, args []Arg) (ConvFunc, error) {
	var parts [3]string
	for i, a := range args {
		parts[i] = a.Str
	}
	v, has, err := optionalVariable(parts[1])
	if err != nil {
		return nil, err
	}
	return func(t *txn.Txn, s *Sample) bool {
		w := t.Borrow()
		defer t.Return()
		found := has && v.fetch(t, &w.Sample) && ToStr(t, &w.Sample)
		b := t.Room(len(s.Bytes) + len(parts[0]) + len(w.Sample.Bytes) + len(parts[2]))
		b = append(append(b, s.Bytes...), parts[0]...)
		if found {
			b = append(b, w.Sample.Bytes...)
		}
		s.SetStr(t.Keep(append(b, parts[2]...)))
		return true
	}, nil
}

// requiredVariable reads a variable's name.
func requiredVariable(name string) (variable, error) {
	v, has, err := optionalVariable(name)
	if err == nil && !has {
		err = errors.New("missing variable name")
	}
	return v, err
}

// optionalVariable reads a variable's name, or nothing.
func optionalVariable(name string) (v variable, has bool, err error) {
	if name == "" {
		return v, false, nil
	}
	if v, err = parseVariable(name); err != nil {
		return v, false, fmt.Errorf("failed to register variable name '%s'", name)
	}
	return v, true, nil
}

func compileAddItem(_ *Env, args []Arg) (ConvFunc, error) {
	delim, suffix := args[0].Str, ""
	if len(args) > 2 {
		suffix = args[2].Str
	}
	v, has, err := optionalVariable(args[1].Str)
	switch {
	case err != nil:
		return nil, err
	case !has && suffix == "":
		return nil, errors.New("one of the optional arguments has to be nonempty")
	}
	return func(t *txn.Txn, s *Sample) bool {
		w := t.Borrow()
		defer t.Return()
		if !has || !v.fetch(t, &w.Sample) || !ToStr(t, &w.Sample) {
			w.Sample.Bytes = nil
		}
		item := w.Sample.Bytes
		b := append(t.Room(len(s.Bytes)+len(delim)+len(item)+len(suffix)), s.Bytes...)
		if len(b) > 0 && len(item)+len(suffix) > 0 {
			b = append(b, delim...)
		}
		s.SetStr(t.Keep(append(append(b, item...), suffix...)))
		return true
	}, nil
}

func compileStrcmp(_ *Env, args []Arg) (ConvFunc, error) {
	v, err := requiredVariable(firstArg(args))
	if err != nil {
		return nil, err
	}
	return func(t *txn.Txn, s *Sample) bool {
		w := t.Borrow()
		defer t.Return()
		if !v.fetch(t, &w.Sample) || !ToStr(t, &w.Sample) {
			return false
		}
		s.SetInt(compareBytes(s.Bytes, w.Sample.Bytes))
		return true
	}, nil
}

func firstArg(args []Arg) string {
	if len(args) == 0 {
		return ""
	}
	return args[0].Str
}

// compareBytes is the difference of the first bytes that differ, else the sign of that of the lengths.
func compareBytes(a, b []byte) int64 {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return int64(a[i]) - int64(b[i])
		}
	}
	return int64(cmp.Compare(len(a), len(b)))
}

func compileIif(_ *Env, args []Arg) (ConvFunc, error) {
	yes, no := []byte(args[0].Str), []byte(args[1].Str)
	return func(_ *txn.Txn, s *Sample) bool {
		if s.Int != 0 {
			s.SetStr(yes)
		} else {
			s.SetStr(no)
		}
		return true
	}, nil
}

// splitPort splits a Host header's value; IPv6 addresses stand in brackets.
func splitPort(b []byte) (host, port []byte) {
	i := bytes.LastIndexByte(b, ':')
	if i < 0 || bytes.IndexByte(b[i:], ']') >= 0 {
		return b, nil
	}
	return b[:i], b[i+1:]
}

func convHostOnly(t *txn.Txn, s *Sample) bool {
	s.Bytes, _ = splitPort(s.Bytes)
	return convLower(t, s)
}

func convPortOnly(_ *txn.Txn, s *Sample) bool {
	_, port := splitPort(s.Bytes)
	var n uint32
	for _, c := range port { // HAProxy does not check for digits
		n = n*10 + uint32(c) - '0'
	}
	s.SetInt(int64(n))
	return true
}
