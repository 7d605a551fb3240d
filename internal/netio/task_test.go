package netio

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	each(t, func(w *world) {
		e := NewEvent()
		w.do(func(task *Task) {
			e.Wake()
			e.Wake() // several count as one
			if err := task.Wait(e, After(soon)); err != nil {
				w.Errorf("a Wake before the Wait is lost: %v", err)
			}
			took(w, 20*ms, func() {
				if err := task.Wait(e, After(20*ms)); err != ErrTimeout {
					w.Errorf("Wait = %v, want ErrTimeout", err)
				}
			})
			if err := task.Wait(e, Now()-1); err != ErrTimeout {
				w.Errorf("Wait until the past = %v", err)
			}
			for _, until := range []Time{0, After(time.Hour)} {
				time.AfterFunc(5*ms, e.Wake)
				took(w, 0, func() {
					if err := task.Wait(e, until); err != nil {
						w.Errorf("Wait = %v", err)
					}
				})
			}
			e.Wake()
			e.Clear()
			e.Clear()
			if err := task.Wait(e, After(5*ms)); err != ErrTimeout {
				w.Errorf("Clear has left a Wake: %v", err)
			}
		})
	})
}

// TestWakeRacesWait: a Wake at any moment of a Wait ends it, and none is lost between two tasks that wake each other.
func TestWakeRacesWait(t *testing.T) {
	each(t, func(w *world) {
		const rounds = 2000
		ping, pong := NewEvent(), NewEvent()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range rounds {
				ping.Wake()
				<-pong.c
			}
		}()
		w.do(func(task *Task) {
			for i := range rounds {
				if err := task.Wait(ping, After(soon)); err != nil {
					w.Errorf("round %d: %v", i, err)
					break
				}
				pong.Wake()
			}
		})
		<-done
		a, b := NewEvent(), NewEvent()
		wait := w.begin(func(task *Task) {
			for i := range rounds {
				b.Wake()
				if err := task.Wait(a, After(soon)); err != nil {
					w.Errorf("round %d: %v", i, err)
					return
				}
			}
		})
		w.do(func(task *Task) {
			for i := range rounds {
				if err := task.Wait(b, After(soon)); err != nil {
					w.Errorf("round %d: %v", i, err)
					return
				}
				a.Wake()
			}
		})
		wait()
	})
}

func TestSleep(t *testing.T) {
	each(t, func(w *world) {
		e := NewEvent()
		c, peer := w.pair()
		w.do(func(task *Task) {
			took(w, 20*ms, func() {
				if err := task.Sleep(20*ms, e, nil); err != nil {
					w.Errorf("Sleep = %v", err)
				}
			})
			if err := task.Sleep(0, e, nil); err != nil {
				w.Errorf("Sleep(0) = %v", err)
			}
			time.AfterFunc(5*ms, e.Wake)
			took(w, 0, func() {
				if err := task.Sleep(time.Hour, e, nil); err != nil {
					w.Errorf("woken Sleep = %v", err)
				}
			})
			took(w, 20*ms, func() {
				if err := task.Sleep(20*ms, e, c); err != nil {
					w.Errorf("Sleep with a watched peer = %v", err)
				}
			})
			time.AfterFunc(5*ms, func() { peer.Close() })
			took(w, 0, func() {
				if err := task.Sleep(time.Hour, e, c); err != ErrGone {
					w.Errorf("Sleep = %v, want ErrGone", err)
				}
			})
		})
	})
}

// The clock of a task stands still at most as long as it does not wait.
func TestTaskClock(t *testing.T) {
	each(t, func(w *world) {
		w.do(func(task *Task) {
			before, date := task.Now(), task.Date()
			if d := Now().Sub(before); d < 0 || d > soon {
				w.Errorf("Now is %v behind", d)
			}
			if d := time.Since(date); d < 0 || d > soon {
				w.Errorf("Date is %v behind", d)
			}
			task.Sleep(20*ms, NewEvent(), nil)
			if d := task.Now().Sub(before); d < 20*ms {
				w.Errorf("Now went on by %v in 20 ms", d)
			}
			if d := task.Date().Sub(date); d < 20*ms {
				w.Errorf("Date went on by %v in 20 ms", d)
			}
			if task.After(0) != 0 || task.After(-1) != 0 || task.After(time.Hour).Sub(task.Now()) < time.Hour-soon {
				w.Error("After is wrong")
			}
		})
	})
}

func TestForkJoin(t *testing.T) {
	each(t, func(w *world) {
		w.do(func(task *Task) {
			task.Join() // nothing runs: returns at once
			for range 50 {
				x := 0
				task.Fork(func() { x = 1 })
				task.Join()
				if x != 1 {
					w.Error("Join has not waited")
				}
				task.Join()
			}
		})
	})
}

// TestJoinAfterAbort: aborting the connection that the fork reads makes it return.
func TestJoinAfterAbort(t *testing.T) {
	each(t, func(w *world) {
		c, _ := w.pair()
		var err error
		w.do(func(task *Task) {
			task.Fork(func() { _, err = c.Read(make([]byte, 1), 0) })
			c.AbortRead()
			took(w, 0, task.Join)
		})
		if err != ErrGone {
			w.Errorf("the fork's Read = %v", err)
		}
	})
}

// The deadlines of a session and of its other half are their own.
func TestForkHasItsOwnDeadline(t *testing.T) {
	each(t, func(w *world) {
		c, _ := w.pair()
		d, _ := w.pair()
		w.do(func(task *Task) {
			task.Fork(func() { fails(w, c, ErrTimeout, After(20*ms), 20*ms) })
			fails(w, d, ErrTimeout, After(50*ms), 50*ms)
			task.Join()
		})
	})
}

// TestOffloadIsBounded: however many sessions want slow work, only so much of it runs at a time.
func TestOffloadIsBounded(t *testing.T) {
	each(t, func(w *world) {
		const callers = 40
		var running, most atomic.Int64
		gate := make(chan struct{})
		var waits []func()
		for range callers {
			waits = append(waits, w.begin(func(task *Task) {
				task.Offload(func() {
					n := running.Add(1)
					for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
					}
					<-gate
					running.Add(-1)
				})
			}))
		}
		until(t, "all places taken", func() bool { return running.Load() == int64(cap(offload)) })
		w.do(func(task *Task) { task.Wait(NewEvent(), After(ms)) }) // other tasks go on
		close(gate)
		for _, wait := range waits {
			wait()
		}
		if m := most.Load(); m != int64(cap(offload)) {
			w.Errorf("%d ran at a time, want %d", m, cap(offload))
		}
	})
}

// TestOffloadPanic: a panic surfaces in the task, and the place of work that panics is given back.
func TestOffloadPanic(t *testing.T) {
	each(t, func(w *world) {
		w.do(func(task *Task) {
			for range cap(offload) + 1 {
				func() {
					defer func() {
						if r := recover(); r != "x" {
							w.Errorf("recovered %v", r)
						}
					}()
					task.Offload(func() { panic("x") })
				}()
			}
		})
		if n := len(offload); n != 0 {
			w.Errorf("%d places are lost", n)
		}
	})
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
