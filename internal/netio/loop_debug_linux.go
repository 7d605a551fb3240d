//go:build netiodebug

package netio

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"
)

// With the build tag netiodebug a watchdog reports whatever holds a loop for longer than heldLimit: everything else on the
// loop waits for it. The report names the line, since it is made while the loop is held. A machine with more to do than
// processors makes false ones: a thread that does not run looks the same.

// heldLimit is how long a task may run without waiting in this package.
const heldLimit = 10 * time.Millisecond

// held is told which loop is held, for how long so far, and the stack of what holds it.
var held = func(loop int, d time.Duration, stack []byte) {
	fmt.Fprintf(os.Stderr, "netio: loop %d is held for %v so far by\n%s\n", loop, d, stack)
}

// loopDebug is what the watchdog knows of a loop.
type loopDebug struct {
	goid  int64                // of the loop itself
	since atomic.Int64         // Time since when one thing has been running, 0 while the loop waits
	task  atomic.Pointer[Task] // that runs, nil: the loop itself
	stop  chan struct{}
}

// taskDebug is what it knows of a task.
type taskDebug struct{ goid atomic.Int64 }

// began is called when a task's coroutine begins.
func (d *taskDebug) began() { d.goid.Store(goid()) }

// guard starts the watchdog.
func (l *loop) guard() {
	d := &l.debug
	d.goid = goid()
	d.stop = make(chan struct{})
	l.g.wg.Add(1)
	go l.watchdog()
}

// unguard ends it.
func (l *loop) unguard() { close(l.debug.stop) }

// runs is called when t, or the loop itself for nil, begins to run.
func (d *loopDebug) runs(t *Task) {
	d.since.Store(0) // first, so that nobody takes the old time for the new task's
	d.task.Store(t)
	d.since.Store(int64(Now()))
}

// waits is called when the loop has nothing to do.
func (d *loopDebug) waits() { d.since.Store(0) }

func (l *loop) watchdog() {
	defer l.g.wg.Done()
	tick := time.NewTicker(heldLimit / 2)
	defer tick.Stop()
	d, reported := &l.debug, int64(0)
	for {
		select {
		case <-d.stop:
			return
		case <-tick.C:
		}
		since := d.since.Load()
		if since == 0 || since == reported || Now().Sub(Time(since)) < heldLimit {
			continue
		}
		id := d.goid
		if t := d.task.Load(); t != nil {
			id = t.on.debug.goid.Load()
		}
		stack := stackOf(id)
		if d.since.Load() != since {
			continue // what was held it has let go
		}
		reported = since
		held(l.id, Now().Sub(Time(since)), stack)
	}
}

// goid is the number of the calling goroutine. Go tells it only in stacks.
func goid() int64 {
	var b [64]byte
	f := bytes.Fields(b[:runtime.Stack(b[:], false)])
	n, _ := strconv.ParseInt(string(f[1]), 10, 64)
	return n
}

// stackOf is the stack of a goroutine, that of all of them when it is not among them.
func stackOf(id int64) []byte {
	all := make([]byte, 1<<20)
	n := runtime.Stack(all, true)
	for n == len(all) && n < 64<<20 {
		all = make([]byte, 2*len(all))
		n = runtime.Stack(all, true)
	}
	all = all[:n]
	begin := fmt.Appendf(nil, "goroutine %d [", id)
	for g := range bytes.SplitSeq(all, []byte("\n\n")) {
		if bytes.HasPrefix(g, begin) {
			return g
		}
	}
	return all
}
