package engine

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// eventually polls for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not in time", what)
		}
	}
}

// TestMovedServer: an idle connection to the address that a server had before a reload is not used for it any more.
func TestMovedServer(t *testing.T) {
	old, _ := origin(t, answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold"))
	moved, _ := origin(t, answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew"))
	for name, mode := range map[string]ReuseMode{"always": ReuseAlways, "never": ReuseNever} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, old, func(_, be *Proxy) { be.Reuse = mode })
			c := r.dial()
			for _, want := range []string{"old", "new"} {
				c.send(get)
				readHead(c.r)
				if got := c.read(3); got != want {
					t.Errorf("answered by %q, want %q", got, want)
				}
				r.configure(settings(moved))
			}
		})
	}
}

// TestMappedPort: a server without a port gets each client's own port; connections for another one are not mixed up.
func TestMappedPort(t *testing.T) {
	addr, conns := origin(t, answering(ok2))
	_, port, _ := net.SplitHostPort(addr)
	r := newRig(t, addr, func(_, be *Proxy) { be.Reuse = ReuseAlways })
	c := r.dial()
	c.send(get)
	readHead(c.r)
	c.read(2)
	eventually(t, "the connection is idle", func() bool { return r.be.BE.Servers()[0].IdleConns.Load() == 1 })
	if port == "0" || conns.Load() != 1 {
		t.Fatal("no connection")
	}
	r.configure(settings("127.0.0.1"))
	c.send(get) // the server's port is now the frontend's, where the engine itself listens: a loop, not the origin
	readHead(c.r)
	if conns.Load() != 1 || r.fe.FE.Requests.Load() < 3 {
		t.Errorf("%d connections to the origin, %d requests: the idle connection to another port was used", conns.Load(), r.fe.FE.Requests.Load())
	}
}

// TestGoneServerPool: a connection whose server leaves the configuration while it is in use is closed afterwards.
func TestGoneServerPool(t *testing.T) {
	release, closed := make(chan struct{}), make(chan struct{})
	addr, _ := origin(t, func(n int64, c net.Conn, r *bufio.Reader) {
		readHead(r)
		if n == 1 {
			io.WriteString(c, ok2)
			readHead(r)
		}
		<-release
		io.WriteString(c, ok2)
		readHead(r)
		close(closed)
	})
	r := newRig(t, addr, func(_, be *Proxy) { be.Reuse = ReuseAlways })
	c := r.dial()
	c.send(get)
	readHead(c.r)
	c.read(2)
	srv := r.be.BE.Servers()[0]
	eventually(t, "the connection is idle", func() bool { return srv.IdleConns.Load() == 1 })
	c.send(get) // takes it out again
	eventually(t, "the request is at the server", func() bool { return srv.UsedConns.Load() == 1 })
	s := settings(addr)
	s.Servers[0] = &server.Config{Name: "other", Address: addr}
	r.configure(s)
	PurgeIdle(false)
	close(release)
	readHead(c.r)
	c.read(2)
	eventually(t, "the place is given back", func() bool { return srv.Conns() == 0 })
	PurgeIdle(false)
	select {
	case <-closed:
	case <-time.After(3 * time.Second):
		t.Error("the connection to the server that is gone stays open for ever")
	}
	if n := srv.IdleConns.Load(); n != 0 {
		t.Errorf("%d idle connections counted", n)
	}
}

// TestEmptyPool: a pool without connections is forgotten, with its server, whatever becomes of that.
func TestEmptyPool(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	r := newRig(t, addr, func(_, be *Proxy) { be.Reuse = ReuseAlways })
	s := settings(addr)
	delay := server.Duration(time.Millisecond)
	s.Servers[0].PoolPurgeDelay = &delay
	r.configure(s)
	c := r.dial()
	for range 2 { // it is listed again when it is used again
		c.send(get)
		readHead(c.r)
		c.read(2)
		srv := r.be.BE.Servers()[0]
		eventually(t, "the connection is idle", func() bool { return srv.IdleConns.Load() == 1 })
		if !listed(srv) {
			t.Error("nobody would close the idle connection")
		}
		time.Sleep(5 * time.Millisecond)
		PurgeIdle(false)
		if srv.IdleConns.Load() != 0 || listed(srv) {
			t.Errorf("%d idle connections, listed: %v", srv.IdleConns.Load(), listed(srv))
		}
	}
}

func listed(srv *server.Server) bool {
	for _, p := range appendPools(nil) {
		if p.srv == srv {
			return true
		}
	}
	return false
}

// TestTarpitHolds: a wake that was meant for an earlier wait does not let a client out of the tarpit.
func TestTarpitHolds(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	r := newRig(t, addr, func(fe, _ *Proxy) {
		fe.HTTPRequest = program(t, new(action.Tarpit))
		fe.Timeouts.Tarpit = 300 * time.Millisecond
	})
	c := r.dial()
	c.send("GET / HTTP/1.1\r\n")
	eventually(t, "the session runs", func() bool { return r.eng.ActConn.Load() == 1 })
	time.Sleep(20 * time.Millisecond)
	r.eng.active.each(func(cl *client) { cl.session.Load().event.Wake() })
	began := time.Now()
	c.send("Host: x\r\n\r\n")
	if head := readHead(c.r); !strings.HasPrefix(head, "HTTP/1.1 500") {
		t.Fatalf("got %q", head)
	}
	if d := time.Since(began); d < 290*time.Millisecond {
		t.Errorf("answered after %v", d)
	}
}

// TestClientFin: the timeout of a tunnel whose one side has ended is one of silence, and waiting for it costs nothing.
func TestClientFin(t *testing.T) {
	over := make(chan struct{})
	defer close(over)
	addr, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		io.Copy(io.Discard, r)
		for range 4 {
			time.Sleep(150 * time.Millisecond)
			io.WriteString(c, "a")
		}
		<-over
	})
	r := newRig(t, addr, func(fe, be *Proxy) {
		fe.Timeouts.Tunnel, be.Timeouts.Tunnel = 5*time.Second, 5*time.Second
		fe.Timeouts.ClientFin, be.Timeouts.ServerFin = 400*time.Millisecond, 400*time.Millisecond
	})
	c := r.dial()
	c.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
	if head := readHead(c.r); !strings.HasPrefix(head, "HTTP/1.1 101") {
		t.Fatalf("got %q", head)
	}
	c.Conn.(*net.TCPConn).CloseWrite()
	before, began := cpu(t), time.Now()
	if got := c.more(3 * time.Second); got != "aaaa" {
		t.Errorf("the tunnel gave %q", got)
	}
	if d := time.Since(began); d < 900*time.Millisecond || d > 2*time.Second {
		t.Errorf("ended after %v", d)
	}
	if used := cpu(t) - before; used > 500*time.Millisecond {
		t.Errorf("waiting took %v of the processor", used)
	}
}

func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestLateSession: a session that begins while the engine stops is stopped like the others.
func TestLateSession(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	r := newRig(t, addr, nil)
	r.eng.active.closeIdle()
	c := r.dial()
	c.send(get)
	if head := readHead(c.r); !strings.Contains(head, "connection: close") {
		t.Errorf("the connection goes on while the engine stops: %q", head)
	}
	r.eng.active.abortAll()
	began := time.Now()
	if got := r.dial().more(2 * time.Second); got != "" || time.Since(began) > time.Second {
		t.Errorf("a late connection lives for %v: %q", time.Since(began), got)
	}
}

// TestBufsizeReload: a reload that changes tune.bufsize loses nothing of what a client has sent ahead.
func TestBufsizeReload(t *testing.T) {
	for _, size := range []int{16384, 40000} {
		addr, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) {
			for head := readHead(r); head != ""; head = readHead(r) {
				if strings.HasPrefix(head, "POST") {
					for line := "b"; line != "0\r\n" && line != ""; {
						line, _ = r.ReadString('\n')
					}
					readHead(r)
				}
				io.WriteString(c, ok2)
			}
		})
		r := newRig(t, addr, nil)
		next := *r.snap
		next.Global.Bufsize = size
		r.snap.Global.Bufsize = 56384 - size
		if err := r.eng.Push(&next); err != nil {
			t.Fatal(err)
		}
		r.eng.Remove(&next) // the rig's own rules, with the other size
		c := r.dial()
		c.send(get + get[:10]) // a part of the next request keeps the buffer
		readHead(c.r)
		c.read(2)
		if err := r.eng.Push(&next); err != nil {
			t.Fatal(err)
		}
		const more = 900
		ahead := get[10:] + "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("3e8\r\n"+strings.Repeat("b", 1000)+"\r\n", 60) + "0\r\n\r\n" + strings.Repeat(get, more)
		go c.send(ahead)
		for i := range more + 2 {
			if head := readHead(c.r); !strings.HasPrefix(head, "HTTP/1.1 200") || c.read(2) != "ok" {
				t.Fatalf("from %d to %d bytes: answer %d of %d is %q", 56384-size, size, i, more+2, head)
			}
		}
		r.eng.Remove(&next)
	}
}

// TestIdleTimer: each request of a connection is idle from the end of the one before it, not from the accept.
func TestIdleTimer(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	var logs *sink
	r := newRig(t, addr, func(fe, _ *Proxy) { logs = logTo(t, fe, "%Ti %Tt") })
	c := r.dial()
	for i := range 3 {
		time.Sleep(150 * time.Millisecond)
		c.send(get)
		readHead(c.r)
		c.read(2)
		var idle, total int
		if _, err := fmt.Sscan(logs.next(t), &idle, &total); err != nil {
			t.Fatal(err)
		}
		if i > 0 && (idle < 100 || idle > 280 || total < idle) {
			t.Errorf("request %d: idle for %d ms, %d in all", i, idle, total)
		}
	}
}
