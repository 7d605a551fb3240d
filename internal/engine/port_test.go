package engine

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// stack is an engine and snapshots of frontends without a backend: they answer 503.
type stack struct {
	t   *testing.T
	eng *Engine
}

func newStack(t *testing.T) *stack {
	s := &stack{t, New(slog.New(slog.DiscardHandler))}
	t.Cleanup(func() {
		for e := s.eng; len(e.stack) > 0; {
			e.Remove(e.stack[0])
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		s.eng.Drain(ctx)
	})
	return s
}

func frontend(name string, monitor string) *Proxy {
	return &Proxy{Name: name, FE: server.NewFrontend(name), HTTP: true, MonitorURI: []byte(monitor), Timeouts: Timeouts{Client: 5 * time.Second}}
}

// snapshot has a frontend with a listener for each key; a key that begins with ! cannot be opened.
func snapshot(fe *Proxy, keys ...string) *Snapshot {
	s := &Snapshot{Global: Global{NoEpoll: noLoops, IdlePoolShared: true, Bufsize: 16384, Maxrewrite: 1024, MaxHdr: 101}, Proxies: []*Proxy{fe}}
	for _, k := range keys {
		open := func() (net.Listener, error) {
			if k[0] == '!' {
				return nil, errors.New("taken")
			}
			return net.Listen("tcp", "127.0.0.1:0")
		}
		s.Listeners = append(s.Listeners, &Listener{Key: k, Proxy: fe, Open: open})
	}
	return s
}

func (s *stack) push(n *Snapshot) {
	s.t.Helper()
	if err := s.eng.Push(n); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stack) dial(key string) *user {
	s.t.Helper()
	r := &rig{t: s.t, addr: s.eng.Addrs()[key].String()}
	return r.dial()
}

// status asks for /m, the monitor-uri of the frontends under test.
func (c *user) status() string {
	c.send("GET /m HTTP/1.1\r\n\r\n")
	head := readHead(c.r)
	if head == "" {
		return "closed"
	}
	if i := strings.Index(head, "content-length: "); i >= 0 {
		n := 0
		for _, d := range head[i+16:] {
			if d < '0' || d > '9' {
				break
			}
			n = n*10 + int(d-'0')
		}
		io.ReadFull(c.r, make([]byte, n))
	}
	return head[9:12]
}

// TestSocketIsKept: a socket outlives the snapshot that opened it, connections take their next request to the new one, and
// those in the backlog are not reset.
func TestSocketIsKept(t *testing.T) {
	s := newStack(t)
	one, two := snapshot(frontend("f", "/m"), "a"), snapshot(frontend("f", ""), "a")
	one.Global.Maxconn, two.Global.Maxconn = 1, 2
	s.push(one)
	at := s.eng.Addrs()["a"].String()
	c := s.dial("a")
	if got := c.status(); got != "200" {
		t.Fatalf("first: %s", got)
	}
	waiting := s.dial("a") // in the backlog: the limit is reached
	waiting.send("GET /m HTTP/1.1\r\n\r\n")
	two.Listeners[0].Open = func() (net.Listener, error) { return nil, errors.New("opened again") }
	s.push(two)
	s.eng.Remove(one)
	if now := s.eng.Addrs()["a"].String(); now != at {
		t.Errorf("the socket moved from %s to %s", at, now)
	}
	if got := c.status(); got != "503" {
		t.Errorf("second request of a connection: %s, want the new snapshot's 503", got)
	}
	if got := waiting.read(12); got != "HTTP/1.1 503" {
		t.Errorf("the connection in the backlog got %q", got)
	}
}

// TestFailedPush leaves all as it was.
func TestFailedPush(t *testing.T) {
	s := newStack(t)
	one := snapshot(frontend("f", "/m"), "a")
	s.push(one)
	c := s.dial("a")
	bad := snapshot(frontend("f", ""), "b", "a", "!c", "d")
	var opened net.Listener
	bad.Listeners[0].Open = func() (net.Listener, error) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		opened = ln
		return ln, err
	}
	err := s.eng.Push(bad)
	if err == nil || !strings.Contains(err.Error(), "frontend f: cannot bind") {
		t.Fatalf("Push = %v", err)
	}
	if s.eng.Ruling() != one || len(s.eng.Addrs()) != 1 {
		t.Errorf("ruling %p, sockets %v", s.eng.Ruling(), s.eng.Addrs())
	}
	if nc, err := net.Dial("tcp", opened.Addr().String()); err == nil {
		nc.Close()
		t.Error("a socket of the failed snapshot is still open")
	}
	if got := c.status() + s.dial("a").status(); got != "200200" {
		t.Errorf("after the failed Push: %s", got)
	}
}

// TestRollback: Remove of the ruling snapshot puts the one below it in force again.
func TestRollback(t *testing.T) {
	s := newStack(t)
	one, two := snapshot(frontend("f", "/m"), "a"), snapshot(frontend("f", ""), "a", "b")
	s.push(one)
	c := s.dial("a")
	s.push(two)
	other := s.dial("b")
	if got := c.status() + other.status(); got != "503503" {
		t.Errorf("new: %s", got)
	}
	s.eng.Remove(two)
	if got := c.status(); got != "200" {
		t.Errorf("old again: %s", got)
	}
	if s.eng.Ruling() != one {
		t.Error("the old snapshot does not rule")
	}
	if got := other.status(); got != "closed" {
		t.Errorf("the idle connection of a closed socket: %s", got)
	}
}

// TestRemovedListenerCloses: its socket is gone, idle connections end at once, those of others do not.
func TestRemovedListenerCloses(t *testing.T) {
	s := newStack(t)
	one, two := snapshot(frontend("f", "/m"), "a", "b"), snapshot(frontend("f", "/m"), "a")
	s.push(one)
	at := s.eng.Addrs()["b"].String()
	a, b := s.dial("a"), s.dial("b")
	if got := a.status() + b.status(); got != "200200" {
		t.Fatal(got)
	}
	s.push(two)
	if got := b.status(); got != "200" {
		t.Errorf("before the old one is removed: %s", got)
	}
	s.eng.Remove(one)
	if nc, err := net.Dial("tcp", at); err == nil {
		nc.Close()
		t.Error("the socket is still open")
	}
	if got := b.read(1); got != "" {
		t.Errorf("idle connection: %q", got)
	}
	if got := a.status(); got != "200" {
		t.Errorf("the other listener's connection: %s", got)
	}
}

// TestMovedSocketCloses: a socket went to another frontend while its old one was full, and is removed then.
func TestMovedSocketCloses(t *testing.T) {
	s := newStack(t)
	full := frontend("full", "/m")
	full.MaxConn = 1
	one := snapshot(full, "a")
	s.push(one)
	c := s.dial("a")
	if got := c.status(); got != "200" {
		t.Fatal(got)
	}
	await(t, "accept loop at the limit", func() bool { return s.eng.ActConn.Load() == 1 })
	two := snapshot(frontend("other", "/m"), "a")
	s.push(two)
	s.eng.Remove(one)
	done := make(chan struct{})
	go func() { defer close(done); s.eng.Remove(two) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("Remove waits for ever")
	}
}

// TestDisabledFrontend does not listen.
func TestDisabledFrontend(t *testing.T) {
	s := newStack(t)
	fe := frontend("f", "/m")
	fe.Disabled = true
	s.push(snapshot(fe, "!a"))
	if n := len(s.eng.Addrs()); n != 0 {
		t.Errorf("%d sockets", n)
	}
}
