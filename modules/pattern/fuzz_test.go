package pattern

import (
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// FuzzCompile: no pattern and no sample panics, with any method.
func FuzzCompile(f *testing.F) {
	f.Add(uint8(Int), "gt 5 5:7 -3", "5", true)
	f.Add(uint8(IP), "10/8 ::/0 127.1 010.1/255.0.0.255 1.2.3.4/33", "::1", false)
	f.Add(uint8(Dom), ".a. b", "x.a.b:80", true)
	f.Add(uint8(Reg), "(a|b)*$", "ab\n", true)
	f.Fuzz(func(t *testing.T, m uint8, words, text string, fold bool) {
		set, err := Compile(Method(m%uint8(len(methodNames))), strings.Fields(words), nil, Options{IgnoreCase: fold, NoDNS: true})
		if err != nil {
			return
		}
		tx := new(txn.Txn)
		s := txn.Sample{Type: txn.Str, Bytes: []byte(text), Int: int64(len(text))}
		set.Match(tx, &s)
		for _, typ := range []txn.Type{txn.Int, txn.Bin, txn.IPv4, txn.IPv6, txn.None} {
			s.Type = typ
			set.Match(tx, &s)
		}
	})
}
