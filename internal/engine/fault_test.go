package engine

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// after plays a server that reads the head, sends what it is told, and closes; an empty part is a pause, "hang" waits for
// the other side.
func after(parts ...string) func(int64, net.Conn, *bufio.Reader) {
	return func(_ int64, c net.Conn, r *bufio.Reader) {
		readHead(r)
		for _, p := range parts {
			switch p {
			case "":
				<-time.After(20 * time.Millisecond) // let the part before arrive by itself
			case "hang":
				io.Copy(io.Discard, r)
			default:
				if _, err := io.WriteString(c, p); err != nil {
					return
				}
			}
		}
	}
}

// what a client does once it has sent.
var (
	closeNow = func(c *user) { c.Close() }
	readBit  = func(c *user) { c.read(10); c.Conn.(*net.TCPConn).SetLinger(0); c.Close() }
	readNone = func(*user) {}
)

const (
	getHead  = "GET / HTTP/1.1\r\n\r\n"
	postHead = "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na"
	nine     = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na"
	huge     = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
)

// faultRow is one way in which a transaction goes wrong. fe, be and srv are the columns of HAProxy 2.6.12's `show stat`
// that were not zero afterwards.
type faultRow struct {
	name        string
	serve       func(int64, net.Conn, *bufio.Reader)
	addr        string // instead of serve
	edit        func(t *testing.T, fe, be *Proxy)
	send        string
	then        func(*user)
	want        string // status, flags, server
	fe, be, srv string
}

func feRule(a action.Action) func(*testing.T, *Proxy, *Proxy) {
	return func(t *testing.T, fe, _ *Proxy) { fe.HTTPRequest = program(t, a) }
}

func faultRows(t *testing.T) []faultRow {
	big := strings.Repeat("x", 1<<20)
	fill := append([]string{huge}, strings.Split(strings.Repeat(big+"|", 60), "|")...)
	soonServer := func(_ *testing.T, _, be *Proxy) { be.Timeouts.Server = 60 * time.Millisecond }
	return []faultRow{
		{name: "bad request", send: "GET\r\n\r\n", want: "400 PR <NOSRV>", fe: "ereq 4xx req"},
		{name: "client closes mid head", send: "GET / HT", then: closeNow, want: "400 CR <NOSRV>", fe: "ereq 4xx req"},
		{name: "request timeout", send: "GET / HT", edit: func(_ *testing.T, fe, _ *Proxy) { fe.Timeouts.HTTPRequest = 50 * time.Millisecond },
			want: "408 cR <NOSRV>", fe: "ereq 4xx req"},
		{name: "deny", edit: feRule(new(action.Deny)), want: "403 PR <NOSRV>", fe: "dreq 4xx req"},
		{name: "return", edit: feRule(new(action.Return)), want: "200 LR <NOSRV>", fe: "intercepted 2xx req"},
		{name: "reject", edit: feRule(new(action.Reject)), want: "-1 PR <NOSRV>", fe: "dreq req"},
		{name: "no server", edit: func(t *testing.T, _, be *Proxy) { disable(t, be) }, want: "503 SC <NOSRV>", fe: "5xx req", be: "econ 5xx req"},
		{name: "refused", addr: dead(t), want: "503 SC s", fe: "5xx req", be: "econ 5xx req", srv: "econ"},
		{name: "closes at once", serve: after(), want: "502 SH s", fe: "5xx req", be: "eresp 5xx req", srv: "eresp"},
		{name: "junk", serve: after("junk\r\n\r\n", "hang"), want: "502 PH s", fe: "5xx req", be: "eresp 5xx req", srv: "eresp"},
		{name: "server timeout", serve: after("hang"), edit: soonServer, want: "504 sH s", fe: "5xx req", be: "eresp 5xx req", srv: "eresp"},
		{name: "cut body", serve: after(nine, ""), want: "200 SD s", fe: "2xx req", be: "eresp srv_abrt 2xx req", srv: "eresp srv_abrt 2xx req"},
		{name: "slow body", serve: after(nine, "hang"), edit: soonServer, want: "200 sD s", fe: "2xx req", be: "srv_abrt 2xx req", srv: "srv_abrt 2xx req"},
		{name: "bad chunk", serve: after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "", "zz\r\n"),
			want: "200 SD s", fe: "2xx req", be: "eresp 2xx req", srv: "eresp 2xx req"},
		{name: "client cut", serve: after(fill...), then: readBit, want: "200 CD s", fe: "2xx req", be: "cli_abrt 2xx req", srv: "cli_abrt 2xx req"},
		{name: "client slow", serve: after(fill...), then: readNone, edit: func(_ *testing.T, fe, _ *Proxy) { fe.Timeouts.Client = 60 * time.Millisecond },
			want: "200 cD s", fe: "2xx req", be: "cli_abrt 2xx req", srv: "cli_abrt 2xx req"},
		{name: "response deny", serve: after(ok2), edit: denyResponse, want: "502 PH s", fe: "dresp 5xx req", be: "dresp 5xx req", srv: "dresp 2xx req"},
		{name: "upload gone", serve: after("hang"), send: postHead, then: closeNow, want: "-1 CD s", fe: "req", be: "cli_abrt req", srv: "cli_abrt"},
		{name: "abortonclose", serve: after("hang"), then: closeNow, edit: func(_ *testing.T, fe, be *Proxy) { fe.AbortOnClose, be.AbortOnClose = true, true },
			want: "400 CH s", fe: "4xx req", be: "cli_abrt 4xx req", srv: "cli_abrt"},
	}
}

func disable(t *testing.T, be *Proxy) {
	st := settings("127.0.0.1:1")
	st.Servers[0].Disabled = true
	if err := be.BE.Configure(st); err != nil {
		t.Fatal(err)
	}
}

func denyResponse(t *testing.T, _, be *Proxy) {
	env := &sample.Env{Where: sample.BERes, Proxy: "b"}
	acls, err := acl.CompileSet(env, nil)
	if err != nil {
		t.Fatal(err)
	}
	if be.HTTPResponse, err = (action.Rules{{Action: new(action.Deny)}}).Compile(env, action.HTTPResponse, acls); err != nil {
		t.Fatal(err)
	}
}

func TestFaults(t *testing.T) {
	for _, row := range faultRows(t) {
		t.Run(row.name, func(t *testing.T) {
			addr := row.addr
			if addr == "" {
				serve := row.serve
				if serve == nil {
					serve = answering(ok2)
				}
				addr, _ = origin(t, serve)
			}
			var log *sink
			r := newRig(t, addr, func(fe, be *Proxy) {
				be.Retries = 0
				if row.edit != nil {
					row.edit(t, fe, be)
				}
				log = logTo(t, fe, "%ST %ts %s")
			})
			c := r.dial()
			if row.send == "" {
				row.send = getHead
			}
			c.send(row.send)
			if row.then == nil {
				c.Conn.(*net.TCPConn).SetReadDeadline(time.Now().Add(time.Second))
				row.then = func(*user) {}
				if row.want[0] != '-' {
					row.then = func(c *user) { c.read(12) }
				}
			}
			row.then(c)
			if got := log.next(t); got != row.want {
				t.Errorf("log %q, want %q", got, row.want)
			}
			check := func(what string, c *server.Counters, want string) {
				if got := nonzero(c, what == "frontend"); got != want {
					t.Errorf("%s: %q, want %q", what, got, want)
				}
			}
			check("frontend", &r.fe.FE.Counters, row.fe)
			check("backend", &r.be.BE.Counters, row.be)
			check("server", &r.be.BE.ServerByName("s").Counters, row.srv)
		})
	}
}

// nonzero lists the counters that are one, and others with their value. Statistics show no aborts of frontends.
func nonzero(c *server.Counters, frontend bool) string {
	var out []string
	add := func(name string, n int64) {
		switch n {
		case 0:
		case 1:
			out = append(out, name)
		default:
			out = append(out, fmt.Sprintf("%s:%d", name, n))
		}
	}
	add("ereq", c.ErrReq.Load())
	add("econ", c.ErrConn.Load())
	add("eresp", c.ErrResp.Load())
	add("dreq", c.DeniedReq.Load())
	add("dresp", c.DeniedResp.Load())
	add("eint", c.InternalErrs.Load())
	if !frontend {
		add("cli_abrt", c.CliAborts.Load())
		add("srv_abrt", c.SrvAborts.Load())
	}
	add("intercepted", c.Intercepted.Load())
	for i := 1; i < 6; i++ {
		add(fmt.Sprintf("%dxx", i), c.Responses[i].Load())
	}
	add("req", c.Requests.Load())
	return strings.Join(out, " ")
}
