package netio

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// shelf keeps idle connections as the engine's pools do.
type shelf struct {
	mu   sync.Mutex
	has  map[*Conn]bool
	lost list[*Conn] // those that Lost found and closed
	told list[*Conn] // those that Lost was called with
}

func newShelf() *shelf { return &shelf{has: make(map[*Conn]bool)} }

func (s *shelf) put(c *Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.Keep(s) {
		return false
	}
	s.has[c] = true
	return true
}

func (s *shelf) take(c *Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	had := s.has[c]
	delete(s.has, c)
	return had
}

func (s *shelf) Lost(c *Conn) {
	s.told.add(c)
	if s.take(c) {
		c.Close()
		s.lost.add(c)
	}
}

func TestKeep(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	for name, do := range map[string]func(*net.TCPConn){
		"data":  func(p *net.TCPConn) { p.Write([]byte("x")) },
		"close": func(p *net.TCPConn) { p.Close() },
		"reset": func(p *net.TCPConn) { p.SetLinger(0); p.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			c, peer := pairOn(t, l)
			s := newShelf()
			on(t, l, func(*Task) {
				if !s.put(c) {
					t.Error("a quiet connection cannot be kept")
				}
			})
			do(peer)
			until(t, "Lost", func() bool { return s.lost.len() == 1 })

			c, peer = pairOn(t, l)
			do(peer)
			time.Sleep(2 * ms)
			on(t, l, func(*Task) {
				if s.put(c) {
					t.Error("kept with something to read")
				}
			})
			c.Discard()

			c, peer = pairOn(t, l)
			on(t, l, func(task *Task) {
				s.put(c)
				s.take(c)
				if h, err := c.Use(task); h != c || err != nil {
					t.Errorf("Use = %p, %v, want %p", h, err, c)
				}
			})
			n := s.told.len()
			do(peer)
			time.Sleep(2 * ms)
			on(t, l, func(*Task) {})
			if s.told.len() != n {
				t.Error("Lost is called for a connection in use")
			}
			c.Discard()
		})
	}
}

// A connection that moves to another loop takes along what was sent before, then and after.
func TestUseMoves(t *testing.T) {
	g := newLoops(t, 2)
	a, b := g.loops[0], g.loops[1]
	c, peer := pairOn(t, a)
	c.To = Addr{TCP: c.Remote}
	s := newShelf()
	on(t, a, func(*Task) { s.put(c) })
	var h *Conn
	on(t, b, func(task *Task) {
		s.take(c)
		var err error
		if h, err = c.Use(task); err != nil || h == c || h.Loop() != task.Loop() || h.Loop() == c.Loop() {
			t.Errorf("Use = %p of loop %d, %v", h, h.Loop(), err)
		}
		if h.To != c.To || h.Local != c.Local || h.Remote != c.Remote {
			t.Error("the heir has other addresses")
		}
		if !h.Quiet() {
			t.Error("the heir is not quiet")
		}
		peer.Write([]byte("x"))
		gets(t, h, "x", After(soon))
		fails(t, h, ErrTimeout, After(5*ms), 5*ms)
		if n, err := h.Write([]byte("hi"), nil, soon); n != 2 || err != nil {
			t.Errorf("Write = %d, %v", n, err)
		}
	})
	io.ReadFull(peer, make([]byte, 2))
	if a.count.Load() != 0 || b.count.Load() != 1 {
		t.Errorf("the loops have %d and %d connections", a.count.Load(), b.count.Load())
	}
	on(t, a, func(*Task) {
		if a.conns[c.fd] != nil {
			t.Error("the old loop still knows the descriptor")
		}
	})
	var back *Conn
	on(t, a, func(task *Task) {
		back, _ = h.Use(task)
		fails(t, back, ErrTimeout, After(5*ms), 5*ms)
		peer.Write([]byte("y"))
		gets(t, back, "y", After(soon))
	})
	back.Discard()
}

// TestUseRacesLost: at the moment when another loop takes a connection its server closes it or sends.
func TestUseRacesLost(t *testing.T) {
	g := newLoops(t, 2)
	for i := range 300 {
		from, to := g.loops[i%2], g.loops[(i+1)%2]
		c, peer := pairOn(t, from)
		s := newShelf()
		on(t, from, func(*Task) { s.put(c) })
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			peer.Write([]byte("x"))
			peer.Close()
		}()
		on(t, to, func(task *Task) {
			if !s.take(c) {
				return // Lost was first
			}
			h, err := c.Use(task)
			if err != nil {
				t.Error(err)
				return
			}
			gets(t, h, "x", After(soon))
			fails(t, h, io.EOF, After(soon), 0)
			h.Close()
		})
		<-sent
	}
	for _, l := range g.loops {
		until(t, "all are closed", func() bool { return l.count.Load() == 0 })
	}
}

// TestMovedDescriptor: the number of a connection that has moved and was closed may be a listener's next.
func TestMovedDescriptor(t *testing.T) {
	g := newLoops(t, 2)
	a, b := g.loops[0], g.loops[1]
	if err := g.Start(1, 0); err != nil { // only a accepts
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, _ := pairOn(t, a)
	fd := c.fd
	on(t, b, func(task *Task) {
		h, err := c.Use(task)
		if err != nil {
			t.Error(err)
			return
		}
		h.Close()
	})
	acc := newCounter(t)
	s, err := g.Listen(ln, acc)
	if err != nil {
		t.Fatal(err)
	}
	defer acc.discard()
	defer s.Close()
	s.Open()
	if s.fd != fd {
		t.Skipf("the listener has got %d, not %d", s.fd, fd)
	}
	dial(t, ln)
	until(t, "the connection is accepted", func() bool { return acc.conns.len() == 1 })
}

// A loop that was released ends when its last connection has moved away.
func TestMoveEndsLoop(t *testing.T) {
	g := newLoops(t, 2)
	a, b := g.loops[0], g.loops[1]
	c, _ := pairOn(t, a)
	d, _ := pairOn(t, b)
	g.Release()
	time.Sleep(5 * ms)
	var h *Conn
	on(t, b, func(task *Task) { h, _ = c.Use(task) })
	until(t, "the old loop ends", func() bool {
		loopIDs.Lock()
		defer loopIDs.Unlock()
		return !loopIDs.used[a.id]
	})
	h.Discard()
	d.Discard()
}

func TestDiscard(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	c, peer := pairOn(t, l)
	done := make(chan error, 1)
	spawn(l, func(*Task) { _, err := c.Read(make([]byte, 1), 0); done <- err })
	time.Sleep(2 * ms)
	c.Discard()
	c.Discard()
	if err := <-done; err != ErrAborted {
		t.Errorf("the read ended with %v", err)
	}
	if _, err := peer.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the peer saw %v", err)
	}
	on(t, l, func(*Task) {})
	if n := l.count.Load(); n != 0 {
		t.Errorf("the loop has %d connections", n)
	}
}
