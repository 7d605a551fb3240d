package engine

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func newLimit(n int) *connLimit {
	l := new(connLimit)
	l.init()
	l.limit(n)
	return l
}

// blocks checks that fn waits until free is called, and what it returns then.
func blocks(t *testing.T, what string, fn func() bool, free func(), want bool) {
	t.Helper()
	done := make(chan bool, 1)
	go func() { done <- fn() }()
	select {
	case <-done:
		t.Fatalf("%s: does not wait", what)
	case <-time.After(20 * time.Millisecond):
	}
	free()
	select {
	case got := <-done:
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	case <-time.After(5 * time.Second):
		t.Fatalf("%s: waits for ever", what)
	}
}

func TestConnLimit(t *testing.T) {
	var stop atomic.Bool
	l := newLimit(1)
	for range 2 {
		if !l.room(&stop) {
			t.Error("room takes a place")
		}
	}
	if !l.acquire(&stop) {
		t.Error("no place")
	}
	blocks(t, "room", func() bool { return l.room(&stop) }, l.release, true)
	l.acquire(&stop)
	blocks(t, "acquire", func() bool { return l.acquire(&stop) }, l.release, true)
	blocks(t, "raised limit", func() bool { return l.acquire(&stop) }, func() { l.limit(2) }, true)
	blocks(t, "no limit", func() bool { return l.acquire(&stop) }, func() { l.limit(0) }, true)
	l.limit(1)
	blocks(t, "stop of acquire", func() bool { return l.acquire(&stop) }, func() { stop.Store(true); l.wakeAll() }, false)
	if l.cur != 3 {
		t.Errorf("a stopped acquire has taken a place: %d", l.cur)
	}
	stop.Store(false)
	blocks(t, "stop of room", func() bool { return l.room(&stop) }, func() { stop.Store(true); l.wakeAll() }, false)
}

// TestTake: a place of every limit, or none.
func TestTake(t *testing.T) {
	var stop atomic.Bool
	a, b, c := newLimit(1), newLimit(1), newLimit(0)
	limits := [3]*connLimit{a, b, c}
	b.acquire(&stop)
	blocks(t, "take", func() bool { return take(limits, &stop) }, func() { stop.Store(true); b.wakeAll() }, false)
	if a.cur != 0 || c.cur != 0 {
		t.Errorf("places are left taken: %d %d", a.cur, c.cur)
	}
	stop.Store(false)
	b.release()
	if !take(limits, &stop) || a.cur != 1 || b.cur != 1 || c.cur != 1 {
		t.Error("take has not taken everything")
	}
	for _, l := range limits {
		l.release()
	}
	if a.cur+b.cur+c.cur != 0 {
		t.Error("release has not given everything")
	}
}

func TestConnLimitConcurrent(t *testing.T) {
	var stop atomic.Bool
	var now, most atomic.Int64
	l := newLimit(3)
	var wg sync.WaitGroup
	for range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 200 {
				l.acquire(&stop)
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				now.Add(-1)
				l.release()
			}
		}()
	}
	wg.Wait()
	if most.Load() > 3 || l.cur != 0 {
		t.Errorf("%d at a time, %d left", most.Load(), l.cur)
	}
}

// TestMaxconn: what does not fit waits in the backlog, whichever limit is reached, and is served later.
func TestMaxconn(t *testing.T) {
	for _, row := range []struct {
		name string
		set  func(r *rig)
	}{
		{"global", func(r *rig) { r.snap.Global.Maxconn = 1 }},
		{"frontend", func(r *rig) { r.fe.MaxConn = 1 }},
		{"bind", func(r *rig) { r.snap.Listeners[0].MaxConn = 1 }},
	} {
		t.Run(row.name, func(t *testing.T) {
			addr, _ := origin(t, answering(ok2))
			r := newRig(t, addr, nil)
			row.set(r)
			r.eng.mu.Lock()
			r.eng.rule(r.snap) // as a reload puts it in force
			r.eng.mu.Unlock()
			a := r.dial()
			a.send("GET / HTTP/1.1\r\n\r\n")
			a.read(12)
			b := r.dial()
			b.send("GET / HTTP/1.1\r\n\r\n")
			if got := b.more(50 * time.Millisecond); got != "" {
				t.Errorf("the second connection is served: %q", got)
			}
			if n := r.eng.ActConn.Load(); n != 1 {
				t.Errorf("%d connections are served", n)
			}
			a.Close()
			if got := b.read(12); got != "HTTP/1.1 200" {
				t.Errorf("the second connection got %q when there was room", got)
			}
		})
	}
}
