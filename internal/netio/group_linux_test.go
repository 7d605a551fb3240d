package netio

import (
	"io"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// counter is an Acceptor that counts places and keeps the connections.
type counter struct {
	t       testing.TB
	limit   atomic.Int64 // how many places there are
	places  atomic.Int64 // taken
	rooms   atomic.Int64 // calls
	conns   list[*Conn]
	failed  list[error]
	stopped atomic.Bool
	drop    bool // close what was accepted
}

func newCounter(t testing.TB) *counter {
	c := &counter{t: t}
	c.limit.Store(1 << 30)
	return c
}

func (a *counter) Room() (any, bool) {
	a.rooms.Add(1)
	if a.places.Add(1) > a.limit.Load() {
		a.places.Add(-1)
		return nil, false
	}
	return a, true
}

func (a *counter) Refused(place any) {
	a.check(place)
	a.places.Add(-1)
}

func (a *counter) Failed(err error) { a.failed.add(err) }

func (a *counter) Accepted(c *Conn, place any) {
	a.check(place)
	if a.stopped.Load() {
		a.t.Error("Accepted after Close")
	}
	if a.drop {
		c.Close()
		a.places.Add(-1)
		return
	}
	a.conns.add(c)
}

func (a *counter) check(place any) {
	if place != a {
		a.t.Errorf("place is %v", place)
	}
}

func (a *counter) discard() {
	for _, c := range a.conns.all() {
		c.Discard()
	}
}

func dial(t testing.TB, ln net.Listener) net.Conn {
	t.Helper()
	c, err := net.DialTimeout(ln.Addr().Network(), ln.Addr().String(), soon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// listen serves a with a listener of g; what is accepted is closed before the loops must end.
func listen(t testing.TB, g *Group, a *counter, network, addr string) (net.Listener, *Listener) {
	t.Helper()
	ln, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	s, err := g.Listen(ln, a)
	if err != nil {
		t.Fatal(err)
	}
	s.Open()
	t.Cleanup(func() { s.Close(); ln.Close(); a.discard() })
	return ln, s
}

func TestListen(t *testing.T) {
	for name, at := range map[string][2]string{
		"tcp4":     {"tcp4", "127.0.0.1:0"},
		"tcp6":     {"tcp6", "[::1]:0"},
		"both":     {"tcp", ":0"},
		"unix":     {"unix", filepath.Join(t.TempDir(), "s")},
		"abstract": {"unix", "@netio-listen-test"},
	} {
		t.Run(name, func(t *testing.T) {
			g, a := newLoops(t, 2), newCounter(t)
			ln, _ := listen(t, g, a, at[0], at[1])
			for i := range 8 {
				p := dial(t, ln)
				until(t, "accepted", func() bool { return a.conns.len() == i+1 })
				c := a.conns.all()[i]
				if c.IsUnix != (at[0] == "unix") || c.IsUnix == c.Remote.IsValid() {
					t.Errorf("IsUnix = %v, Remote = %v", c.IsUnix, c.Remote)
				}
				if !c.IsUnix && (c.Remote != addrPort(p.LocalAddr()) || c.Local != addrPort(p.RemoteAddr())) {
					t.Errorf("%v to %v, want %v to %v", c.Remote, c.Local, p.LocalAddr(), p.RemoteAddr())
				}
				on(t, c.lp, func(*Task) {
					p.Write([]byte("ping"))
					gets(t, c, "ping", After(soon))
					c.Write([]byte("pong"), nil, soon)
				})
				if _, err := io.ReadFull(p, make([]byte, 4)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestHandOver: a loop that is alone in accepting gives the other one its share, also while that one is busy.
func TestHandOver(t *testing.T) {
	g, a := newLoops(t, 2), newCounter(t)
	g.Start(2, -1)
	ln, _ := listen(t, g, a, "tcp", "127.0.0.1:0")
	gate, held := make(chan struct{}), make(chan struct{})
	spawn(g.loops[1], func(*Task) { close(held); <-gate })
	<-held
	const all = 64
	for range all {
		dial(t, ln)
	}
	until(t, "the first loop has accepted all", func() bool {
		return g.loops[0].count.Load()+g.loops[1].count.Load() == all
	})
	mine := a.conns.len()
	if mine >= all-10 || mine < all/2 {
		t.Errorf("the busy loop has been given %d of %d", all-mine, all)
	}
	close(gate)
	until(t, "the other loop has taken its own", func() bool { return a.conns.len() == all })
	per := make(map[int]int)
	for _, c := range a.conns.all() {
		per[c.Loop()]++
		if !c.Remote.IsValid() || !c.Local.IsValid() {
			t.Error("a connection has no addresses")
		}
	}
	if len(per) != 2 || per[g.loops[0].id] != mine {
		t.Errorf("connections by loop: %v", per)
	}
	if n, m := g.loops[0].count.Load(), g.loops[1].count.Load(); n != int64(mine) || n+m != all {
		t.Errorf("the loops count %d and %d", n, m)
	}
}

// Without room nothing is accepted, and nobody asks all the time; Resume takes what has waited.
func TestNoRoom(t *testing.T) {
	g, a := newLoops(t, 2), newCounter(t)
	a.limit.Store(3)
	ln, s := listen(t, g, a, "tcp", "127.0.0.1:0")
	for range 6 {
		dial(t, ln)
	}
	until(t, "three", func() bool { return a.conns.len() == 3 })
	time.Sleep(5 * ms)
	asked := a.rooms.Load()
	time.Sleep(30 * ms)
	if n := a.rooms.Load() - asked; n > 0 {
		t.Errorf("asked %d times for room", n)
	}
	s.Resume() // nothing has changed
	time.Sleep(5 * ms)
	if n := a.conns.len(); n != 3 {
		t.Errorf("%d accepted, there is room for three", n)
	}
	a.limit.Store(5)
	s.Resume()
	until(t, "five", func() bool { return a.conns.len() == 5 })
	a.limit.Store(100)
	s.Resume()
	until(t, "six", func() bool { return a.conns.len() == 6 })
	dial(t, ln)
	until(t, "seven", func() bool { return a.conns.len() == 7 })
	// A loop that looks for an eighth has a place for it meanwhile.
	until(t, "as many places as connections", func() bool { return a.places.Load() == 7 })
}

// knock opens connections until stop, and closes them.
func knock(ln net.Listener, stop *atomic.Bool, wg *sync.WaitGroup) {
	wg.Go(func() {
		for !stop.Load() {
			c, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				return
			}
			c.Close()
		}
	})
}

// TestCloseWhileAccepting: after Close no connection comes, and each place was given to one or came back. A loop that
// began after Listen has no seat, but is given connections.
func TestCloseWhileAccepting(t *testing.T) {
	for range 20 {
		g, a := newLoops(t, 1), newCounter(t)
		ln, s := listen(t, g, a, "tcp", "127.0.0.1:0")
		g.Start(3, -1)
		var stop atomic.Bool
		var wg sync.WaitGroup
		for range 3 {
			knock(ln, &stop, &wg)
		}
		until(t, "some", func() bool { return a.conns.len() > 20 })
		gate := make(chan struct{})
		spawn(g.loops[2], func(*Task) { <-gate }) // what was handed to it has to wait
		time.AfterFunc(10*ms, func() { close(gate) })
		time.Sleep(2 * ms)
		s.Close()
		a.stopped.Store(true)
		n := a.conns.len()
		s.Close() // again
		s.Resume()
		if places := a.places.Load(); places != int64(n) {
			t.Errorf("%d places are taken for %d connections", places, n)
		}
		stop.Store(true)
		ln.Close()
		wg.Wait()
		for _, l := range g.loops {
			on(t, l, func(*Task) {})
		}
	}
}

// Release ends a loop only when its last connection is closed, and one without any at once.
func TestRelease(t *testing.T) {
	g := newLoops(t, 2)
	c, peer := pairOn(t, g.loops[0])
	g.Release()
	g.Release()
	until(t, "the loop without connections ends", func() bool {
		loopIDs.Lock()
		defer loopIDs.Unlock()
		return !loopIDs.used[g.loops[1].id]
	})
	peer.Write([]byte("x"))
	on(t, g.loops[0], func(*Task) {
		gets(t, c, "x", After(soon))
		c.Close()
	})
	ended(t, g)
}

// TestReleaseWaitsForTasks: what a task does after it has closed its connections is done before its loop ends.
func TestReleaseWaitsForTasks(t *testing.T) {
	for name, rest := range map[string]func(*Task){
		"Sleep":   func(task *Task) { task.Sleep(20*ms, NewEvent(), nil) },
		"Offload": func(task *Task) { task.Offload(func() { time.Sleep(20 * ms) }) },
		"Join": func(task *Task) {
			task.Fork(func() { task.Loop() })
			task.Join()
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newLoops(t, 1)
			c, _ := pairOn(t, g.loops[0])
			released, done := make(chan struct{}), make(chan struct{})
			spawn(g.loops[0], func(task *Task) {
				<-released
				c.Close()
				rest(task)
				close(done)
			})
			g.Release()
			close(released)
			select {
			case <-done:
			case <-time.After(soon):
				t.Error("the loop has ended before its task")
			}
			ended(t, g)
		})
	}
}

// TestListenersFollowLoops: with more loops those accept, too; those that are too many take no new connections, and keep
// what they have.
func TestListenersFollowLoops(t *testing.T) {
	g, a := newLoops(t, 1), newCounter(t)
	ln, s := listen(t, g, a, "tcp", "127.0.0.1:0")
	seen := func(want ...int) {
		t.Helper()
		var got []bool
		for _, l := range g.loops {
			on(t, l, func(*Task) { got = append(got, l.listeners[s.fd] != nil && l.listeners[s.fd].on) })
		}
		for i, has := range got {
			if has != slices.Contains(want, i) {
				t.Errorf("loops that listen: %v, want %v", got, want)
				return
			}
		}
	}
	seen(0)
	g.Start(3, 0)
	seen(0, 1, 2)
	c, peer := pairOn(t, g.loops[2])
	g.Start(1, 0)
	seen(0)
	if g.Loops() != 1 {
		t.Errorf("%d loops accept", g.Loops())
	}
	for range 30 {
		dial(t, ln)
	}
	until(t, "all", func() bool { return a.conns.len() == 30 })
	for _, c := range a.conns.all() {
		if c.Loop() != g.loops[0].id {
			t.Errorf("loop %d has accepted", c.Loop())
		}
	}
	peer.Write([]byte("x"))
	on(t, c.lp, func(*Task) { gets(t, c, "x", After(soon)) })
	c.Discard()
	g.Start(2, 0)
	seen(0, 1)
	g.Start(3, 0)
	seen(0, 1, 2)
	s.Close()
	seen()
	g.Start(2, 0)
	seen()
}

// rude is an Acceptor that panics now and then.
type rude struct {
	*counter
	n atomic.Int64
}

func (a *rude) Accepted(c *Conn, place any) {
	if a.n.Add(1)%2 == 1 {
		c.Close()
		panic("rude")
	}
	a.counter.Accepted(c, place)
}

// A panic of an Acceptor, a Keeper or a function of Do is reported; the loop lives on.
func TestPanicOnLoop(t *testing.T) {
	var panics atomic.Int64
	g := newGroup(t, 1, func(v any, _ []byte) {
		if v != "rude" {
			t.Errorf("panic: %v", v)
		}
		panics.Add(1)
	})
	a := &rude{counter: newCounter(t)}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	s, err := g.Listen(ln, a)
	if err != nil {
		t.Fatal(err)
	}
	s.Open()
	for range 10 {
		dial(t, ln)
	}
	until(t, "the others are accepted", func() bool { return a.conns.len() == 5 && panics.Load() == 5 })
	s.Close()
	c := a.conns.all()[0]
	c.Do(func() { panic("rude") })
	d, peer := pairOn(t, g.loops[0])
	on(t, g.loops[0], func(*Task) { d.Keep(keeperFunc(func(*Conn) { panic("rude") })) })
	peer.Write([]byte("x"))
	until(t, "all are reported", func() bool { return panics.Load() == 7 })
	d.Discard()
	a.discard()
}

type keeperFunc func(*Conn)

func (fn keeperFunc) Lost(c *Conn) { fn(c) }

// hidden is a listener without a socket; lent one that gives it another way.
type hidden struct{ net.Listener }

type lent struct {
	net.Listener
	ln *net.TCPListener
}

func (l lent) Dup() (int, error) { return dupListener(l.ln) }

func TestListenDescriptor(t *testing.T) {
	g, a := newLoops(t, 1), newCounter(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if _, err := g.Listen(hidden{ln}, a); err != errNoDescriptor {
		t.Errorf("Listen = %v", err)
	}
	s, err := g.Listen(lent{hidden{ln}, ln.(*net.TCPListener)}, a)
	if err != nil {
		t.Fatal(err)
	}
	dial(t, ln)
	time.Sleep(5 * ms)
	if a.rooms.Load() > 0 {
		t.Error("a listener accepts before it is opened")
	}
	s.Open()
	until(t, "accepted", func() bool { return a.conns.len() == 1 })
	s.Close()
	a.discard()
}
