//lint:file-ignore ST1005 the texts are HAProxy's, word for word

package sample

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// The process and its clock (configuration.txt 7.3.2).
func init() {
	RegisterFetch(
		Fetch{Name: "date", Args: "[integer,string]", Out: txn.Int, Use: Internal, Compile: compileDate},
		Fetch{Name: "date_us", Out: txn.Int, Use: Internal, Func: fetchDateUS},
		Fetch{Name: "env", Args: "string", Out: txn.Str, Use: Internal, Compile: compileEnv},
		Fetch{Name: "hostname", Out: txn.Str, Use: Internal, Compile: compileHostname},
		Fetch{Name: "nbproc", Out: txn.Int, Use: Internal, Func: constant(intSample(1))},
		Fetch{Name: "proc", Out: txn.Int, Use: Internal, Func: constant(intSample(1))},
		Fetch{Name: "thread", Out: txn.Int, Use: Internal, Func: constant(intSample(0)),
			Note: "always 0: sessions are not bound to threads"},
		Fetch{Name: "rand", Args: "[integer]", Out: txn.Int, Use: Internal, Compile: compileRand},
		Fetch{Name: "uuid", Args: "[integer]", Out: txn.Str, Use: Internal, Compile: compileUUID},
		Fetch{Name: "wait_end", Out: txn.Bool, Use: InternalLive, Func: constant(boolSample(true))},
		Fetch{Name: "internal.strm.is_htx", Out: txn.Bool, Use: InternalLive, Func: constant(boolSample(true))},
		Fetch{Name: "acl", Args: "string[,string,string,string,string,string,string,string,string,string,string,string]", Out: txn.Bool, Use: InternalLive, Compile: compileACL,
			Note: "2.9 and later: 2.6 does not know it"},
	)
}

func intSample(n int64) (s Sample) {
	s.SetInt(n)
	return s
}

func compileDate(_ *Env, args []Arg) (FetchFunc, error) {
	offset, unit := int64(0), "s"
	if len(args) > 0 {
		offset = args[0].Int
	}
	if len(args) > 1 {
		unit = args[1].Str
	}
	var read func(time.Time) int64
	switch unit {
	case "s":
		read = time.Time.Unix
	case "ms":
		read = time.Time.UnixMilli
	case "us":
		read = time.Time.UnixMicro
	default:
		return nil, fmt.Errorf("expects 's', 'ms' or 'us', got '%s'", unit)
	}
	return func(_ *txn.Txn, _ *Iter, out *Sample) bool {
		out.SetInt(read(time.Now()) + offset)
		return true
	}, nil
}

func fetchDateUS(_ *txn.Txn, _ *Iter, out *Sample) bool {
	out.SetInt(int64(time.Now().Nanosecond() / 1000))
	return true
}

// compileEnv reads the variable once, as HAProxy does when it reads its configuration.
func compileEnv(env *Env, args []Arg) (FetchFunc, error) {
	get := env.Getenv
	if get == nil {
		get = os.LookupEnv
	}
	v, ok := get(args[0].Str)
	if !ok {
		return never, nil
	}
	return constant(Sample{Type: txn.Str, Bytes: []byte(v)}), nil
}

func compileHostname(_ *Env, _ []Arg) (FetchFunc, error) {
	name, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	return constant(Sample{Type: txn.Str, Bytes: []byte(name)}), nil
}

// compileRand gives a 32 bit random number, or one below the range.
func compileRand(_ *Env, args []Arg) (FetchFunc, error) {
	if len(args) == 0 {
		return func(_ *txn.Txn, _ *Iter, out *Sample) bool {
			out.SetInt(int64(rand.Uint32()))
			return true
		}, nil
	}
	span := uint64(args[0].Int)
	return func(_ *txn.Txn, _ *Iter, out *Sample) bool {
		out.SetInt(int64(uint64(rand.Uint32()) * span >> 32))
		return true
	}, nil
}

func compileUUID(_ *Env, args []Arg) (FetchFunc, error) {
	if len(args) > 0 && args[0].Int != 4 {
		return nil, fmt.Errorf("Unsupported UUID version: '%d'", args[0].Int)
	}
	return func(t *txn.Txn, _ *Iter, out *Sample) bool {
		out.SetStr(t.Keep(appendUUID(t.Room(36))))
		return true
	}, nil
}

// appendUUID writes a version 4 UUID (RFC 9562 5.4). It names requests; it is no secret.
func appendUUID(dst []byte) []byte {
	const digits = "0123456789abcdef"
	hi, lo := rand.Uint64(), rand.Uint64()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(3<<62) | 2<<62
	for i := range 32 {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			dst = append(dst, '-')
		}
		w := hi
		if i >= 16 {
			w = lo
		}
		dst = append(dst, digits[w>>(60-4*(i%16))&15])
	}
	return dst
}

// compileACL evaluates named ACLs of the proxy, all of which must be true; "!name" negates one.
func compileACL(env *Env, args []Arg) (FetchFunc, error) {
	env.warn("acl() is not known to HAProxy before 2.9")
	funcs := make([]func(*txn.Txn) bool, len(args))
	not := make([]bool, len(args))
	for i, a := range args {
		var name string
		name, not[i] = strings.CutPrefix(a.Str, "!")
		if env.Lookup == nil {
			return never, nil
		}
		if funcs[i] = env.Lookup.ACL(name); funcs[i] == nil {
			return nil, fmt.Errorf("ACL '%s' not found", name)
		}
	}
	return func(t *txn.Txn, _ *Iter, out *Sample) bool {
		for i, f := range funcs {
			if f(t) == not[i] {
				out.SetBool(false)
				return true
			}
		}
		out.SetBool(true)
		return true
	}, nil
}
