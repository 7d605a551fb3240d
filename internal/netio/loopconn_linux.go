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
	dead    bool // the connection was reset, or both sides are closed
	armed   bool // epoll tells of what can be read
	outs    bool // and of room to write
	closed  bool
	reader  *Task
	writer  *Task
	watcher *Task // that wants to know when the peer goes
	parked  Handler
	keeper  Keeper
	timer   timer
}

// add makes fd, connected or connecting, a connection of l. epoll hears of it when a task has to wait for it: a client
// whose request is there already and that wants no second one never costs it.
func (l *loop) add(fd int) *Conn {
	c := &Conn{lp: l, fd: fd}
	c.on.rready, c.on.wready = true, true
	c.on.timer.conn = c
	l.count.Add(1)
	return c
}

// arm makes epoll tell of c, from what is there now on; out wants to know of room to write, too.
func (c *Conn) arm(out bool) error {
	o, l := &c.on, c.lp
	if o.armed && (o.outs || !out) {
		return nil
	}
	op, events := uintptr(syscall.EPOLL_CTL_ADD), uint32(syscall.EPOLLIN|syscall.EPOLLRDHUP|epollET)
	if out {
		events |= syscall.EPOLLOUT
	}
	if o.armed {
		op = syscall.EPOLL_CTL_MOD
	}
	ev := syscall.EpollEvent{Events: events, Fd: int32(c.fd)}
	if _, _, e := syscall.RawSyscall6(syscall.SYS_EPOLL_CTL, uintptr(l.ep), op, uintptr(c.fd), uintptr(unsafe.Pointer(&ev)), 0, 0); e != 0 {
		return e
	}
	o.armed, o.outs = true, out
	for c.fd >= len(l.conns) {
		l.conns = append(l.conns, make([]*Conn, max(256, len(l.conns)))...)
	}
	l.conns[c.fd] = c
	return nil
}

// loopRead is Read, ReadLent when lend is not nil, and ReadWatch and ReadBeside when watch has a
// connection.
func (c *Conn) loopRead(p []byte, lend Lender, watch beside, until Time) (int, error) {
	c.lp.fair()
	for {
		if c.on.rready {
			if err := c.refused(until); err != nil {
				return 0, err
			}
			n, err := c.receive(p, lend)
			if err != syscall.EAGAIN {
				return n, err
			}
		}
		if err := c.awaitRead(watch, until); err != nil {
			return 0, err
		}
	}
}

// refused is why a read may not even be tried, nil when it may.
func (c *Conn) refused(until Time) error {
	switch {
	case c.aborted.Load(), c.on.closed:
		return ErrAborted
	case c.poked.Load():
		return ErrGone
	}
	if limit := Earlier(until, Time(c.limit.Load())); limit != 0 && c.lp.now >= limit {
		return ErrTimeout
	}
	return nil
}

// awaitRead waits until a read of c may bring something, which may be wrong. The error tells why it must not be tried:
// the deadline, an interruption, or the end of the watched connection.
func (c *Conn) awaitRead(watch beside, until Time) error {
	for {
		if err := c.refused(until); err != nil {
			return err
		}
		if c.on.rready {
			return nil
		}
		if err := c.arm(false); err != nil {
			return err
		}
		t := c.lp.cur
		if w := watch.c; w != nil {
			if err := w.arm(false); err != nil {
				return err
			}
			switch {
			case watch.dead && w.on.dead:
				return ErrDead
			case !watch.dead && w.left():
				return ErrGone
			}
			w.on.watcher = t
		}
		c.on.reader = t
		t.block(Earlier(until, Time(c.limit.Load())))
		c.on.reader = nil
		if watch.c != nil {
			watch.c.on.watcher = nil
		}
	}
}

// awaitWrite waits until a write to c may go. It sets until when it begins to wait: a period without progress.
func (c *Conn) awaitWrite(timeout time.Duration, until *Time) error {
	for !c.on.wready {
		if c.aborted.Load() || c.on.closed {
			return ErrAborted
		}
		if *until == 0 {
			*until = After(timeout)
		} else if Now() >= *until {
			return ErrTimeout
		}
		if err := c.arm(true); err != nil {
			return err
		}
		t := c.lp.cur
		c.on.writer = t
		t.block(*until)
		c.on.writer = nil
	}
	if c.aborted.Load() || c.on.closed {
		return ErrAborted
	}
	return nil
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
			c.on.rready = false
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

// TryLent is ReadLent that does not wait: nothing is there when it returns 0 and no error. On Go's poller it never reads.
func (c *Conn) TryLent(l Lender) (int, error) {
	if c.lp == nil || !c.on.rready || c.refused(0) != nil {
		return 0, nil
	}
	n, err := c.receive(nil, l)
	if err == syscall.EAGAIN {
		err = nil
	}
	return n, err
}

// left tells whether the peer has closed its side and everything before that was read.
func (c *Conn) left() bool { return c.on.hup && c.peek() == peekClosed }

// loopWrite is Write; more says that something follows at once.
func (c *Conn) loopWrite(a, b []byte, timeout time.Duration, more bool) (int, error) {
	total := 0
	var until Time
	for len(a)+len(b) > 0 {
		if err := c.awaitWrite(timeout, &until); err != nil {
			return total, err
		}
		n, e := c.lp.send(c.fd, a, b, more)
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
	if c.lp == nil || c.on.closed || c.aborted.Load() || c.poked.Load() || !c.settled() || c.arm(false) != nil {
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
	if c.lp != nil && (!c.settled() || c.arm(false) != nil) {
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
	return c.move(t.on.lp), nil
}

// move takes c, which is in nobody's hands, to another loop. The old one may still have an event of it in its hands, and
// finds nobody to tell.
func (c *Conn) move(to *loop) *Conn {
	from := c.lp
	from.unwatch(c.fd)
	from.count.Add(-1)
	// There is no hurry, unless the loop waits for its last connection to end.
	from.leave(note{conn: c, kind: noteForget}, from.g.released.Load())
	n := to.add(c.fd)
	n.Local, n.Remote, n.IsUnix, n.To = c.Local, c.Remote, c.IsUnix, c.To
	return n
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
	if c.on.armed && l.conns[c.fd] == c {
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
	if o.armed && l.conns[c.fd] == c {
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

func (c *Conn) loopNoDelay() {
	if !c.IsUnix {
		one := int32(1)
		setsockopt(c.fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, unsafe.Pointer(&one), 4)
	}
}

func (c *Conn) loopKeepAlive() {
	one := int32(1)
	setsockopt(c.fd, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, unsafe.Pointer(&one), 4)
}
