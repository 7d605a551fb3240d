package netio

import (
	"encoding/binary"
	"syscall"
	"time"
	"unsafe"
)

// loopDial is Dial on a loop.
func (t *Task) loopDial(a Addr, timeout time.Duration) (*Conn, error) {
	if t.interrupted() {
		return nil, ErrAborted
	}
	l := t.on.lp
	c, err := l.connect(a)
	if err != nil {
		return nil, err
	}
	c.To = a
	if err := t.connected(c, timeout); err != nil {
		c.loopClose(false)
		return nil, err
	}
	if a.Unix != "" {
		c.IsUnix = true
	} else {
		c.Remote, c.Local = a.TCP, sockname(c.fd)
	}
	return c, nil
}

// connect begins to connect.
func (l *loop) connect(a Addr) (*Conn, error) {
	family := syscall.AF_INET
	switch {
	case a.Unix != "":
		family = syscall.AF_UNIX
	case !a.TCP.Addr().Is4() && !a.TCP.Addr().Is4In6():
		family = syscall.AF_INET6
	}
	r, _, e := syscall.RawSyscall(syscall.SYS_SOCKET, uintptr(family), syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if e != 0 {
		return nil, e
	}
	fd := int(r)
	if a.Unix != "" {
		e = connectUnix(fd, a.Unix)
	} else {
		one := int32(1)
		setsockopt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, unsafe.Pointer(&one), 4)
		var sa rawAddr
		size := sa.set(a.TCP)
		_, _, e = syscall.RawSyscall(syscall.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&sa.b)), uintptr(size))
	}
	if e != 0 && e != syscall.EINPROGRESS {
		syscall.Close(fd)
		return nil, e
	}
	c := l.add(fd)
	c.on.rready, c.on.wready = false, e == 0
	return c, nil
}

func connectUnix(fd int, path string) syscall.Errno {
	var sa [110]byte // sockaddr_un
	if len(path) > len(sa)-3 {
		return syscall.EINVAL
	}
	binary.NativeEndian.PutUint16(sa[:2], syscall.AF_UNIX)
	copy(sa[2:], path)
	size := 2 + len(path) + 1
	if path[0] == '@' { // an abstract name has neither the sign nor an end
		sa[2] = 0
		size--
	}
	_, _, e := syscall.RawSyscall(syscall.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(size))
	return e
}

// connected waits until c is connected or has failed.
func (t *Task) connected(c *Conn, timeout time.Duration) error {
	until := After(timeout)
	for !c.on.wready {
		if t.interrupted() {
			return ErrAborted
		}
		if until != 0 && Now() >= until {
			return ErrTimeout
		}
		if err := c.arm(true); err != nil {
			return err
		}
		c.on.writer = t
		t.block(until)
		c.on.writer = nil
	}
	if t.interrupted() {
		return ErrAborted
	}
	if !c.on.hup {
		return nil
	}
	var e int32
	size := uint32(4)
	syscall.RawSyscall6(syscall.SYS_GETSOCKOPT, uintptr(c.fd), syscall.SOL_SOCKET, syscall.SO_ERROR, uintptr(unsafe.Pointer(&e)), uintptr(unsafe.Pointer(&size)), 0)
	if e != 0 {
		return syscall.Errno(e)
	}
	return nil
}

func (t *Task) interrupted() bool {
	t.dial.mu.Lock()
	defer t.dial.mu.Unlock()
	return t.dial.over
}
