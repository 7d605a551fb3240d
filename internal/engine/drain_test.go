package engine

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"
	"time"
)

// drained runs Drain and tells when it is done.
func drained(e *Engine, ctx context.Context) chan struct{} {
	done := make(chan struct{})
	go func() { defer close(done); e.Drain(ctx) }()
	return done
}

func ended(t *testing.T, what string, done chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatalf("%s: Drain does not end", what)
	}
}

// TestDrain: idle connections end at once, a busy one finishes and is told to close, and only then Drain returns.
func TestDrain(t *testing.T) {
	answer := make(chan struct{})
	addr, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) {
		for readHead(r) != "" {
			<-answer
			io.WriteString(c, ok2)
		}
	})
	r := newRig(t, addr, nil)
	idle, busy, silent := r.dial(), r.dial(), r.dial()
	idle.send("GET / HTTP/1.1\r\n\r\n")
	answer <- struct{}{}
	if got := idle.read(12); got != "HTTP/1.1 200" {
		t.Fatal(got)
	}
	busy.send("GET / HTTP/1.1\r\n\r\n")
	await(t, "sessions", func() bool { return r.eng.ActConn.Load() == 3 && r.fe.FE.Requests.Load() == 2 })
	r.eng.Remove(r.snap)
	done := drained(r.eng, context.Background())
	if got := idle.more(5 * time.Second); len(got) != numbered+1-12 {
		t.Errorf("idle connection: %q", got)
	}
	select {
	case <-done:
		t.Fatal("Drain has not waited for the busy one")
	default:
	}
	answer <- struct{}{}
	head := readHead(busy.r)
	if want := "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n"; head != want {
		t.Errorf("busy connection: %q, want %q", head, want)
	}
	silent.Close() // a connection that has not begun its first request may still do so
	ended(t, "soft stop", done)
	if n := r.eng.ActConn.Load(); n != 0 || r.eng.active.n != 0 || r.eng.active.head != nil {
		t.Errorf("%d connections, %d sessions are left", n, r.eng.active.n)
	}
}

// TestHardStop ends sessions wherever they are.
func TestHardStop(t *testing.T) {
	hang, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) { readHead(r); io.Copy(io.Discard, r) })
	body, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na")
		io.Copy(io.Discard, r)
	})
	tunnel, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		io.Copy(io.Discard, r)
	})
	const get = "GET / HTTP/1.1\r\n\r\n"
	for _, row := range []struct {
		name, addr, send string
		edit             func(fe, be *Proxy)
	}{
		{"silent", hang, "", nil},
		{"in the head", hang, "GET / HT", nil},
		{"waiting for the response", hang, get, nil},
		{"watched while waiting", hang, get, func(fe, be *Proxy) { fe.AbortOnClose, be.AbortOnClose = true, true }},
		{"uploading", hang, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na", nil},
		{"buffering", hang, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na", func(fe, _ *Proxy) { fe.BufferRequest = true }},
		{"in the body", body, get, nil},
		{"tunnel", tunnel, "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", nil},
		{"between retries", dead(t), get, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := newRig(t, row.addr, func(fe, be *Proxy) {
				for _, p := range []*Proxy{fe, be} {
					p.Timeouts = Timeouts{} // nothing else ends it
				}
				if row.edit != nil {
					row.edit(fe, be)
				}
			})
			c := r.dial()
			c.send(row.send)
			await(t, "session", func() bool { return r.eng.ActConn.Load() == 1 })
			if row.addr == body || row.addr == tunnel {
				c.read(12)
			}
			r.eng.Remove(r.snap)
			ctx, cancel := context.WithCancel(context.Background())
			done := drained(r.eng, ctx)
			cancel()
			ended(t, row.name, done)
			if n := r.eng.active.n; n != 0 {
				t.Errorf("%d sessions are left", n)
			}
		})
	}
}

// TestSessionSet: whatever order they end in, the set stays whole.
func TestSessionSet(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}, {0, 2, 1}} {
		var set clients
		list := []*client{{port: new(port)}, {port: new(port)}, {port: new(port)}}
		for _, s := range list {
			set.add(s)
		}
		for left, i := range order {
			n := 0
			set.each(func(*client) { n++ })
			if n != 3-left || set.n != n {
				t.Fatalf("%v: %d sessions, counted %d, want %d", order, n, set.n, 3-left)
			}
			set.remove(list[i])
		}
		if set.head != nil || set.n != 0 {
			t.Errorf("%v: something is left", order)
		}
	}
}
