package acl

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func newTxn(t testing.TB, request string) *txn.Txn {
	t.Helper()
	tx := &txn.Txn{Conn: &txn.Conn{}}
	tx.Reset()
	if n, err := tx.Req.Parse([]byte(request), &h1.Limits{MaxHdr: 101}); err != nil || n == 0 {
		t.Fatalf("%d, %v", n, err)
	}
	return tx
}

const request = "GET /a/b?q=1 HTTP/1.1\r\nHost: www.example.com:80\r\nX-A: 1, 2\r\nX-A: Three\r\n\r\n"

// compile reads `acl` lines and a condition, separated by newlines.
func compile(t testing.TB, text string) (*Cond, []string, error) {
	t.Helper()
	lines, diags := cfg.Parse([]cfg.File{{Name: "t.cfg", Body: []byte(text + "\n")}}, &cfg.Options{})
	if diags.HasErrors() {
		t.Fatal(diags.Err())
	}
	var named []Named
	var cond *Condition
	var warnings []string
	env := &sample.Env{Proxy: "p", Warn: func(w string) { warnings = append(warnings, w) }}
	for _, l := range lines {
		d := cfg.NewDispenser(l, &diags)
		if l.Words[0] == "acl" {
			var n Named
			if err := n.UnmarshalHAProxy(d); err != nil {
				return nil, nil, err
			}
			named = append(named, n)
			continue
		}
		cond = new(Condition)
		if err := cond.UnmarshalHAProxy(d); err != nil {
			return nil, nil, err
		}
	}
	set, err := CompileSet(env, named)
	if err != nil {
		return nil, warnings, err
	}
	env.Where = sample.FEReq
	c, err := set.Condition(env, cond)
	return c, warnings, err
}

func TestConditions(t *testing.T) {
	dir := t.TempDir()
	exact, loose := filepath.Join(dir, "exact"), filepath.Join(dir, "loose")
	for file, text := range map[string]string{exact: "three\n# no\n", loose: "  THREE\n\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tx := newTxn(t, request)
	for _, c := range []struct {
		text string
		want bool
	}{
		{"if", false},
		{"unless", true},
		{"if TRUE", true},
		{"if TRUE FALSE", false},
		{"if FALSE or TRUE", true},
		{"if FALSE OR TRUE", true},
		{"if FALSE || TRUE", true},
		{"if !FALSE ! FALSE", true},
		{"if !!TRUE", true},
		{"if FALSE ! or FALSE", false},
		{"unless TRUE", false},
		{"unless { path_beg /x } or { path_end b }", false},
		{"if { req.hdr(x-a) 2 }", true},
		{"if { req.hdr(x-a) three }", false},
		{"if { req.hdr(x-a) -i three }", true},
		{"if { req.hdr(x-a),lower three }", true},
		{"if { req.hdr(none) x }", false},
		{"if !{ req.hdr(none) x }", true},
		{"if { req.hdr(none) -m found }", false},
		{"if { req.hdr_cnt(x-a) 3 }", true},
		{"if { req.hdr_cnt(x-a) gt 3 }", false},
		{"if { hdr_dom(host) -i EXAMPLE }", true},
		{"if { hdr_beg(host),lower www }", false}, // the keyword's method does not count with a converter
		{"if { hdr_dom(host) -m beg www. }", true},
		{"if { path_reg ^/[a-z]/ }", true},
		{"if { path_len 4 }", true},
		{"if { method POST GET }", true},
		{"if METH_GET HTTP_1.1 HTTP_URL_SLASH !HTTP_URL_ABS !HTTP_URL_STAR !HTTP_CONTENT", true},
		{"acl a path /x\nacl a path /a/b\nif a", true},
		{"acl a path /x\nacl b path /y\nif a or b", false},
		{"acl TRUE path /x\nif TRUE", false},
		{"if { req.hdr(x-a) -f " + exact + " -i -f " + loose + " }", true},
		{"if { req.hdr(x-a) -f " + exact + " -i nothing }", false},
		{"if { req.hdr(x-a) -i -f " + exact + " }", true},
	} {
		cond, _, err := compile(t, c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := cond.Eval(tx); got != c.want {
			t.Errorf("%s: %v", c.text, got)
		}
	}
	if !(*Cond)(nil).Eval(tx) {
		t.Error("no condition does not hold")
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"if nope", "parsing [t.cfg:1] : no such ACL : 'nope'"},
		{"if later\nacl later path /a", "parsing [t.cfg:1] : no such ACL : 'later'"},
		{"if { path /a", "parsing [t.cfg:1] : missing closing '}' in condition"},
		{"if { }", "parsing [t.cfg:1] : missing fetch method in ACL expression ''"},
		{"acl a!b path /", "parsing [t.cfg:1] : character '!' is not permitted in acl name 'a!b'"},
		{"acl or path /", "parsing [t.cfg:1] : acl name 'or' will never match. 'or' is used to express a logical disjunction within a condition"},
		{"acl a", "parsing [t.cfg:1] : error detected while parsing ACL 'a' : missing fetch method in ACL expression ''"},
		{"acl", "parsing [t.cfg:1] : missing ACL name"},
		{"acl a path\nacl b path -u 1 x\nacl c path -u 1 x", "parsing [t.cfg:3] : error detected while parsing ACL 'c' : the id is already used"},
		{"acl a src 1.2.3.4.5\nacl b int(1) x",
			"parsing [t.cfg:1] : error detected while parsing ACL 'a' : '1.2.3.4.5' is not a valid IPv4 or IPv6 address\n" +
				"parsing [t.cfg:2] : error detected while parsing ACL 'b' : 'x' is not a number"},
	} {
		_, _, err := compile(t, c.text)
		if err == nil {
			t.Errorf("%s: accepted", c.text)
			continue
		}
		if d := cmp.Diff(c.want, err.Error()); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.text, d)
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"if { path }", "parsing acl keyword 'path' :\n  no pattern to match against"},
		{"if { path -- }", ""},
		{"if { path -m found }", ""},
		{"if { path -m str }", "parsing acl keyword 'path' :\n  no pattern to match against"},
		{"if { always_true }", ""},
		{"acl a res.hdr(x) y\nif a", "acl 'a' will never match because it only involves keywords that are incompatible with 'frontend http-request header rule'"},
		{"acl a res.hdr(x) y\nacl a path /\nif a", ""},
	} {
		_, warnings, err := compile(t, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(warnings, "|"); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: %q", c.text, got)
		}
	}
}

func TestSetFunc(t *testing.T) {
	set, err := CompileSet(nil, []Named{{Name: "a", Criterion: Criterion{Expr: "path", Patterns: []string{"/a/b"}}}})
	if err != nil {
		t.Fatal(err)
	}
	tx := newTxn(t, request)
	if f := set.Func("a"); f == nil || !f(tx) {
		t.Error("a does not match")
	}
	if f := set.Func("FALSE"); f == nil || f(tx) {
		t.Error("FALSE matches")
	}
	if set.Func("b") != nil {
		t.Error("b is there")
	}
}

// Every predefined ACL is either usable or says that it is not yet.
func TestPredefined(t *testing.T) {
	set, _ := CompileSet(nil, nil)
	for name := range predefined {
		_, err := set.Condition(nil, &Condition{AnyOf: [][]Term{{{ACL: name}}}})
		if err != nil && !strings.Contains(err.Error(), "not supported yet") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEvalAllocs(t *testing.T) {
	for _, text := range []string{
		"if { path_beg /x /y /a } METH_GET",
		"if { req.hdr(x-a) -i three } !{ src 10.0.0.0/8 }",
		"if { req.hdr(host),lower,word(1,:) www.example.com } or { path_reg ^/a }",
		"unless { hdr_dom(host) blog.example.com } or { req.hdr_cnt(x-a) gt 3 }",
	} {
		cond, _, err := compile(t, text)
		if err != nil {
			t.Fatal(err)
		}
		tx := newTxn(t, request)
		head, fields := tx.Req, append(h1.Headers(nil), tx.Req.Headers...)
		run := func() {
			tx.Reset()
			tx.Req = head
			tx.Req.Headers = fields
			cond.Eval(tx)
		}
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
}

func BenchmarkCond(b *testing.B) {
	cond, _, err := compile(b, "if { hdr_dom(host) blog.example.com } or { path_beg /static /a } METH_GET")
	if err != nil {
		b.Fatal(err)
	}
	tx := newTxn(b, request)
	b.ReportAllocs()
	for b.Loop() {
		cond.Eval(tx)
	}
}

// FuzzCondition: no words make it panic, and what was read survives JSON.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{
		"if TRUE or !FALSE", "unless { path -i /a -- -b } ! { src 1.2.3.4 }", "if {", "if { path -f", "if ! !", "if { hdr(host) -m beg -u 1 a }",
		"acl a path -M -n -i x", "if { req.hdr(a,-1),lower,word(1,\\,) -m str x }",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "-f") || !utf8.ValidString(text) { // no files of this machine; JSON holds no other text
			return
		}
		words := strings.Fields(text)
		var c Condition
		if err := c.UnmarshalHAProxy(cfg.FromWords(cfg.Pos{}, words...)); err != nil {
			var n Named
			_ = n.UnmarshalHAProxy(cfg.FromWords(cfg.Pos{}, words...))
			return
		}
		for _, all := range c.AnyOf { // the fuzzer shall not ask name servers
			for i := range all {
				if all[i].Criterion != nil {
					all[i].NoDNS = true
				}
			}
		}
		first, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Condition
		if err := json.Unmarshal(first, &back); err != nil {
			t.Fatal(err)
		}
		if second, _ := json.Marshal(back); string(second) != string(first) {
			t.Errorf("%s became %s", first, second)
		}
		set, _ := CompileSet(nil, nil)
		if cond, err := set.Condition(nil, &c); err == nil {
			cond.Eval(newTxn(t, request))
		}
	})
}
