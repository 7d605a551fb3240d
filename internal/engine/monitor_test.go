package engine

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

var loopback = netip.MustParsePrefix("127.0.0.0/8")

// condition compiles `if { expr pattern }`.
func condition(t *testing.T, expr, pattern string) *acl.Cond {
	t.Helper()
	env := &sample.Env{Where: sample.FEReq, Proxy: "f"}
	set, err := acl.CompileSet(env, nil)
	if err != nil {
		t.Fatal(err)
	}
	term := acl.Term{Criterion: &acl.Criterion{Expr: expr, Patterns: []string{pattern}}}
	c, err := set.Condition(env, &acl.Condition{AnyOf: [][]acl.Term{{term}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestMonitor: monitor-uri is the exact path and query of any method, wins over rules, and fails when it is told to.
func TestMonitor(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	r := newRig(t, addr, func(fe, _ *Proxy) {
		fe.MonitorURI = []byte("/m?x")
		fe.MonitorFail = append(fe.MonitorFail, condition(t, "hdr(a)", "1"), condition(t, "hdr(b)", "1"))
		fe.HTTPRequest = program(t, new(action.Deny))
	})
	for head, want := range map[string]string{
		"GET /m?x HTTP/1.1\r\n":                    "200",
		"DELETE /m?x HTTP/1.1\r\n":                 "200",
		"GET http://h/m?x HTTP/1.1\r\nHost: h\r\n": "200",
		"GET /m?x HTTP/1.1\r\na: 1\r\n":            "503",
		"GET /m?x HTTP/1.1\r\nb: 1\r\n":            "503",
		"GET /m?x HTTP/1.1\r\nb: 2\r\n":            "200",
		"GET /m HTTP/1.1\r\n":                      "403",
		"GET /m?xy HTTP/1.1\r\n":                   "403",
		"GET /M?x HTTP/1.1\r\n":                    "403",
	} {
		c := r.dial()
		c.send(head + "\r\n")
		if got := strings.TrimPrefix(c.read(12), "HTTP/1.1 "); got != want {
			t.Errorf("%q: %s, want %s", head, got, want)
		}
	}
	if n := r.be.BE.SessTotal.Load(); n != 0 {
		t.Errorf("%d requests have reached the backend", n)
	}
}

// TestMonitorNet: clients of the network get 200 whatever they ask for.
func TestMonitorNet(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	for net, want := range map[string]string{"127.0.0.1/32": "200", "10.0.0.0/8": "403"} {
		r := newRig(t, addr, func(fe, _ *Proxy) {
			fe.MonitorNet = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix(net)}
			fe.HTTPRequest = program(t, new(action.Deny))
		})
		c := r.dial()
		c.send(getHead)
		if got := c.read(12); got != "HTTP/1.1 "+want {
			t.Errorf("%s: %q, want %s", net, got, want)
		}
	}
}

// TestUseBackend: the rule that matches wins, else the default.
func TestUseBackend(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	var log *sink
	r := newRig(t, addr, func(fe, _ *Proxy) {
		none := &Proxy{Name: "none", BE: server.NewBackend("none"), HTTP: true}
		if err := none.BE.Configure(&server.Settings{ID: 4, Balancer: new(balance.RoundRobin)}); err != nil {
			t.Fatal(err)
		}
		fe.UseBackend = []UseBackend{{Cond: condition(t, "path", "/none"), Backend: none}}
		log = logTo(t, fe, "%ST %b")
	})
	for path, want := range map[string]string{"/none": "503 none", "/": "200 b"} {
		r.dial().send("GET " + path + " HTTP/1.1\r\n\r\n")
		if got := log.next(t); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
