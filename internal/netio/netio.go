// Package netio is where sessions block: connections, dialling, waiting for an event, sleeping, and slow work outside.
// It knows nothing of HTTP, proxies or servers.
//
// A session is a function that reads top to bottom and gets a *Task, its handle on whatever runs it. No other package may
// block in another way (DESIGN.md section 5). There are two implementations behind one API, and every behaviour test
// runs on both:
//
//   - Event loops (Linux; group.go, loop_linux.go and what begins with loop). A Group has one loop per thread, each with an
//     epoll instance, a goroutine of its own and coroutines (iter.Pull) for tasks. A call that would block notes who waits
//     and yields; the loop resumes it when epoll, a timer or a note from another goroutine says so. A connection whose task
//     has nothing to do is parked: it keeps neither coroutine nor buffer.
//   - Goroutines over Go's poller (conn.go, task.go, raw_linux.go): for connections that are no plain sockets, for other
//     systems, and for those who ask for it (noepoll).
//
// With the build tag netiodebug a watchdog writes the stack of what holds a loop for more than 10 ms to stderr.
package netio

import (
	"errors"
	"time"
)

// Errors of blocking calls beside io.EOF and the system's own (syscall.Errno).
var (
	// ErrTimeout means that the deadline of the call passed first.
	ErrTimeout = errors.New("netio: timeout")
	// ErrAborted means that Abort was called on the connection, or that the engine stops.
	ErrAborted = errors.New("netio: aborted")
	// ErrDead means that the connection beside the one that is read was reset.
	ErrDead = errors.New("netio: the other connection is dead")
	// ErrGone means that the watched connection was closed by its peer while the call waited for something else.
	ErrGone = errors.New("netio: watched peer is gone")
)

// Time is a point on the process's monotonic clock in nanoseconds. As a deadline, 0 means never.
type Time int64

var epoch = time.Now()

// Now is the current time.
func Now() Time { return Time(time.Since(epoch)) + 1 }

func at(t time.Time) Time { return Time(t.Sub(epoch)) + 1 }

// After is the deadline d from now; a d of zero or less means never.
func After(d time.Duration) Time {
	if d <= 0 {
		return 0
	}
	return Now() + Time(d)
}

// Std converts t to a time.Time with a monotonic reading.
func (t Time) Std() time.Time { return epoch.Add(time.Duration(t - 1)) }

// Sub is t-u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Earlier is the earlier of two deadlines, 0 counting as never.
func Earlier(a, b Time) Time {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}
