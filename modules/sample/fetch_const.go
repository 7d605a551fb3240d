//lint:file-ignore ST1005 the texts are HAProxy's, word for word

package sample

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Constants (configuration.txt 7.3.2).
func init() {
	RegisterFetch(
		Fetch{Name: "always_true", Out: txn.Bool, Use: Internal, Func: constant(boolSample(true))},
		Fetch{Name: "always_false", Out: txn.Bool, Use: Internal, Func: constant(boolSample(false))},
		Fetch{Name: "bool", Args: "string", Out: txn.Bool, Use: Internal, Compile: compileBool},
		Fetch{Name: "int", Args: "integer", Out: txn.Int, Use: Internal, Compile: compileInt},
		Fetch{Name: "str", Args: "string", Out: txn.Str, Use: Internal, Compile: compileStr},
		Fetch{Name: "bin", Args: "string", Out: txn.Bin, Use: Internal, Compile: compileBin},
		Fetch{Name: "meth", Args: "string", Out: txn.Meth, Use: Internal, Compile: compileMeth},
		Fetch{Name: "ipv4", Args: "IPv4 address", Out: txn.IPv4, Use: Internal, Compile: compileAddr},
		Fetch{Name: "ipv6", Args: "IPv6 address", Out: txn.IPv6, Use: Internal, Compile: compileAddr},
	)
}

// constant gives the same value each time. Its bytes are shared: converters never change bytes in place.
func constant(s Sample) FetchFunc {
	return func(_ *txn.Txn, _ *Iter, out *Sample) bool {
		*out = s
		return true
	}
}

func boolSample(v bool) (s Sample) {
	s.SetBool(v)
	return s
}

func compileBool(_ *Env, args []Arg) (FetchFunc, error) {
	switch args[0].Str {
	case "true", "1":
		return constant(boolSample(true)), nil
	case "false", "0":
		return constant(boolSample(false)), nil
	}
	return nil, errors.New("Expects 'true', 'false', '0' or '1'")
}

func compileInt(_ *Env, args []Arg) (FetchFunc, error) {
	var s Sample
	s.SetInt(args[0].Int)
	return constant(s), nil
}

func compileStr(_ *Env, args []Arg) (FetchFunc, error) {
	return constant(Sample{Type: txn.Str, Bytes: []byte(args[0].Str)}), nil
}

func compileBin(_ *Env, args []Arg) (FetchFunc, error) {
	if n := len(args[0].Str); n == 0 || n%2 != 0 {
		return nil, errors.New("an even number of hex digit is expected")
	}
	b, err := hex.DecodeString(args[0].Str)
	var bad hex.InvalidByteError
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("an hex digit is expected (found '%c')", byte(bad))
	}
	return constant(Sample{Type: txn.Bin, Bytes: b}), nil
}

func compileMeth(_ *Env, args []Arg) (FetchFunc, error) {
	return constant(Sample{Type: txn.Meth, Bytes: []byte(args[0].Str)}), nil
}

func compileAddr(_ *Env, args []Arg) (FetchFunc, error) {
	var s Sample
	setAddr(&s, args[0].Addr)
	return constant(s), nil
}
