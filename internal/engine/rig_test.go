package engine

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// rig is an engine with one frontend, one backend and one server.
type rig struct {
	t    *testing.T
	eng  *Engine
	snap *Snapshot
	fe   *Proxy
	be   *Proxy
	addr string
}

func settings(addr string) *server.Settings {
	return &server.Settings{ID: 3, Balancer: new(balance.RoundRobin), Servers: []*server.Config{{Name: "s", Address: addr}}}
}

// newRig starts an engine in front of addr; edit may change the proxies first.
func newRig(t *testing.T, addr string, edit func(fe, be *Proxy)) *rig {
	t.Helper()
	r := &rig{t: t, eng: New(slog.New(slog.DiscardHandler))}
	to := Timeouts{Client: 5 * time.Second, Server: 5 * time.Second, Connect: time.Second, KeepAlive: 5 * time.Second, Queue: time.Second}
	r.be = &Proxy{Name: "b", BE: server.NewBackend("b"), HTTP: true, Timeouts: to, Retries: 3, RetryOn: RetryConnFailure}
	r.fe = &Proxy{Name: "f", FE: server.NewFrontend("f"), HTTP: true, Timeouts: to, DefaultBackend: r.be}
	r.configure(settings(addr))
	if edit != nil {
		edit(r.fe, r.be)
	}
	r.snap = &Snapshot{Global: Global{NoEpoll: noLoops, IdlePoolShared: true, Bufsize: 16384, Maxrewrite: 1024, MaxHdr: 101, LogURILen: 1024}, Proxies: []*Proxy{r.fe, r.be}}
	open := func() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }
	r.snap.Listeners = []*Listener{{Key: "x", Proxy: r.fe, Open: open}}
	if err := r.eng.Push(r.snap); err != nil {
		t.Fatal(err)
	}
	r.addr = r.eng.Addrs()["x"].String()
	t.Cleanup(func() {
		r.eng.Remove(r.snap)
		done := make(chan struct{})
		go func() { defer close(done); r.eng.active.abortAll(); r.eng.wg.Wait() }()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Error("sessions do not end")
		}
		PurgeIdle(true)
	})
	return r
}

func (r *rig) configure(s *server.Settings) {
	r.t.Helper()
	if err := r.be.BE.Configure(s); err != nil {
		r.t.Fatal(err)
	}
}

// origin accepts connections and runs serve for each; it says how many there were.
func origin(t *testing.T, serve func(n int64, c net.Conn, r *bufio.Reader)) (addr string, conns *atomic.Int64) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conns = new(atomic.Int64)
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			n := conns.Add(1)
			go func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(10 * time.Second))
				serve(n, c, bufio.NewReader(c))
			}()
		}
	}()
	return ln.Addr().String(), conns
}

// answering is an origin that gives the same answer to every request without a body.
func answering(answer string) func(int64, net.Conn, *bufio.Reader) {
	return func(_ int64, c net.Conn, r *bufio.Reader) {
		for readHead(r) != "" {
			io.WriteString(c, answer)
		}
	}
}

// readHead reads up to the empty line; it is empty at the end.
func readHead(r *bufio.Reader) string {
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return ""
		}
		head.WriteString(line)
		if line == "\r\n" {
			return head.String()
		}
	}
}

// user is a connection to the rig.
type user struct {
	net.Conn
	r *bufio.Reader
}

func (r *rig) dial() *user {
	r.t.Helper()
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return &user{c, bufio.NewReader(c)}
}

func (c *user) send(s string) { io.WriteString(c, s) }

// read reads n bytes, or what there is within a moment.
func (c *user) read(n int) string {
	c.SetReadDeadline(time.Now().Add(2 * time.Second))
	b := make([]byte, n)
	m, _ := io.ReadFull(c.r, b)
	return string(b[:m])
}

// more is what comes within d.
func (c *user) more(d time.Duration) string {
	c.SetReadDeadline(time.Now().Add(d))
	b, _ := io.ReadAll(c.r)
	return string(b)
}

const ok2 = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// program compiles one http-request action.
func program(t *testing.T, a action.Action) *action.Program {
	t.Helper()
	env := &sample.Env{Where: sample.FEReq, Proxy: "f"}
	acls, err := acl.CompileSet(env, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := action.Rules{{Action: a}}.Compile(env, action.HTTPRequest, acls)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func setMethod(t *testing.T, to string) *action.Program {
	a := new(action.SetMethod)
	a.Value = to
	return program(t, a)
}
