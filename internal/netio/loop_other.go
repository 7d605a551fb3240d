//go:build !linux

package netio

import (
	"errors"
	"net"
	"time"
)

// Where there is no epoll everything runs on goroutines: no loop exists, and what needs one is never called.

type loop struct{}

type loopConn struct{ armed, rready bool }

type loopTask struct{ lp *loop }

type note struct {
	task *Task
}

func (*loop) post(note) bool { return false }

var errNoLoops = errors.New("netio: no event loops on this system")

// Start fails: there are no loops.
func (g *Group) Start(int, int) error { return errNoLoops }

// Release has nothing to do.
func (g *Group) Release() {}

// Listener is never made.
type Listener struct{}

// Listen fails.
func (g *Group) Listen(net.Listener, Acceptor) (*Listener, error) { return nil, errNoLoops }

// Open does nothing.
func (*Listener) Open() {}

// Resume does nothing.
func (*Listener) Resume() {}

// Close does nothing.
func (*Listener) Close() {}

// Now is the current time.
func (t *Task) Now() Time { return Now() }

// Date is Now with the wall clock.
func (t *Task) Date() time.Time { return time.Now() }

// Loop is 0: the task runs on Go's poller.
func (t *Task) Loop() int { return 0 }

// Loop is 0: the connection is on Go's poller.
func (c *Conn) Loop() int { return 0 }

// Park is only for loops.
func (c *Conn) Park(Handler, Time) bool { return false }

// TryLent never reads.
func (c *Conn) TryLent(Lender) (int, error) { return 0, nil }

// Start is only for loops.
func (c *Conn) Start(Handler) {}

// Do calls fn.
func (c *Conn) Do(fn func()) { fn() }

// Keep says that c may be kept; nobody watches it.
func (c *Conn) Keep(Keeper) bool { return true }

// Use ends Keep.
func (c *Conn) Use(*Task) (*Conn, error) { return c, nil }

// Discard closes c.
func (c *Conn) Discard() { c.Close() }

func (c *Conn) nudge() {}

// Pipe is only for loops.
type Pipe struct{}

// Pipe is nil: there is no splice(2).
func (t *Task) Pipe() *Pipe { return nil }

// Release is never called.
func (p *Pipe) Release() {}

// Fill is never called.
func (p *Pipe) Fill(*Conn, *Conn, int64, Time) (int, error) { return 0, errNoLoops }

// Drain is never called.
func (p *Pipe) Drain(*Conn, time.Duration) error { return errNoLoops }

func (c *Conn) loopRead([]byte, Lender, beside, Time) (int, error) { return 0, errNoLoops }

func (c *Conn) loopWrite([]byte, []byte, time.Duration, bool) (int, error) { return 0, errNoLoops }

func (c *Conn) loopShutdown() error { return errNoLoops }

func (c *Conn) loopClose(bool) error { return errNoLoops }

func (c *Conn) loopNoDelay() {}

func (c *Conn) loopKeepAlive() {}

func (t *Task) loopWait(*Event, *Conn, Time) error { return errNoLoops }

func (t *Task) loopOffload(func()) {}

func (t *Task) loopFork(func()) {}

func (t *Task) loopJoin() {}

func (t *Task) loopDial(Addr, time.Duration) (*Conn, error) { return nil, errNoLoops }
