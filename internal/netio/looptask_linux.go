package netio

import (
	"iter"
	"sync/atomic"
	"time"
)

// loopTask is a task on a loop: a coroutine, and what it does.
type loopTask struct {
	lp    *loop
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool

	h       Handler // what it runs: one of the two
	fn      func()
	parent  *Task // that may wait for its end in Join
	forked  bool  // its own fork runs
	fork    *Task // that one
	queued  bool
	blocked bool // in block
	reads   int8 // since it last let others run
	debug   taskDebug
	timer   timer
}

// maxIdleTasks bounds how many coroutines a loop keeps for later, with their stacks.
const maxIdleTasks = 512

// task returns a task for work that begins with the next wake.
func (l *loop) task() *Task {
	l.working++
	if n := len(l.idle); n > 0 {
		t := l.idle[n-1]
		l.idle = l.idle[:n-1]
		return t
	}
	t := new(Task)
	t.on.lp = l
	t.on.timer.task = t
	t.on.next, t.on.stop = iter.Pull(t.coroutine)
	return t
}

// coroutine does one piece of work after the other.
func (t *Task) coroutine(yield func(struct{}) bool) {
	o := &t.on
	o.yield = yield
	o.debug.began()
	l := o.lp
	for {
		t.work()
		l.working--
		if p := o.parent; p != nil {
			o.parent = nil
			p.on.forked = false
			if p.on.blocked {
				l.wake(p)
			}
		}
		if o.forked { // it did not wait for its fork, which must not tell the next piece of work
			o.fork.on.parent = nil
			o.forked = false
		}
		o.h, o.fn, o.fork = nil, nil, nil
		if len(l.idle) >= maxIdleTasks {
			l.timers.remove(&o.timer)
			return
		}
		l.idle = append(l.idle, t)
		if !yield(struct{}{}) {
			return
		}
	}
}

func (t *Task) work() {
	defer t.on.lp.recovered()
	t.dial.reset()
	if t.on.fn != nil {
		t.on.fn()
		return
	}
	t.on.h.Run(t)
}

// resume runs t until it waits for something or ends.
func (l *loop) resume(t *Task) {
	t.on.queued = false
	l.cur = t
	l.debug.runs(t)
	t.on.next()
	l.cur = nil
	l.debug.runs(nil)
}

// block lets the loop go on and returns when t was woken, which may be for nothing, or until has passed.
func (t *Task) block(until Time) {
	o := &t.on
	if until != 0 {
		o.lp.timers.set(&o.timer, until)
	}
	o.blocked = true
	o.yield(struct{}{})
	o.blocked = false
	o.timer.until = 0
	o.reads = 0
}

// maxReads is how many reads a task may make in a row while there is always something to read.
const maxReads = 16

// fair lets the loop's other tasks run when the one that reads now has done so for long.
func (l *loop) fair() {
	t := l.cur
	if t.on.reads++; t.on.reads > maxReads {
		l.wake(t)
		t.block(0)
	}
}

// loopWait is Wait, and WaitWatch when c is not nil.
func (t *Task) loopWait(e *Event, c *Conn, until Time) error {
	defer e.t.Store(nil)
	if c != nil {
		if err := c.arm(false); err != nil {
			return err
		}
		c.on.watcher = t
		defer func() { c.on.watcher = nil }()
	}
	for {
		e.t.Store(t)
		select {
		case <-e.c:
			return nil
		default:
		}
		if c != nil && c.left() {
			return ErrGone
		}
		if until != 0 && Now() >= until {
			return ErrTimeout
		}
		t.block(until)
	}
}

// loopOffload is Offload: fn runs on a goroutine, and a panic in it surfaces in the task.
func (t *Task) loopOffload(fn func()) {
	var (
		done   atomic.Bool
		failed any
	)
	go func() {
		offload <- struct{}{}
		defer func() {
			failed = recover()
			<-offload
			done.Store(true)
			t.on.lp.post(note{task: t})
		}()
		fn()
	}()
	for !done.Load() {
		t.block(0)
	}
	if failed != nil {
		panic(failed)
	}
}

func (t *Task) loopFork(fn func()) {
	l := t.on.lp
	c := l.task()
	c.on.fn, c.on.parent = fn, t
	t.on.forked, t.on.fork = true, c
	l.wake(c)
}

func (t *Task) loopJoin() {
	for t.on.forked {
		t.block(0)
	}
}

// Loop is the number of the loop that runs t, from 1; 0 for a task on Go's poller.
func (t *Task) Loop() int {
	if t.on.lp == nil {
		return 0
	}
	return t.on.lp.id
}

// Now is the current time, on a loop that of the events that it works on: all that happens in one turn of the loop happens
// at once, as in HAProxy, and nobody asks the system.
func (t *Task) Now() Time {
	if t.on.lp == nil {
		return Now()
	}
	return t.on.lp.now
}

// Date is Now with the wall clock.
func (t *Task) Date() time.Time {
	if t.on.lp == nil {
		return time.Now()
	}
	return t.on.lp.date
}
