package netio

import (
	"io"
	"testing"
	"time"
)

// sitter is parked again and again: each Run reads once, and says what came.
type sitter struct {
	c     *Conn
	until Time
	got   chan string
	buf   [64]byte
	again bool
}

func newSitter(c *Conn, until Time) *sitter {
	return &sitter{c: c, until: until, got: make(chan string, 4)}
}

func (s *sitter) Run(*Task) {
	n, err := s.c.Read(s.buf[:], s.until)
	switch {
	case err != nil:
		s.got <- err.Error()
	default:
		s.got <- string(s.buf[:n])
	}
	if s.again && err == nil && !s.c.Park(s, s.until) {
		s.got <- "not parked"
	}
}

// park parks s on its loop.
func (s *sitter) park(t testing.TB) (ok bool) {
	t.Helper()
	on(t, s.c.lp, func(*Task) { ok = s.c.Park(s, s.until) })
	return ok
}

// next is what the next Run says.
func (s *sitter) next(t testing.TB) string {
	t.Helper()
	select {
	case v := <-s.got:
		return v
	case <-time.After(soon):
		t.Fatal("a parked connection was not woken")
		return ""
	}
}

func TestPark(t *testing.T) {
	rows := []struct {
		name  string
		until time.Duration
		do    func(c *Conn, peer io.WriteCloser)
		want  string
	}{
		{"data", 0, func(_ *Conn, p io.WriteCloser) { p.Write([]byte("x")) }, "x"},
		{"data before the deadline", time.Hour, func(_ *Conn, p io.WriteCloser) { p.Write([]byte("x")) }, "x"},
		{"deadline", 20 * ms, func(*Conn, io.WriteCloser) {}, ErrTimeout.Error()},
		{"peer closes", 0, func(_ *Conn, p io.WriteCloser) { p.Close() }, "EOF"},
		{"data with the end", 0, func(_ *Conn, p io.WriteCloser) { p.Write([]byte("x")); p.Close() }, "x"},
		{"Abort", time.Hour, func(c *Conn, _ io.WriteCloser) { c.Abort() }, ErrAborted.Error()},
		{"AbortRead", time.Hour, func(c *Conn, _ io.WriteCloser) { c.AbortRead() }, ErrGone.Error()},
		{"Shorten", time.Hour, func(c *Conn, _ io.WriteCloser) { c.Shorten(10 * ms) }, ErrTimeout.Error()},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c, peer := pairOn(t, newLoops(t, 1).loops[0])
			s := newSitter(c, After(row.until))
			if !s.park(t) {
				t.Fatal("a quiet connection cannot be parked")
			}
			row.do(c, peer)
			if got := s.next(t); got != row.want {
				t.Errorf("woken with %q, want %q", got, row.want)
			}
			c.Discard()
		})
	}
}

// What came before Park, or was asked for, would never be told: Park refuses.
func TestParkRefuses(t *testing.T) {
	rows := []struct {
		name string
		do   func(c *Conn, peer io.WriteCloser)
	}{
		{"data", func(_ *Conn, p io.WriteCloser) { p.Write([]byte("x")) }},
		{"peer has closed", func(_ *Conn, p io.WriteCloser) { p.Close() }},
		{"Abort", func(c *Conn, _ io.WriteCloser) { c.Abort() }},
		{"AbortRead", func(c *Conn, _ io.WriteCloser) { c.AbortRead() }},
		{"closed", func(c *Conn, _ io.WriteCloser) { c.Discard() }},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			l := newLoops(t, 1).loops[0]
			c, peer := pairOn(t, l)
			row.do(c, peer)
			time.Sleep(5 * ms)
			on(t, l, func(*Task) {}) // the loop has seen it
			s := newSitter(c, 0)
			if s.park(t) {
				t.Error("parked, and nobody will wake it")
			}
			c.Discard()
		})
	}
	nc, peer := sockets(t)
	defer peer.Close()
	c := NewConn(nc)
	defer c.Close()
	if c.Park(newSitter(c, 0), 0) {
		t.Error("a connection without a loop was parked")
	}
}

// A limit that was set before holds for a parked connection as for a read.
func TestParkAfterShorten(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	c, _ := pairOn(t, l)
	c.Shorten(20 * ms)
	on(t, l, func(*Task) {})
	s := newSitter(c, After(time.Hour))
	began := time.Now()
	if s.park(t) {
		if got := s.next(t); got != ErrTimeout.Error() || time.Since(began) < 10*ms {
			t.Errorf("woken with %q after %v", got, time.Since(began))
		}
	}
	c.Discard()
}

// After a read that filled its buffer only the system knows whether more is there.
func TestParkAfterFullRead(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	c, peer := pairOn(t, l)
	peer.Write([]byte("12345678"))
	s := newSitter(c, 0)
	read := func(n int) (ok bool) {
		on(t, l, func(*Task) {
			if m, err := c.Read(make([]byte, n), After(soon)); m != n || err != nil {
				t.Errorf("Read = %d, %v", m, err)
			}
			ok = c.Park(s, 0)
		})
		return ok
	}
	if read(4) {
		t.Error("parked with data to read")
	}
	if !read(4) {
		t.Error("not parked without data")
	}
	peer.Write([]byte("x"))
	if got := s.next(t); got != "x" {
		t.Errorf("woken with %q", got)
	}
	c.Discard()
}

// Wakes of a parked connection at one moment start one task.
func TestParkWakesOnce(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	for range 100 {
		c, peer := pairOn(t, l)
		s := newSitter(c, After(2*ms))
		s.park(t)
		go c.AbortRead()
		go peer.Write([]byte("x"))
		c.nudge()
		s.next(t)
		on(t, l, func(*Task) {})
		select {
		case got := <-s.got:
			t.Fatalf("a second task ran: %q", got)
		default:
		}
		c.Discard()
		peer.Close()
	}
}

// A parked connection has no coroutine: many of them leave the loop as few tasks as one.
func TestParkedHoldsNoTask(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	for range 50 {
		c, _ := pairOn(t, l)
		if !newSitter(c, 0).park(t) {
			t.Fatal("not parked")
		}
		t.Cleanup(c.Discard)
	}
	on(t, l, func(*Task) {
		if n := len(l.idle); n > 2 {
			t.Errorf("%d coroutines besides the one that runs", n)
		}
		if n := len(l.timers); n > 0 {
			t.Errorf("%d timers without a deadline", n)
		}
	})
}

func TestParkAllocatesNothing(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	c, peer := pairOn(t, l)
	s := &quietSitter{c: c, ran: make(chan struct{}, 1)}
	on(t, l, func(*Task) { c.Park(s, After(time.Hour)) })
	msg := []byte("x")
	if n := testing.AllocsPerRun(200, func() {
		peer.Write(msg)
		<-s.ran
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	c.Discard()
}

// quietSitter is a sitter that allocates nothing.
type quietSitter struct {
	c   *Conn
	ran chan struct{}
	buf [8]byte
}

func (s *quietSitter) Run(*Task) {
	if _, err := s.c.Read(s.buf[:], After(time.Hour)); err == nil && s.c.Park(s, After(time.Hour)) {
		s.ran <- struct{}{}
	}
}

func TestWaitAllocatesNothing(t *testing.T) {
	each(t, func(w *world) {
		e := NewEvent()
		w.allocs(func(task *Task) {
			e.Wake()
			if err := task.Wait(e, After(time.Hour)); err != nil {
				w.Error(err)
			}
			if err := task.Wait(e, After(50*time.Microsecond)); err != ErrTimeout {
				w.Error(err)
			}
		})
	})
}

// TestLazyTimers: a later deadline for each read leaves one timer where it stands; an earlier one moves it.
func TestLazyTimers(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	c, peer := pairOn(t, l)
	on(t, l, func(task *Task) {
		first := Time(0)
		for i := range 20 {
			time.AfterFunc(ms, func() { peer.Write([]byte("x")) })
			gets(t, c, "x", After(time.Hour))
			if first == 0 {
				first = task.on.timer.at
			}
			if len(l.timers) != 1 || task.on.timer.at != first || first == 0 {
				t.Errorf("round %d: %d timers, the first at %v, not %v", i, len(l.timers), task.on.timer.at, first)
			}
		}
		fails(t, c, ErrTimeout, After(5*ms), 5*ms)
	})
	c.Discard()
}

func TestStart(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	c, peer := pairOn(t, l)
	s := newSitter(c, 0)
	c.Do(func() {
		if l.cur != nil {
			t.Error("Do calls while a task runs")
		}
		c.Start(s)
	})
	peer.Write([]byte("x"))
	if got := s.next(t); got != "x" {
		t.Errorf("read %q", got)
	}
	c.Discard()
	plain := goroutines(t)
	p, _ := plain.pair()
	ran := false
	if p.Do(func() { ran = true }); !ran {
		t.Error("Do of a connection without a loop has not called")
	}
}

// TryLent takes what is there and never waits.
func TestTryLent(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	c, peer := pairOn(t, l)
	try := func(want string, wantErr error) {
		t.Helper()
		on(t, l, func(*Task) {
			var o oneBuffer
			n, err := c.TryLent(&o)
			if string(o.b[:n]) != want || err != wantErr || o.lent.Load() && n == 0 && err == nil {
				t.Errorf("TryLent = %q, %v; lent %v", o.b[:n], err, o.lent.Load())
			}
		})
	}
	try("", nil)
	peer.Write([]byte("x"))
	time.Sleep(2 * ms)
	on(t, l, func(*Task) { gets(t, c, "x", After(soon)) })
	peer.Write([]byte("y"))
	peer.Close()
	on(t, l, func(task *Task) { task.WaitWatch(NewEvent(), c, After(5*ms)) }) // the loop has been told
	try("y", nil)
	try("", io.EOF)
	c.Abort()
	try("", nil) // a Read says why
	c.Discard()
	nc, other := sockets(t)
	defer other.Close()
	p := NewConn(nc)
	defer p.Close()
	if n, err := p.TryLent(new(oneBuffer)); n != 0 || err != nil {
		t.Errorf("TryLent without a loop = %d, %v", n, err)
	}
	if p.Parks() || !c.Parks() {
		t.Error("Parks is wrong")
	}
}
