package netio

import (
	"sync"
	"time"
)

// Task is a session's handle on what runs it. Its methods may only be called by the session itself.
type Task struct {
	on loopTask // of a task on a loop

	timer *time.Timer
	watch watcher
	child child
	dial  dialing
}

// Go runs fn as a task of its own and returns at once. done, when not nil, is called after fn returned.
func Go(fn func(*Task)) {
	go func() {
		t := tasks.Get().(*Task)
		defer tasks.Put(t)
		t.dial.reset()
		fn(t)
	}()
}

var tasks = sync.Pool{New: func() any { return new(Task) }}

// Wait blocks until e is woken (nil) or the deadline passes (ErrTimeout).
func (t *Task) Wait(e *Event, until Time) error {
	if t.on.lp != nil {
		return t.loopWait(e, nil, until)
	}
	select {
	case <-e.c:
		return nil
	default:
	}
	if until == 0 {
		<-e.c
		return nil
	}
	d := time.Duration(until - Now())
	if d <= 0 {
		return ErrTimeout
	}
	if t.timer == nil {
		t.timer = time.NewTimer(d)
	} else {
		t.timer.Reset(d)
	}
	defer t.timer.Stop()
	select {
	case <-e.c:
		return nil
	case <-t.timer.C:
		return ErrTimeout
	}
}

// WaitWatch is Wait that also ends, with ErrGone, when the peer of c closes its connection (option abortonclose).
func (t *Task) WaitWatch(e *Event, c *Conn, until Time) error {
	if t.on.lp != nil {
		return t.loopWait(e, c, until)
	}
	w := &t.watch
	if !w.start(c, func() { e.Wake() }) {
		return ErrGone
	}
	err := t.Wait(e, until)
	if w.stop() {
		return ErrGone
	}
	return err
}

// Sleep blocks for d, until e is woken (nil) or, when c is not nil, until the peer of c closes its connection (ErrGone).
func (t *Task) Sleep(d time.Duration, e *Event, c *Conn) error {
	if d <= 0 {
		return nil
	}
	var err error
	if c != nil {
		err = t.WaitWatch(e, c, After(d))
	} else {
		err = t.Wait(e, After(d))
	}
	if err == ErrTimeout {
		return nil
	}
	return err
}

// After is the deadline d from the task's Now; a d of zero or less means never.
func (t *Task) After(d time.Duration) Time {
	if d <= 0 {
		return 0
	}
	return t.Now() + Time(d)
}

// offload bounds how much slow work runs at a time, so that a burst of logins cannot take every processor.
var offload = make(chan struct{}, 8)

// Offload runs fn, which may block or compute for long, outside of the session's loop and returns when it is done.
func (t *Task) Offload(fn func()) {
	if t.on.lp != nil {
		t.loopOffload(fn)
		return
	}
	offload <- struct{}{}
	defer func() { <-offload }()
	fn()
}

// child is the one concurrent half that a session may run beside itself: the upload of a request body, or the second
// direction of a tunnel.
type child struct {
	done chan struct{}
	run  bool
}

// Fork runs fn concurrently with the session. At most one fork runs at a time; Join waits for it.
func (t *Task) Fork(fn func()) {
	if t.on.lp != nil {
		t.loopFork(fn)
		return
	}
	if t.child.done == nil {
		t.child.done = make(chan struct{}, 1)
	}
	t.child.run = true
	go func() {
		defer func() { t.child.done <- struct{}{} }()
		fn()
	}()
}

// Join waits until the forked half has returned. Abort one of its connections to make it return soon.
func (t *Task) Join() {
	if t.on.lp != nil {
		t.loopJoin()
		return
	}
	if t.child.run {
		<-t.child.done
		t.child.run = false
	}
}
