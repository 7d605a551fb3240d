package netio

import (
	"net"
	"testing"
	"time"
)

// world is one implementation of this package. Tests of behaviour have one body, which each runs in every world. A call
// that may block belongs in do or begin: on a loop it must be made by a task. Fatal must not be called there, because it
// would end the loop.
type world struct {
	*testing.T
	loop  bool                    // tasks are coroutines of an event loop
	start func(fn func(*Task))    // runs fn on a task of its own
	adopt func(nc net.Conn) *Conn // makes nc a connection of this world
}

// each runs body in every world of this system.
func each(t *testing.T, body func(w *world)) {
	for name, make := range worlds {
		t.Run(name, func(t *testing.T) { body(make(t)) })
	}
}

// goroutines is the world of Go's poller.
func goroutines(t *testing.T) *world {
	return &world{T: t, start: Go, adopt: NewConn}
}

// pair is a connected pair of TCP sockets: one of this world, one as the peer's script wants it.
func (w *world) pair() (*Conn, *net.TCPConn) {
	w.Helper()
	nc, peer := sockets(w)
	c := w.adopt(nc)
	w.Cleanup(func() { c.Discard(); peer.Close() })
	return c, peer
}

// sockets is a connected pair of TCP sockets.
func sockets(t testing.TB) (net.Conn, *net.TCPConn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	peer, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	nc, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return nc, peer.(*net.TCPConn)
}

// begin runs fn on a task; the result waits for its end.
func (w *world) begin(fn func(*Task)) (wait func()) {
	done := make(chan struct{})
	w.start(func(t *Task) { defer close(done); fn(t) })
	return func() {
		w.Helper()
		select {
		case <-done:
		case <-time.After(2 * soon):
			w.Fatalf("still blocked after %v", 2*soon)
		}
	}
}

// do runs fn on a task and waits for it.
func (w *world) do(fn func(*Task)) {
	w.Helper()
	w.begin(fn)()
}

// read expects what was sent before.
func (w *world) read(c *Conn, want string, until Time) {
	w.Helper()
	w.do(func(*Task) { gets(w, c, want, until) })
}

// wantErr expects that a read on c ends with err, not before low.
func (w *world) wantErr(c *Conn, want error, until Time, low time.Duration) {
	w.Helper()
	w.do(func(*Task) { fails(w, c, want, until, low) })
}

// until polls for a condition, which may ask connections.
func (w *world) until(what string, ok func() bool) {
	w.Helper()
	yes := false
	until(w.T, what, func() bool {
		w.do(func(*Task) { yes = ok() })
		return yes
	})
}

// allocs expects that fn, called by a task, allocates nothing.
func (w *world) allocs(fn func(*Task)) {
	w.Helper()
	w.do(func(t *Task) {
		if n := testing.AllocsPerRun(200, func() { fn(t) }); n != 0 {
			w.Errorf("%v allocations", n)
		}
	})
}

// gets is read for a task.
func gets(t testing.TB, c *Conn, want string, until Time) {
	t.Helper()
	b := make([]byte, 64)
	if n, err := c.Read(b, until); err != nil || string(b[:n]) != want {
		t.Errorf("Read = %q, %v; want %q", b[:n], err, want)
	}
}

// fails is wantErr for a task. A deadline that comes soon is looked at itself.
func fails(t testing.TB, c *Conn, want error, until Time, low time.Duration) {
	t.Helper()
	deadline := want == ErrTimeout && low > 0 && until.Sub(Now()) < 2*soon
	if deadline {
		low = 0
	}
	took(t, low, func() {
		if n, err := c.Read(make([]byte, 1), until); n != 0 || err != want {
			t.Errorf("Read = %d, %v; want %v", n, err, want)
		}
	})
	if d := until.Sub(Now()); deadline && d > 0 {
		t.Errorf("timed out %v before the deadline", d)
	}
}

// took expects that fn takes at least about low, and ends soon. What counts may have begun before, on a machine with much
// to do even long before.
func took(t testing.TB, low time.Duration, fn func()) {
	t.Helper()
	began := time.Now()
	fn()
	if d := time.Since(began); d < low/2 || d > soon {
		t.Errorf("ended after %v, want %v to %v", d, low, soon)
	}
}
