package netio

import (
	"io"
	"syscall"
	"unsafe"
)

// rawIO holds the arguments and results of the raw calls, and the closures that RawConn wants, made once per
// connection so that a read or write allocates nothing.
type rawIO struct {
	rbuf     []byte
	lender   Lender // of rbuf, while a ReadLent runs
	rn       int
	rerr     syscall.Errno
	readFn   func(uintptr) bool
	wa, wb   []byte
	wn       int
	werr     syscall.Errno
	wat      Time // when the last bytes went out, known once the socket is full
	writeFn  func(uintptr) bool
	closedFn func(uintptr) bool
	closed   bool
	iov      [2]syscall.Iovec
	msg      syscall.Msghdr
}

func (c *Conn) initRaw() {
	c.rc.Control(func(fd uintptr) { c.fd = int(fd) })
	r := &c.raw
	r.readFn = func(fd uintptr) bool {
		// The socket is non-blocking: the call returns at once, so the scheduler need not be told (RawSyscall).
		if r.lender != nil {
			r.rbuf = r.lender.Lend()
		}
		for {
			n, _, e := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(unsafe.SliceData(r.rbuf))), uintptr(len(r.rbuf)), 0, 0, 0)
			if e == syscall.EINTR {
				continue
			}
			r.rn, r.rerr = int(n), e
			if e == syscall.EAGAIN && r.lender != nil {
				r.rbuf = nil
				r.lender.Reclaim()
			}
			return e != syscall.EAGAIN
		}
	}
	r.writeFn = func(fd uintptr) bool { return c.rawWrite(fd) }
	r.closedFn = func(uintptr) bool {
		switch c.peek() {
		case peekClosed:
			r.closed = true
			return true
		case peekData:
			return true
		}
		return false
	}
}

// readOnce reads into p, or into what l lends.
func (c *Conn) readOnce(p []byte, l Lender) (int, error) {
	if c.rc == nil {
		return c.plainRead(p, l)
	}
	r := &c.raw
	r.rbuf, r.lender = p, l
	err := c.rc.Read(r.readFn)
	size := len(r.rbuf)
	r.rbuf, r.lender = nil, nil
	if err != nil {
		return 0, err
	}
	if r.rerr != 0 {
		return 0, r.rerr
	}
	if r.rn == 0 && size > 0 {
		return 0, io.EOF
	}
	return r.rn, nil
}

// rawWrite sends what is left of the two slices; true ends the wait.
func (c *Conn) rawWrite(fd uintptr) bool {
	r := &c.raw
	had := r.wn
	for len(r.wa)+len(r.wb) > 0 {
		n, e := r.send(fd)
		switch e {
		case 0:
			r.wn += n
			if n >= len(r.wa) {
				r.wb = r.wb[n-len(r.wa):]
				r.wa = nil
			} else {
				r.wa = r.wa[n:]
			}
		case syscall.EINTR:
		case syscall.EAGAIN:
			if r.wn > had {
				r.wat = Now()
			}
			return false
		default:
			r.werr = e
			return true
		}
	}
	return true
}

func (r *rawIO) send(fd uintptr) (int, syscall.Errno) {
	const flags = syscall.MSG_NOSIGNAL | syscall.MSG_DONTWAIT
	one := r.wa
	if len(r.wa) == 0 {
		one = r.wb
	} else if len(r.wb) > 0 {
		r.iov[0].Base, r.iov[0].Len = &r.wa[0], uint64(len(r.wa))
		r.iov[1].Base, r.iov[1].Len = &r.wb[0], uint64(len(r.wb))
		r.msg.Iov, r.msg.Iovlen = &r.iov[0], 2
		n, _, e := syscall.RawSyscall(syscall.SYS_SENDMSG, fd, uintptr(unsafe.Pointer(&r.msg)), flags)
		return int(n), e
	}
	n, _, e := syscall.RawSyscall6(syscall.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(one))), uintptr(len(one)), flags, 0, 0)
	return int(n), e
}

func (c *Conn) writeOnce(a, b []byte) (int, error) {
	if c.rc == nil {
		return c.plainWrite(a, b)
	}
	r := &c.raw
	r.wa, r.wb, r.wn, r.werr = a, b, 0, 0
	err := c.rc.Write(r.writeFn)
	r.wa, r.wb = nil, nil
	if err == nil && r.werr != 0 {
		err = r.werr
	}
	return r.wn, err
}

// wroteAt is when a write that did not end has last sent something.
func (c *Conn) wroteAt() Time {
	if c.rc == nil {
		return Now()
	}
	return c.raw.wat
}

type peekResult uint8

const (
	peekQuiet peekResult = iota // open, nothing to read
	peekData
	peekClosed
)

// peek looks at the socket without waiting.
func (c *Conn) peek() peekResult {
	if c.fd < 0 {
		return peekQuiet
	}
	var b [1]byte
	n, _, e := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(c.fd), uintptr(unsafe.Pointer(&b[0])), 1, syscall.MSG_PEEK|syscall.MSG_DONTWAIT, 0, 0)
	switch {
	case e == syscall.EAGAIN || e == syscall.EINTR:
		return peekQuiet
	case e != 0 || n == 0:
		return peekClosed
	}
	return peekData
}

// Quiet reports whether an idle connection is still usable: open, and nothing unexpected has arrived. On a loop it costs
// no system call: the loop has been told.
func (c *Conn) Quiet() bool {
	if c.lp != nil && c.on.armed {
		return !c.on.rready
	}
	return c.peek() == peekQuiet
}

// Pending reports whether there are bytes to read at this moment.
func (c *Conn) Pending() bool { return c.peek() == peekData }

// PeerClosed reports, without waiting, whether the peer has closed its side.
func (c *Conn) PeerClosed() bool { return c.peek() == peekClosed }

// waitClosed blocks until the peer closes (true), sends something, or the read deadline is set (false).
func (c *Conn) waitClosed() bool {
	if c.rc == nil {
		return false
	}
	c.raw.closed = false
	if err := c.rc.Read(c.raw.closedFn); err != nil {
		return false
	}
	return c.raw.closed
}

func (c *Conn) plainWrite(a, b []byte) (int, error) {
	n, err := 0, error(nil)
	if len(a) > 0 {
		if n, err = c.nc.Write(a); err != nil {
			return n, err
		}
	}
	if len(b) > 0 {
		m, err := c.nc.Write(b)
		return n + m, err
	}
	return n, nil
}
