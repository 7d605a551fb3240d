package netio

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A panic ends its task; the loop, its other tasks and a parent that waits live on.
func TestPanics(t *testing.T) {
	type report struct {
		v     any
		stack string
	}
	var got list[report]
	g := newGroup(t, 1, func(v any, stack []byte) { got.add(report{v, string(stack)}) })
	l := g.loops[0]
	c, peer := pairOn(t, l)
	read := make(chan error, 1)
	spawn(l, func(*Task) { _, err := c.Read(make([]byte, 1), 0); read <- err })
	for range 3 {
		spawn(l, func(*Task) { fall("direct") })
	}
	d, _ := pairOn(t, l)
	spawn(l, func(*Task) { d.Read(make([]byte, 1), After(ms)); fall("after a wait") })
	on(t, l, func(task *Task) {
		task.Fork(func() { fall("fork") })
		took(t, 0, task.Join)
	})
	spawn(l, func(task *Task) { task.Offload(func() { fall("offload") }) })
	until(t, "all are reported", func() bool { return got.len() == 6 })
	counts := make(map[any]int)
	for _, r := range got.all() {
		counts[r.v]++
		if r.v != "offload" && !strings.Contains(r.stack, "netio.fall") {
			t.Errorf("%v: the stack does not show where:\n%s", r.v, r.stack)
		}
	}
	if counts["direct"] != 3 || counts["after a wait"] != 1 || counts["fork"] != 1 || counts["offload"] != 1 {
		t.Errorf("reported: %v", counts)
	}
	peer.Write([]byte("x"))
	if err := <-read; err != nil {
		t.Errorf("a task beside: %v", err)
	}
	c.Discard()
	d.Discard()
}

func fall(v any) { panic(v) }

// TestLateNotes: a note for a task that has ended, or does something else now, neither starts nor misleads it.
func TestLateNotes(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	c, _ := pairOn(t, l)
	var wg sync.WaitGroup
	e := NewEvent()
	for i := range 200 {
		var task *Task
		on(t, l, func(now *Task) {
			task = now
			wg.Go(func() {
				for range 20 {
					e.Wake()
					l.post(note{task: now})
				}
			})
			now.Wait(e, After(soon))
		})
		for range 3 {
			l.post(note{task: task}) // it is free
		}
		turn(l)
		on(t, l, func(now *Task) {
			fails(t, c, ErrTimeout, After(ms), ms)
			now.Offload(func() { time.Sleep(50 * time.Microsecond) })
		})
		if i == 100 {
			c.nudge()
		}
	}
	wg.Wait()
	on(t, l, func(*Task) {
		for _, task := range l.idle {
			if task.on.queued || task.on.blocked || task.on.h != nil {
				t.Errorf("a free task is queued %v, blocked %v", task.on.queued, task.on.blocked)
			}
		}
	})
	c.Discard()
}

// turn waits until l has done what was posted and what that made ready.
func turn(l *loop) {
	for range 2 {
		done := make(chan struct{})
		l.post(note{fn: func() { close(done) }})
		<-done
	}
}

// Many tasks at once: the loop keeps some of their coroutines for later, not all.
func TestManyTasks(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	const n = maxIdleTasks + 100
	for range 2 {
		var wg sync.WaitGroup
		wg.Add(n)
		events := make([]*Event, n)
		started := make(chan struct{}, n)
		for i := range n {
			events[i] = NewEvent()
			spawn(l, func(task *Task) {
				defer wg.Done()
				started <- struct{}{}
				if err := task.Wait(events[i], After(2*soon)); err != nil {
					t.Error(err)
				}
			})
		}
		for range n {
			<-started
		}
		for _, e := range events {
			e.Wake()
		}
		wg.Wait()
	}
	on(t, l, func(*Task) {
		if k := len(l.idle); k > maxIdleTasks || k < maxIdleTasks-2 {
			t.Errorf("%d coroutines are kept, want %d", k, maxIdleTasks)
		}
	})
	until(t, "the timers of tasks that have ended are gone", func() (ok bool) {
		on(t, l, func(*Task) { ok = len(l.timers) <= maxIdleTasks })
		return ok
	})
}

// Tasks of one loop take turns: one that always has something to read does not keep the others waiting.
func TestFairness(t *testing.T) {
	l := newLoops(t, 1).loops[0]
	busy, src := pairOn(t, l)
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		for b := make([]byte, 64<<10); ; {
			if _, err := src.Write(b); err != nil {
				return
			}
		}
	}()
	var turns, stop atomic.Int64
	done := make(chan struct{})
	spawn(l, func(*Task) {
		defer close(done)
		for b := make([]byte, 1); stop.Load() == 0; turns.Add(1) { // as small as can be: there is always more
			if _, err := busy.Read(b, After(soon)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	until(t, "it reads", func() bool { return turns.Load() > 100 })
	c, peer := pairOn(t, l)
	on(t, l, func(task *Task) {
		for range 20 {
			peer.Write([]byte("x"))
			took(t, 0, func() { gets(t, c, "x", After(soon)) })
		}
		fails(t, c, ErrTimeout, After(10*ms), 10*ms)
		if err := task.Wait(NewEvent(), After(5*ms)); err != ErrTimeout {
			t.Errorf("Wait = %v", err)
		}
	})
	before := turns.Load()
	until(t, "it goes on", func() bool { return turns.Load() > before })
	stop.Store(1)
	<-done
	src.Close()
	<-fed
	busy.Discard()
	c.Discard()
}

func TestLoopNumbers(t *testing.T) {
	g := newLoops(t, 3)
	seen := make(map[int]bool)
	for _, l := range g.loops {
		c, _ := pairOn(t, l)
		on(t, l, func(task *Task) {
			if task.Loop() != l.id || c.Loop() != l.id || l.id < 1 || seen[l.id] {
				t.Errorf("loop %d: task %d, connection %d", l.id, task.Loop(), c.Loop())
			}
			seen[l.id] = true
			c.Close()
		})
	}
	if new(Task).Loop() != 0 {
		t.Error("a task on Go's poller has a loop")
	}
}
