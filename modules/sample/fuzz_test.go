package sample

import (
	"strings"
	"testing"
)

// FuzzCompile: no text panics the compiler; what it takes it takes again from its own String, with the same rest and
// type; and what it makes evaluates without a panic, once and over all occurrences.
func FuzzCompile(f *testing.F) {
	for _, text := range hot {
		f.Add(text)
	}
	for _, text := range []string{
		`str("a,b\"c")`, "str('a)b'),lower", "hdr(,1)", "hdr()", "src,", "src,,lower", "int(-9223372036854775809)", "ipv6(::1),add(1)",
		"hdr(x-forwarded-for),ipmask(24,64)", "str(a", "(((", "src]", `%[src]`, "var(txn.a),concat(b,txn.a)", "req.ssl_sni", "acl(!no,yes)",
	} {
		f.Add(text)
	}
	tx := warmTxn(f)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "map") || strings.Contains(text, "debug") {
			return // map converters open the file that they are told to; debug writes
		}
		e, rest, err := CompilePrefix(testEnv(), text)
		if err != nil {
			return
		}
		if e.String()+rest != text {
			t.Fatalf("%q: %q and %q", text, e, rest)
		}
		again, err := Compile(testEnv(), e.String())
		if err != nil || again.Out() != e.Out() {
			t.Fatalf("%q: again: %v", e, err)
		}
		evalAll(tx, e, false)
		evalAll(tx, e, true)
	})
}
