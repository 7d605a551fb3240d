package netio

import "sync/atomic"

// Event is something a task waits for and any goroutine announces: a queue slot, a check's result.
// The zero value is not usable; make it with NewEvent. A Wake before the Wait is not lost, several count as one.
type Event struct {
	c chan struct{}
	t atomic.Pointer[Task] // the task of a loop that waits
}

// NewEvent returns a ready event. Keep it with its session: it is reused for all waits.
func NewEvent() *Event { return &Event{c: make(chan struct{}, 1)} }

// Wake ends the current or the next Wait. It never blocks.
func (e *Event) Wake() {
	select {
	case e.c <- struct{}{}:
	default:
	}
	if t := e.t.Load(); t != nil {
		t.on.lp.post(note{task: t})
	}
}

// Clear forgets a Wake that nobody waited for.
func (e *Event) Clear() {
	select {
	case <-e.c:
	default:
	}
}
