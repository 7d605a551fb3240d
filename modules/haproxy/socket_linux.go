package haproxy

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// socket catches the descriptor of a socket that Caddy opens: its listener hides it, and the event loops accept on their
// own.
type socket struct {
	fd   int // 0: not caught
	once sync.Once
}

// control sets the options of a bind line and catches the socket.
func (s *socket) control(o *BindOptions) func(network, addr string, rc syscall.RawConn) error {
	return func(network, addr string, rc syscall.RawConn) error {
		if err := o.control(network, addr, rc); err != nil {
			return err
		}
		var err error
		if e := rc.Control(func(fd uintptr) { err = s.catch(int(fd)) }); e != nil {
			return e
		}
		return err
	}
}

func (s *socket) catch(fd int) error {
	s.close() // of an attempt that failed
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err == nil {
		s.fd = n
	}
	return err
}

func (s *socket) close() {
	if s.fd > 0 {
		unix.Close(s.fd)
		s.fd = 0
	}
}

// wrap gives the listener its descriptor back.
func (s *socket) wrap(ln net.Listener, na string) net.Listener {
	if n, ok := strings.CutPrefix(na, "fd/"); ok && s.fd == 0 {
		if fd, err := strconv.Atoi(n); err == nil && s.catch(fd) != nil {
			return ln
		}
	}
	if s.fd == 0 {
		return ln
	}
	return &caught{Listener: ln, socket: s}
}

// caught is a listener of Caddy with its descriptor (netio.Descriptor).
type caught struct {
	net.Listener
	socket *socket
}

// Dup returns a descriptor of the socket. Of a TCP socket Caddy's own is closed: Go's poller would wake for each
// connection. One with a name stays open, because the name goes with it.
func (c *caught) Dup() (int, error) {
	fd, err := unix.FcntlInt(uintptr(c.socket.fd), unix.F_DUPFD_CLOEXEC, 3)
	if _, tcp := c.Addr().(*net.TCPAddr); tcp && err == nil {
		c.socket.once.Do(func() { c.Listener.Close() })
	}
	return fd, err
}

// Close closes the socket, as far as it is this listener's.
func (c *caught) Close() error {
	c.socket.once.Do(func() { c.Listener.Close() })
	c.socket.close()
	return nil
}
