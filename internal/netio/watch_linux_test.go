package netio

import (
	"net"
	"syscall"
	"testing"
	"time"
)

func TestWaitWatch(t *testing.T) {
	rows := []struct {
		name   string
		before func(e *Event, peer *net.TCPConn)
		during func(e *Event, peer *net.TCPConn)
		d      time.Duration
		want   error
	}{
		{name: "timeout", d: 20 * ms, want: ErrTimeout},
		{name: "woken", during: func(e *Event, _ *net.TCPConn) { e.Wake() }, d: time.Hour},
		{name: "woken before", before: func(e *Event, _ *net.TCPConn) { e.Wake() }, d: time.Hour},
		{name: "peer closes", during: func(_ *Event, p *net.TCPConn) { p.Close() }, d: time.Hour, want: ErrGone},
		{name: "peer closes its side", during: func(_ *Event, p *net.TCPConn) { p.CloseWrite() }, d: time.Hour, want: ErrGone},
		{name: "peer resets", during: func(_ *Event, p *net.TCPConn) { p.SetLinger(0); p.Close() }, d: time.Hour, want: ErrGone},
		{name: "peer has closed", before: func(_ *Event, p *net.TCPConn) { p.Close() }, d: time.Hour, want: ErrGone},
		{name: "peer closes without deadline", during: func(_ *Event, p *net.TCPConn) { p.Close() }, want: ErrGone},
		{name: "peer sends", during: func(_ *Event, p *net.TCPConn) { p.Write([]byte("x")) }, d: 40 * ms, want: ErrTimeout},
		{name: "peer has sent", before: func(_ *Event, p *net.TCPConn) { p.Write([]byte("x")) }, d: 20 * ms, want: ErrTimeout},
		{name: "peer sends and closes", before: func(_ *Event, p *net.TCPConn) { p.Write([]byte("x")); p.Close() }, d: 20 * ms, want: ErrTimeout},
	}
	for _, row := range rows {
		for _, armed := range []bool{false, true} {
			t.Run(row.name, func(t *testing.T) {
				c, peer := pair(t)
				e := NewEvent()
				if armed { // the watch must not end with the timer of a read before it
					peer.Write([]byte("a"))
					mustRead(t, c, "a", After(10*ms))
				}
				if row.before != nil {
					row.before(e, peer)
					if row.want == ErrGone {
						until(t, "close", c.PeerClosed)
					} else if row.name != "woken before" {
						until(t, "data", c.Pending)
					}
				}
				if row.during != nil {
					time.AfterFunc(15*ms, func() { row.during(e, peer) })
				}
				within(t, 0, func() {
					if err := new(Task).WaitWatch(e, c, After(row.d)); err != row.want {
						t.Errorf("WaitWatch = %v, want %v", err, row.want)
					}
				})
			})
		}
	}
}

// TestReadAfterWatch: a watch leaves the connection as it was.
func TestReadAfterWatch(t *testing.T) {
	c, peer := pair(t)
	task, e := new(Task), NewEvent()
	if err := task.WaitWatch(e, c, After(5*ms)); err != ErrTimeout {
		t.Fatal(err)
	}
	wantErr(t, c, ErrTimeout, After(20*ms), 20*ms)
	peer.Write([]byte("x"))
	mustRead(t, c, "x", 0)
}

func TestReadWatch(t *testing.T) {
	type side struct{ srv, client *net.TCPConn }
	rows := []struct {
		name   string
		during func(side)
		d      time.Duration
		want   error
		data   string
	}{
		{name: "timeout", d: 30 * ms, want: ErrTimeout},
		{name: "timeout within the grace", d: 2 * ms, want: ErrTimeout},
		{name: "answer", during: func(s side) { s.srv.Write([]byte("ok")) }, d: time.Hour, data: "ok"},
		{name: "client goes", during: func(s side) { s.client.Close() }, d: time.Hour, want: ErrGone},
		{name: "client goes without deadline", during: func(s side) { s.client.Close() }, want: ErrGone},
		{name: "client sends", during: func(s side) { s.client.Write([]byte("x")) }, d: 50 * ms, want: ErrTimeout},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			srv, srvPeer := pair(t)
			client, clientPeer := pair(t)
			if row.during != nil {
				time.AfterFunc(20*ms, func() { row.during(side{srvPeer, clientPeer}) })
			}
			task, buf := new(Task), make([]byte, 8)
			within(t, 0, func() {
				n, err := task.ReadWatch(srv, buf, client, After(row.d))
				if string(buf[:n]) != row.data || err != row.want {
					t.Errorf("ReadWatch = %q, %v", buf[:n], err)
				}
			})
			srvPeer.Write([]byte("more"))
			mustRead(t, srv, "more", After(soon)) // the server's connection is as it was
		})
	}
}

func TestLook(t *testing.T) {
	look := func(c *Conn) [3]bool { return [3]bool{c.Quiet(), c.Pending(), c.PeerClosed()} }
	c, peer := pair(t)
	if got := look(c); got != [3]bool{true, false, false} {
		t.Errorf("new: %v", got)
	}
	peer.Write([]byte("x"))
	until(t, "data", c.Pending)
	if got := look(c); got != [3]bool{false, true, false} {
		t.Errorf("with data: %v", got)
	}
	mustRead(t, c, "x", 0) // looking has taken nothing
	peer.Close()
	until(t, "close", c.PeerClosed)
	if got := look(c); got != [3]bool{false, false, true} {
		t.Errorf("closed: %v", got)
	}
}

// TestPlainConn: connections that are no sockets work, too, only without looking ahead.
func TestPlainConn(t *testing.T) {
	a, b := net.Pipe()
	c := NewConn(a)
	defer c.Close()
	go func() { buf := make([]byte, 4); b.Read(buf); b.Read(buf[2:]); b.Write(buf); b.Close() }()
	if n, err := c.Write([]byte("ab"), []byte("cd"), soon); n != 4 || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	if !c.Quiet() || c.Pending() || c.PeerClosed() {
		t.Error("what cannot be known is not believed to be fine")
	}
	mustRead(t, c, "abcd", After(soon))
	if err := new(Task).WaitWatch(NewEvent(), c, After(5*ms)); err != ErrTimeout {
		t.Errorf("WaitWatch = %v", err)
	}
}

func TestKeepAliveReset(t *testing.T) {
	c, peer := pair(t)
	option := func() int {
		v := -1
		c.rc.Control(func(fd uintptr) { v, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE) })
		return v
	}
	if c.Net().(*net.TCPConn).SetKeepAlive(false); option() != 0 {
		t.Fatal("keep-alive is on")
	}
	if c.KeepAlive(); option() != 1 {
		t.Error("KeepAlive has not set SO_KEEPALIVE")
	}
	c.Reset()
	if _, err := peer.Read(make([]byte, 1)); err == nil || err.Error() == "EOF" {
		t.Errorf("the peer saw %v, want a reset", err)
	}
}
