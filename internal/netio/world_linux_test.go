package netio

import (
	"net"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

var worlds = map[string]func(*testing.T) *world{"goroutines": goroutines, "loops": loops}

// loops is the world of the event loops, with one of them.
func loops(t *testing.T) *world {
	l := newLoops(t, 1).loops[0]
	return &world{
		T: t, loop: true,
		start: func(fn func(*Task)) { spawn(l, fn) },
		adopt: func(nc net.Conn) *Conn { return adoptOn(t, l, nc) },
	}
}

// newLoops is a group of n loops, whose tasks must not panic and which must end after the test.
func newLoops(t testing.TB, n int) *Group {
	t.Helper()
	return newGroup(t, n, func(v any, stack []byte) { t.Errorf("panic in a task: %v\n%s", v, stack) })
}

func newGroup(t testing.TB, n int, panics func(any, []byte)) *Group {
	t.Helper()
	procs := runtime.GOMAXPROCS(0)
	g := NewGroup(panics)
	if err := g.Start(n, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.Release()
		ended(t, g)
		runtime.GOMAXPROCS(procs)
	})
	return g
}

// ended waits for the end of g's loops.
func ended(t testing.TB, g *Group) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); g.Wait() }()
	select {
	case <-done:
	case <-time.After(soon):
		for _, l := range g.loops {
			t.Errorf("loop %d has not ended: %d connections, %d notes", l.id, l.count.Load(), l.inLen.Load())
		}
	}
}

type taskFunc func(*Task)

func (fn taskFunc) Run(t *Task) { fn(t) }

// spawn runs fn on a task of l.
func spawn(l *loop, fn func(*Task)) {
	l.post(note{fn: func() {
		t := l.task()
		t.on.h = taskFunc(fn)
		l.wake(t)
	}})
}

// on runs fn on a task of l and waits for it.
func on(t testing.TB, l *loop, fn func(*Task)) {
	t.Helper()
	done := make(chan struct{})
	spawn(l, func(t *Task) { defer close(done); fn(t) })
	select {
	case <-done:
	case <-time.After(2 * soon):
		t.Fatalf("a task is still blocked after %v", 2*soon)
	}
}

// adoptOn takes the descriptor of nc to l.
func adoptOn(t testing.TB, l *loop, nc net.Conn) *Conn {
	t.Helper()
	defer nc.Close()
	rc, err := nc.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	fd := -1
	rc.Control(func(f uintptr) {
		r, _, _ := syscall.RawSyscall(syscall.SYS_FCNTL, f, syscall.F_DUPFD_CLOEXEC, 0)
		fd = int(r)
	})
	var c *Conn
	on(t, l, func(*Task) { c = l.add(fd) })
	_, c.IsUnix = nc.(*net.UnixConn)
	c.Local, c.Remote = addrPort(nc.LocalAddr()), addrPort(nc.RemoteAddr())
	return c
}

// pairOn is a connection of l and its peer.
func pairOn(t testing.TB, l *loop) (*Conn, *net.TCPConn) {
	t.Helper()
	nc, peer := sockets(t)
	c := adoptOn(t, l, nc)
	t.Cleanup(func() { peer.Close() })
	return c, peer
}

// list collects what several goroutines say.
type list[T any] struct {
	mu sync.Mutex
	v  []T
}

func (l *list[T]) add(v T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.v = append(l.v, v)
}

func (l *list[T]) all() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]T(nil), l.v...)
}

func (l *list[T]) len() int { return len(l.all()) }
