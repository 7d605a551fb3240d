package netio

import (
	"io"
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
				each(t, func(w *world) {
					c, peer := w.pair()
					e := NewEvent()
					if armed { // the watch must not end with the timer of a read before it
						time.AfterFunc(ms, func() { peer.Write([]byte("a")) })
						w.read(c, "a", After(40*ms))
					}
					if row.before != nil {
						row.before(e, peer)
						if row.want == ErrGone {
							w.until("close", c.PeerClosed)
						} else if row.name != "woken before" {
							w.until("data", c.Pending)
						}
					}
					if row.during != nil {
						time.AfterFunc(15*ms, func() { row.during(e, peer) })
					}
					w.do(func(task *Task) {
						took(w, 0, func() {
							if err := task.WaitWatch(e, c, After(row.d)); err != row.want {
								w.Errorf("WaitWatch = %v, want %v", err, row.want)
							}
						})
					})
				})
			})
		}
	}
}

// TestReadAfterWatch: a watch leaves the connection as it was.
func TestReadAfterWatch(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		w.do(func(task *Task) {
			if err := task.WaitWatch(NewEvent(), c, After(5*ms)); err != ErrTimeout {
				w.Error(err)
			}
			fails(w, c, ErrTimeout, After(20*ms), 20*ms)
		})
		peer.Write([]byte("x"))
		w.read(c, "x", 0)
	})
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
		{name: "client has sent and goes", during: func(s side) { s.client.Write([]byte("x")); s.client.Close() }, d: 50 * ms, want: ErrTimeout},
		{name: "client sends", during: func(s side) { s.client.Write([]byte("x")) }, d: 50 * ms, want: ErrTimeout},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			each(t, func(w *world) {
				srv, srvPeer := w.pair()
				client, clientPeer := w.pair()
				if row.during != nil {
					time.AfterFunc(20*ms, func() { row.during(side{srvPeer, clientPeer}) })
				}
				w.do(func(task *Task) {
					buf := make([]byte, 8)
					took(w, 0, func() {
						n, err := task.ReadWatch(srv, buf, client, After(row.d))
						if string(buf[:n]) != row.data || err != row.want {
							w.Errorf("ReadWatch = %q, %v", buf[:n], err)
						}
					})
				})
				srvPeer.Write([]byte("more"))
				w.read(srv, "more", After(soon)) // the server's connection is as it was
			})
		})
	}
}

// ReadBeside ends when the other connection is reset, not when its peer has only sent its end.
func TestReadBeside(t *testing.T) {
	rows := []struct {
		name   string
		before func(srv, client *net.TCPConn)
		during func(srv, client *net.TCPConn)
		want   error
		data   string
	}{
		{name: "answer", during: func(s, _ *net.TCPConn) { s.Write([]byte("ok")) }, data: "ok"},
		{name: "client resets", during: func(_, c *net.TCPConn) { c.SetLinger(0); c.Close() }, want: ErrDead},
		{name: "client has reset", before: func(_, c *net.TCPConn) { c.SetLinger(0); c.Close() }, want: ErrDead},
		{name: "client sends its end", before: func(_, c *net.TCPConn) { c.CloseWrite() },
			during: func(s, _ *net.TCPConn) { s.Write([]byte("ok")) }, data: "ok"},
		{name: "client sends its end, then resets", before: func(_, c *net.TCPConn) { c.CloseWrite() },
			during: func(_, c *net.TCPConn) { c.SetLinger(0); c.Close() }, want: ErrDead},
		{name: "timeout", want: ErrTimeout},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			each(t, func(w *world) {
				srv, srvPeer := w.pair()
				client, clientPeer := w.pair()
				want, low := row.want, time.Duration(0)
				if !w.loop && want == ErrDead || want == ErrTimeout {
					want, low = ErrTimeout, 50*ms // goroutines learn of it by writing
				}
				if row.before != nil {
					row.before(srvPeer, clientPeer)
				}
				if row.during != nil {
					time.AfterFunc(15*ms, func() { row.during(srvPeer, clientPeer) })
				}
				w.do(func(*Task) {
					b, limit := make([]byte, 8), After(time.Hour)
					if low > 0 {
						limit = After(low)
					}
					took(w, low, func() {
						if n, err := srv.ReadBeside(b, client, limit); string(b[:n]) != row.data || err != want {
							w.Errorf("ReadBeside = %q, %v, want %v", b[:n], err, want)
						}
					})
				})
				srvPeer.Write([]byte("more"))
				w.read(srv, "more", After(soon)) // it is as it was
			})
		})
	}
}

func TestLook(t *testing.T) {
	each(t, func(w *world) {
		look := func(c *Conn) (got [3]bool) {
			w.do(func(*Task) { got = [3]bool{c.Quiet(), c.Pending(), c.PeerClosed()} })
			return got
		}
		c, peer := w.pair()
		if got := look(c); got != [3]bool{true, false, false} {
			w.Errorf("new: %v", got)
		}
		peer.Write([]byte("x"))
		w.until("data", func() bool { return c.Pending() && !c.Quiet() })
		if got := look(c); got != [3]bool{false, true, false} {
			w.Errorf("with data: %v", got)
		}
		w.read(c, "x", 0) // looking has taken nothing
		if got := look(c); got != [3]bool{true, false, false} {
			w.Errorf("read: %v", got)
		}
		peer.Close()
		w.until("close", func() bool { return c.PeerClosed() && !c.Quiet() })
		if got := look(c); got != [3]bool{false, false, true} {
			w.Errorf("closed: %v", got)
		}
	})
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
	gets(t, c, "abcd", After(soon))
	if err := new(Task).WaitWatch(NewEvent(), c, After(5*ms)); err != ErrTimeout {
		t.Errorf("WaitWatch = %v", err)
	}
}

func TestKeepAliveReset(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		option := func() int {
			v, _ := syscall.GetsockoptInt(c.fd, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
			return v
		}
		if syscall.SetsockoptInt(c.fd, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 0); option() != 0 {
			w.Fatal("keep-alive is on")
		}
		w.do(func(*Task) { c.KeepAlive() })
		if option() != 1 {
			w.Error("KeepAlive has not set SO_KEEPALIVE")
		}
		w.do(func(*Task) { c.Reset() })
		if _, err := peer.Read(make([]byte, 1)); err == nil || err.Error() == "EOF" {
			w.Errorf("the peer saw %v, want a reset", err)
		}
	})
}

// A call on a connection that was closed fails, whoever makes it.
func TestClosed(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		w.do(func(task *Task) {
			c.Close()
			fails(w, c, ErrAborted, After(soon), 0)
			if _, err := c.Write([]byte("x"), nil, soon); err != ErrAborted {
				w.Errorf("Write = %v", err)
			}
			if err := c.CloseWrite(); err == nil {
				w.Error("CloseWrite of a closed connection succeeds")
			}
			c.Abort()
			c.AbortRead()
			c.Shorten(ms)
			c.Resume()
		})
		if _, err := peer.Read(make([]byte, 1)); err != io.EOF {
			w.Errorf("the peer saw %v", err)
		}
	})
}

// Closing a connection ends the read that the other half of the session waits in.
func TestCloseWakesRead(t *testing.T) {
	each(t, func(w *world) {
		c, _ := w.pair()
		w.do(func(task *Task) {
			task.Fork(func() { fails(w, c, ErrAborted, 0, 0) })
			task.Sleep(10*ms, NewEvent(), nil)
			c.Close()
			task.Join()
		})
	})
}
