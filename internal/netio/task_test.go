package netio

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	task, e := new(Task), NewEvent()
	e.Wake()
	e.Wake() // several count as one
	if err := task.Wait(e, After(soon)); err != nil {
		t.Errorf("a Wake before the Wait is lost: %v", err)
	}
	within(t, 20*ms, func() {
		if err := task.Wait(e, After(20*ms)); err != ErrTimeout {
			t.Errorf("Wait = %v, want ErrTimeout", err)
		}
	})
	if err := task.Wait(e, Now()-1); err != ErrTimeout {
		t.Errorf("Wait until the past = %v", err)
	}
	for _, until := range []Time{0, After(time.Hour)} {
		time.AfterFunc(5*ms, e.Wake)
		within(t, 5*ms, func() {
			if err := task.Wait(e, until); err != nil {
				t.Errorf("Wait = %v", err)
			}
		})
	}
	e.Wake()
	e.Clear()
	e.Clear()
	if err := task.Wait(e, After(5*ms)); err != ErrTimeout {
		t.Errorf("Clear has left a Wake: %v", err)
	}
}

func TestSleep(t *testing.T) {
	task, e := new(Task), NewEvent()
	within(t, 20*ms, func() {
		if err := task.Sleep(20*ms, e, nil); err != nil {
			t.Errorf("Sleep = %v", err)
		}
	})
	if err := task.Sleep(0, e, nil); err != nil {
		t.Errorf("Sleep(0) = %v", err)
	}
	time.AfterFunc(5*ms, e.Wake)
	within(t, 0, func() {
		if err := task.Sleep(time.Hour, e, nil); err != nil {
			t.Errorf("woken Sleep = %v", err)
		}
	})
	c, peer := pair(t)
	within(t, 20*ms, func() {
		if err := task.Sleep(20*ms, e, c); err != nil {
			t.Errorf("Sleep with a watched peer = %v", err)
		}
	})
	time.AfterFunc(5*ms, func() { peer.Close() })
	within(t, 0, func() {
		if err := task.Sleep(time.Hour, e, c); err != ErrGone {
			t.Errorf("Sleep = %v, want ErrGone", err)
		}
	})
}

func TestForkJoin(t *testing.T) {
	task := new(Task)
	task.Join() // nothing runs: returns at once
	for range 50 {
		x := 0
		task.Fork(func() { x = 1 })
		task.Join()
		if x != 1 {
			t.Fatal("Join has not waited")
		}
		task.Join()
	}
}

// TestJoinAfterAbort: aborting the connection that the fork reads makes it return.
func TestJoinAfterAbort(t *testing.T) {
	c, _ := pair(t)
	task := new(Task)
	var err error
	task.Fork(func() { _, err = c.Read(make([]byte, 1), 0) })
	c.AbortRead()
	within(t, 0, task.Join)
	if err != ErrGone {
		t.Errorf("the fork's Read = %v", err)
	}
}

// TestOffloadIsBounded: however many sessions want slow work, only so much of it runs at a time.
func TestOffloadIsBounded(t *testing.T) {
	const callers = 40
	var running, most atomic.Int64
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for range callers {
		wg.Add(1)
		Go(func(task *Task) {
			defer wg.Done()
			task.Offload(func() {
				n := running.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				<-gate
				running.Add(-1)
			})
		})
	}
	until(t, "all places taken", func() bool { return running.Load() == int64(cap(offload)) })
	close(gate)
	wg.Wait()
	if m := most.Load(); m != int64(cap(offload)) {
		t.Errorf("%d ran at a time, want %d", m, cap(offload))
	}
}

// TestOffloadPanic: the place of work that panics is given back.
func TestOffloadPanic(t *testing.T) {
	for range cap(offload) + 1 {
		func() {
			defer func() { recover() }()
			new(Task).Offload(func() { panic("x") })
		}()
	}
	if n := len(offload); n != 0 {
		t.Errorf("%d places are lost", n)
	}
}

func TestTime(t *testing.T) {
	for _, row := range []struct{ a, b, want Time }{{0, 0, 0}, {0, 5, 5}, {5, 0, 5}, {5, 7, 5}, {7, 5, 5}} {
		if got := Earlier(row.a, row.b); got != row.want {
			t.Errorf("Earlier(%d, %d) = %d", row.a, row.b, got)
		}
	}
	if After(0) != 0 || After(-1) != 0 {
		t.Error("After(0) is a time")
	}
	now := time.Now()
	if d := After(time.Minute).Std().Sub(now); d < time.Minute || d > time.Minute+soon {
		t.Errorf("Std is %v from now, want a minute", d)
	}
	if d := After(time.Minute).Sub(Now()); d > time.Minute || d < time.Minute-soon {
		t.Errorf("Sub = %v", d)
	}
}
