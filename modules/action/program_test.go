package action

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
	"github.com/caddy-haproxy/caddy-haproxy/modules/userlist"
)

// people is a lookup with one userlist, whose password is hashed.
type people struct {
	names
	list *userlist.List
}

func (p people) Userlist(string) sample.Userlist { return p.list }

// program compiles http-request rules in an environment.
func program(t *testing.T, env *sample.Env, lines ...string) *Program {
	t.Helper()
	var rs Rules
	for _, l := range lines {
		d, _ := parseLines(l)
		r, err := Parse(d, HTTPRequest)
		if err != nil {
			t.Fatal(err)
		}
		rs = append(rs, r)
	}
	acls, err := acl.CompileSet(env, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := rs.Compile(env, HTTPRequest, acls)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A hashed password is compared outside of the rules: the same rule runs again afterwards.
func TestRunOffload(t *testing.T) {
	list, err := userlist.New("L", []userlist.User{{Name: "u", Password: "$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := program(t, &sample.Env{Proxy: "p", Lookup: people{list: list}},
		"http-request set-header x y", "http-request auth unless { http_auth(L) }", "http-request set-header in yes")
	for _, c := range []struct {
		password string
		want     txn.Verdict
	}{{"secret", txn.Continue}, {"wrong", txn.Answer}} {
		auth := base64.StdEncoding.EncodeToString([]byte("u:" + c.password))
		tx := newTxn(t, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic "+auth+"\r\n\r\n")
		v, next := p.Run(tx, 0)
		if v != txn.NeedOffload || next != 1 {
			t.Fatalf("%s: %v, %d", c.password, v, next)
		}
		slow := tx.Offload
		tx.Offload = nil
		slow()
		if v, _ = p.Run(tx, next); v != c.want {
			t.Errorf("%s: %v, want %v", c.password, v, c.want)
		}
		if v == txn.Answer && tx.Res.Status != 401 {
			t.Errorf("status %d", tx.Res.Status)
		}
	}
}

// wait-for-body stops the rules, which go on behind it; strict mode ends with the list, not there.
func TestRunNeedBody(t *testing.T) {
	p := program(t, testEnv(), "http-request strict-mode off", "http-request wait-for-body time 1s at-least 10",
		"http-request set-path /x")
	tx := newTxn(t, defaultRequest)
	v, next := p.Run(tx, 0)
	if v != txn.NeedBody || next != 2 || tx.Wait.Timeout.Seconds() != 1 || tx.Wait.AtLeast != 10 || !tx.Lax {
		t.Fatalf("%v %d %+v %v", v, next, tx.Wait, tx.Lax)
	}
	if v, _ = p.Run(tx, next); v != txn.Continue || string(tx.Req.Target) != "/x?q=1" || tx.Lax {
		t.Errorf("%v %s %v", v, tx.Req.Target, tx.Lax)
	}
	if v, _ := (*Program)(nil).Run(tx, 0); v != txn.Continue || !(*Program)(nil).Empty() {
		t.Error("no rules do something")
	}
}

func TestSideEffects(t *testing.T) {
	tx := newTxn(t, defaultRequest)
	program(t, testEnv(), "http-request set-log-level err", "http-request disable-l7-retry", "http-request set-nice -2000").Run(tx, 0)
	if tx.LogLevel != 3 || !tx.NoL7Retry || tx.Nice != -1024 {
		t.Errorf("%d %v %d", tx.LogLevel, tx.NoL7Retry, tx.Nice)
	}
	tx.Reset()
	if tx.LogLevel != -1 || tx.NoL7Retry {
		t.Error("the next request inherits")
	}
}

// FuzzParse: no words make a rule panic, neither when read, nor compiled, nor run.
func FuzzParse(f *testing.F) {
	for _, c := range []string{
		"deny deny_status 404 if TRUE", "return status 200 content-type a lf-string %[path,lower] hdr a b", "set-var(txn.a,ifset) path",
		"replace-value x-a (.*) \\1\\x41", "redirect prefix / code 301 set-cookie a=b", "capture path len 3", "set-status 200 reason x",
		"del-header a -m reg", "set-uri http://%[path]/", "set-query %[query]%[rand]", "wait-for-body time 1 at-least 1", "auth realm",
	} {
		f.Add(c, "GET http://h/a?b HTTP/1.1\r\nHost: h\r\nX-A: a,\"b,c\\\",\r\n\r\n")
	}
	f.Fuzz(func(t *testing.T, line, request string) {
		if strings.Contains(line, "file") {
			return
		}
		words := append([]string{"http-request"}, strings.Fields(line)...)
		for _, set := range []RuleSet{HTTPRequest, HTTPResponse, HTTPAfterResponse} {
			r, err := Parse(cfg.FromWords(cfg.Pos{}, words...), set)
			if err != nil {
				continue
			}
			if r.If != nil { // the fuzzer shall not ask name servers
				continue
			}
			env := testEnv()
			env.Captures = new(sample.Captures)
			p, err := Rules{r}.Compile(env, set, testACLs(t))
			if err != nil {
				continue
			}
			tx := &txn.Txn{Conn: &txn.Conn{}}
			tx.Reset()
			if n, err := tx.Req.Parse([]byte(request), &h1.Limits{MaxHdr: 101}); err != nil || n == 0 {
				return
			}
			if set != HTTPRequest {
				tx.StartResponse()
			}
			p.Run(tx, 0)
		}
	})
}
