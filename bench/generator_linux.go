package main

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// loop is the generator's event loop: one thread, exact in time to some microseconds, no allocation while it runs.
type loop struct {
	epoll  int
	byFD   map[int32]*outgoing
	buf    []byte
	events []unix.EpollEvent
}

func (l *loop) start() error {
	runtime.LockOSThread()
	// The kernel may else wake the thread 50 us late, to save power.
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0); err != nil {
		return err
	}
	var err error
	l.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	l.byFD, l.buf, l.events = make(map[int32]*outgoing), make([]byte, 64<<10), make([]unix.EpollEvent, 512)
	return err
}

// portsOfOneAddress is how many connections come from one source address, far fewer than there are ports.
const portsOfOneAddress = 10000

// connect opens a connection, asks once and reads the answer.
func (l *loop) connect(p generatorPlan) (*outgoing, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	c := &outgoing{fd: fd, request: []byte(p.Request), size: p.Size}
	n := len(l.byFD)
	if n > 0 {
		c.request = l.any().request // one copy for all
	}
	if err := l.prepare(c, p, n); err != nil {
		c.close()
		return nil, err
	}
	l.byFD[int32(fd)] = c
	return c, nil
}

func (l *loop) any() *outgoing {
	for _, c := range l.byFD {
		return c
	}
	return nil
}

func (l *loop) prepare(c *outgoing, p generatorPlan, n int) error {
	limit := unix.Timeval{Sec: 10}
	from := unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(1 + n/portsOfOneAddress)}}
	if err := errors.Join(
		unix.SetsockoptTimeval(c.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit),
		unix.SetsockoptTimeval(c.fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &limit),
		unix.SetsockoptInt(c.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		unix.SetsockoptInt(c.fd, unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1),
		unix.Bind(c.fd, &from),
	); err != nil {
		return err
	}
	to := unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: p.Port}
	// Interrupted by a signal of the runtime it goes on by itself, and the next call waits for its end.
	if err := again(func() error { return unix.Connect(c.fd, &to) }); err != nil && !errors.Is(err, unix.EISCONN) {
		return fmt.Errorf("connect: %w", err)
	}
	if err := c.send(); err != nil {
		return err
	}
	for done := false; !done; {
		var err error
		if done, err = c.receive(l.buf); err != nil {
			return err
		}
	}
	if err := unix.SetNonblock(c.fd, true); err != nil {
		return err
	}
	return unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, c.fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP, Fd: int32(c.fd)})
}

// again repeats a system call as long as signals interrupt it.
func again(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

// run runs a schedule to its end, or until the limit.
func (l *loop) run(s *schedule, limit time.Duration) error {
	for s.now() < limit {
		s.send()
		if s.finished() {
			return nil
		}
		until := limit
		if s.k < s.n {
			until = min(until, s.due(s.k))
		}
		n, err := l.wait(until - s.now())
		if err != nil {
			return err
		}
		for _, e := range l.events[:n] {
			l.ready(s, l.byFD[e.Fd])
		}
	}
	return nil
}

// ready reads what a connection has. The server may say something also when nothing was asked: that it closes.
func (l *loop) ready(s *schedule, c *outgoing) {
	if c == nil || c.dead {
		return
	}
	done, err := c.receive(l.buf)
	switch {
	case errors.Is(err, unix.EAGAIN):
	case err != nil:
		s.lost(c, err)
	case done && !c.busy:
		s.lost(c, errors.New("an answer to nothing"))
	case done:
		s.answered(c)
	}
}

// wait is epoll_pwait2, whose time-out is in nanoseconds; the package unix has only those in milliseconds.
func (l *loop) wait(d time.Duration) (int, error) {
	ts := unix.NsecToTimespec(int64(max(d, 0)))
	n, _, errno := unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(l.epoll), uintptr(unsafe.Pointer(&l.events[0])),
		uintptr(len(l.events)), uintptr(unsafe.Pointer(&ts)), 0, 0)
	switch errno {
	case 0:
		return int(n), nil
	case unix.EINTR:
		return 0, nil
	}
	return 0, fmt.Errorf("epoll_pwait2 (since Linux 5.11): %w", errno)
}

// outgoing is one connection of a generator.
type outgoing struct {
	fd      int
	request []byte
	size    int64
	next    int           // its next request in the schedule
	due     time.Duration // of the request that waits for its answer
	busy    bool          // it waits for an answer
	dead    bool
	inBody  bool
	left    int64  // bytes of the body still to come
	head    []byte // what came of a head, when it came in pieces
}

// send sends a request at once: it is small, and nothing else waits in the socket's buffer.
func (c *outgoing) send() error {
	var n int
	err := again(func() (err error) { n, err = unix.Write(c.fd, c.request); return err })
	if err == nil && n < len(c.request) {
		err = errors.New("short write")
	}
	return err
}

// receive reads once, and tells whether an answer is complete with it.
func (c *outgoing) receive(buf []byte) (bool, error) {
	var n int
	err := again(func() (err error) { n, err = unix.Read(c.fd, buf); return err })
	if err == nil && n == 0 {
		err = errors.New("the connection was closed")
	}
	if err != nil {
		return false, err
	}
	return c.take(buf[:n])
}

// take goes on with an answer. Nothing may follow it.
func (c *outgoing) take(b []byte) (bool, error) {
	if !c.inBody {
		if len(c.head) > 0 {
			c.head = append(c.head, b...)
			b = c.head
		}
		end := bytes.Index(b, []byte("\r\n\r\n"))
		if end < 0 {
			if len(c.head) == 0 {
				c.head = append(c.head, b...)
			}
			return false, nil
		}
		if err := c.check(b[:end+2]); err != nil {
			return false, err
		}
		b = b[end+4:]
		c.head, c.inBody, c.left = nil, true, c.size
	}
	if c.left -= int64(len(b)); c.left < 0 {
		return false, errors.New("more bytes than the answer has")
	}
	c.inBody = c.left > 0
	return !c.inBody, nil
}

// check wants a good answer with a body of the right length.
func (c *outgoing) check(head []byte) error {
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("the answer is %q", line)
	}
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, v, _ := bytes.Cut(line, []byte(":"))
		if !bytes.EqualFold(name, []byte("Content-Length")) {
			continue
		}
		if n, err := strconv.ParseInt(string(bytes.TrimSpace(v)), 10, 64); err != nil || n != c.size {
			return fmt.Errorf("the answer has %q, want %d bytes", line, c.size)
		}
		return nil
	}
	return errors.New("the answer has no Content-Length")
}

// close is for good.
func (c *outgoing) close() {
	if !c.dead {
		c.dead = true
		_ = unix.Close(c.fd)
	}
}
