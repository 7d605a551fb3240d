package netio

import (
	"io"
	"syscall"
	"time"
	"unsafe"
)

// loopConn is what a loop keeps of a connection. Edge-triggered events set the flags; reads and writes that come to
// their end clear them.
type loopConn struct {
	rready  bool // a read may bring something
	wready  bool // a write may go
	hup     bool // the peer has closed its side, or both
	known   bool // an event has come: rready says it all
	closed  bool
	reader  *Task
	writer  *Task
	watcher *Task // that wants to know when the peer goes
	parked  Handler
	keeper  Keeper
	timer   timer
}

// add makes fd, connected or connecting, a connection of l.
func (l *loop) add(fd int) (*Conn, error) {
	c := &Conn{lp: l, fd: fd}
	c.on.wready = true
	c.on.timer.conn = c
	if err := l.register(c); err != nil {
		return nil, err
	}
	return c, nil
}

func (l *loop) register(c *Conn) error {
	if err := l.watch(c.fd, whole); err != nil {
		return err
	}
	for c.fd >= len(l.conns) {
		l.conns = append(l.conns, make([]*Conn, max(256, len(l.conns)))...)
	}
	l.conns[c.fd] = c
	l.count.Add(1)
	return nil
}

// loopRead is Read, ReadLent when lend is not nil, and ReadWatch when watch is not nil.
func (c *Conn) loopRead(p []byte, lend Lender, watch *Conn, until Time) (int, error) {
	l := c.lp
	t := l.cur
	for {
		switch {
		case c.aborted.Load(), c.on.closed:
			return 0, ErrAborted
		case c.poked.Load():
			return 0, ErrGone
		}
		limit := Earlier(until, Time(c.limit.Load()))
		if limit != 0 && l.now >= limit {
			return 0, ErrTimeout
		}
		if c.on.rready {
			n, err := c.receive(p, lend)
			if err != syscall.EAGAIN {
				return n, err
			}
		}
		if watch != nil {
			if watch.left() {
				return 0, ErrGone
			}
			watch.on.watcher = t
		}
		c.on.reader = t
		t.block(limit)
		c.on.reader = nil
		if watch != nil {
			watch.on.watcher = nil
		}
	}
}

var errAgain error = syscall.EAGAIN

// receive reads what is there. EAGAIN means that nothing is.
func (c *Conn) receive(p []byte, lend Lender) (int, error) {
	if lend != nil {
		p = lend.Lend()
	}
	for {
		n, _, e := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(c.fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
		switch {
		case e == syscall.EINTR:
		case e == syscall.EAGAIN:
			c.on.rready = c.on.hup
			if lend != nil {
				lend.Reclaim()
			}
			return 0, errAgain
		case e != 0:
			return 0, e
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		default:
			if int(n) < len(p) {
				c.on.rready = c.on.hup // drained; what comes next makes a new event
			}
			return int(n), nil
		}
	}
}

// left tells whether the peer has closed its side and everything before that was read.
func (c *Conn) left() bool { return c.on.hup && c.peek() == peekClosed }

// loopWrite is Write; more says that something follows at once.
func (c *Conn) loopWrite(a, b []byte, timeout time.Duration, more bool) (int, error) {
	l := c.lp
	total := 0
	var until Time
	for len(a)+len(b) > 0 {
		if c.aborted.Load() || c.on.closed {
			return total, ErrAborted
		}
		if c.on.wready {
			n, e := l.send(c.fd, a, b, more)
			switch {
			case e == syscall.EAGAIN:
				c.on.wready = false
			case e == syscall.EINTR:
			case e != 0:
				return total, e
			default:
				total += n
				until = 0
				if n >= len(a) {
					a, b = nil, b[n-len(a):]
				} else {
					a = a[n:]
				}
			}
			continue
		}
		if until == 0 {
			until = After(timeout)
		} else if Now() >= until {
			return total, ErrTimeout
		}
		t := l.cur
		c.on.writer = t
		t.block(until)
		c.on.writer = nil
	}
	return total, nil
}

func (l *loop) send(fd int, a, b []byte, more bool) (int, syscall.Errno) {
	flags := uintptr(syscall.MSG_NOSIGNAL | syscall.MSG_DONTWAIT)
	if more {
		flags |= msgMore
	}
	if len(a) == 0 {
		a, b = b, nil
	}
	if len(b) == 0 {
		n, _, e := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(len(a)), flags, 0, 0)
		return int(n), e
	}
	l.iov[0].Base, l.iov[1].Base = &a[0], &b[0]
	l.iov[0].SetLen(len(a))
	l.iov[1].SetLen(len(b))
	l.msg.Iov, l.msg.Iovlen = &l.iov[0], 2
	n, _, e := syscall.RawSyscall(syscall.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&l.msg)), flags)
	l.iov[0].Base, l.iov[1].Base = nil, nil
	return int(n), e
}

const msgMore = 0x8000

// nudge makes whoever waits on c look at its flags. Any goroutine may call it.
func (c *Conn) nudge() { c.lp.post(note{conn: c}) }

func (c *Conn) look() {
	o := &c.on
	if o.reader != nil {
		c.lp.wake(o.reader)
	}
	if o.writer != nil {
		c.lp.wake(o.writer)
	}
	c.lp.unpark(c)
}

// Park lets c wait for its next bytes with neither task nor buffer, and h go on then, or at until. It returns false, and
// does nothing, when a Read would end at once or c belongs to no loop. Only a task of c's loop may call it.
func (c *Conn) Park(h Handler, until Time) bool {
	if c.lp == nil || c.on.closed || c.aborted.Load() || c.poked.Load() || !c.settled() {
		return false
	}
	c.on.parked = h
	c.lp.timers.set(&c.on.timer, Earlier(until, Time(c.limit.Load())))
	return true
}

// Start runs h on c's loop, as if c had been parked and woken. Only c's loop may call it.
func (c *Conn) Start(h Handler) {
	c.on.parked = h
	c.lp.unpark(c)
}

// Do calls fn where no task of c's loop runs, or at once when c is on Go's poller. Any goroutine may call it.
func (c *Conn) Do(fn func()) {
	if c.lp == nil {
		fn()
		return
	}
	c.lp.post(note{fn: fn})
}

// settled tells whether nothing is there to be read. After a read that filled its buffer only the system knows.
func (c *Conn) settled() bool {
	if c.on.rready && !c.on.hup && c.peek() == peekQuiet {
		c.on.rready = false
	}
	return !c.on.rready
}

// unpark starts the handler of c, if it waits.
func (l *loop) unpark(c *Conn) {
	h := c.on.parked
	if h == nil {
		return
	}
	c.on.parked = nil
	c.on.timer.until = 0
	t := l.task()
	t.on.h = h
	l.wake(t)
}

// Keep lets k have c while it is idle: it is told at once when the peer closes or says something. Only a task of c's loop
// may call it; false means that there is something already.
func (c *Conn) Keep(k Keeper) bool {
	if c.lp != nil && !c.settled() {
		return false
	}
	c.on.keeper = k
	return true
}

// Use ends Keep. A connection of another loop than t's moves to it: what comes back is c's heir.
func (c *Conn) Use(t *Task) (*Conn, error) {
	if c.lp == nil || c.lp == t.on.lp {
		c.on.keeper = nil
		return c, nil
	}
	return c.move(t.on.lp)
}

// move takes c, which is in nobody's hands, to another loop. The old one may still have an event of it in its hands, and
// finds nobody to tell.
func (c *Conn) move(to *loop) (*Conn, error) {
	from := c.lp
	from.unwatch(c.fd)
	n := &Conn{lp: to, fd: c.fd, Local: c.Local, Remote: c.Remote, IsUnix: c.IsUnix, To: c.To}
	n.on.wready = true
	n.on.timer.conn = n
	from.count.Add(-1)
	from.post(note{conn: c, kind: noteForget}) // which also lets a loop end that waits for its last connection
	if err := to.register(n); err != nil {
		syscall.Close(n.fd)
		return nil, err
	}
	return n, nil
}

// Discard closes c, which is in nobody's hands. Any goroutine may call it.
func (c *Conn) Discard() {
	if c.lp == nil {
		c.Close()
		return
	}
	c.lp.post(note{conn: c, kind: noteClose})
}

// Loop is the number of the loop of c, 0 for a connection on Go's poller.
func (c *Conn) Loop() int {
	if c.lp == nil {
		return 0
	}
	return c.lp.id
}

// forget ends what c's old loop keeps of it.
func (c *Conn) forget() {
	l := c.lp
	l.timers.remove(&c.on.timer)
	if l.conns[c.fd] == c {
		l.conns[c.fd] = nil
	}
}

func (c *Conn) loopClose(reset bool) error {
	o := &c.on
	if o.closed {
		return nil
	}
	o.closed = true
	l := c.lp
	l.timers.remove(&o.timer)
	if l.conns[c.fd] == c {
		l.conns[c.fd] = nil
	}
	l.count.Add(-1)
	if reset {
		linger := syscall.Linger{Onoff: 1}
		setsockopt(c.fd, syscall.SOL_SOCKET, syscall.SO_LINGER, unsafe.Pointer(&linger), unsafe.Sizeof(linger))
	}
	syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(c.fd), 0, 0)
	c.fd = -1
	o.parked, o.keeper = nil, nil
	if o.reader != nil {
		l.wake(o.reader)
	}
	if o.writer != nil {
		l.wake(o.writer)
	}
	return nil
}

func setsockopt(fd, level, name int, p unsafe.Pointer, size uintptr) {
	syscall.RawSyscall6(syscall.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(name), uintptr(p), size, 0)
}

func (c *Conn) loopShutdown() error {
	if c.on.closed {
		return ErrAborted
	}
	if _, _, e := syscall.RawSyscall(syscall.SYS_SHUTDOWN, uintptr(c.fd), syscall.SHUT_WR, 0); e != 0 {
		return e
	}
	return nil
}

func (c *Conn) loopKeepAlive() {
	one := int32(1)
	setsockopt(c.fd, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, unsafe.Pointer(&one), 4)
}
