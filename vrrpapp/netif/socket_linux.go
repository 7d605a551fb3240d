package netif

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// Socket sends and receives VRRP packets. Its methods may be called from any goroutine.
type Socket struct {
	cfg  SocketConfig
	in   *os.File
	inRC syscall.RawConn
	out  *os.File

	rx       receiver
	tx       transmitter
	dropped  atomic.Uint64
	filterMu sync.Mutex
	closing  chan struct{}
	closed   sync.Once
}

// Open opens the two sockets that it takes: what receives is bound to the group or own address, what sends is not.
func Open(cfg SocketConfig) (*Socket, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.Buffer == 0 {
		cfg.Buffer = defaultBuffer
	}
	s := &Socket{cfg: cfg, closing: make(chan struct{})}
	in, err := cfg.receiving()
	if err != nil {
		return nil, cfg.failed("receive", err)
	}
	s.in = os.NewFile(uintptr(in), "vrrp receive")
	out, err := cfg.sending()
	if err != nil {
		s.in.Close()
		return nil, cfg.failed("send", err)
	}
	s.out = os.NewFile(uintptr(out), "vrrp send")
	if s.inRC, err = s.in.SyscallConn(); err != nil {
		s.Close()
		return nil, cfg.failed("receive", err)
	}
	s.rx.init(cfg.IPv6, cfg.Buffer)
	s.tx.init(s, out)
	return s, nil
}

func (c *SocketConfig) failed(what string, err error) error {
	where := c.Interface.Name
	if c.Unicast.IsValid() {
		where = c.Unicast.String()
	}
	return fmt.Errorf("netif: socket to %s VRRP on %s: %w", what, where, explain(err))
}

// options sets socket options until one fails.
type options struct {
	fd  int
	err error
}

func (o *options) set(level, name, value int, what string) {
	if o.err != nil {
		return
	}
	if err := unix.SetsockoptInt(o.fd, level, name, value); err != nil {
		o.err = fmt.Errorf("%s: %w", what, err)
	}
}

// try sets what older kernels lack and nothing depends on.
func (o *options) try(level, name, value int) {
	if o.err == nil {
		_ = unix.SetsockoptInt(o.fd, level, name, value)
	}
}

func (o *options) do(fn func() error) {
	if o.err == nil {
		o.err = fn()
	}
}

// finish closes the descriptor when something failed.
func (o *options) finish() (int, error) {
	if o.err != nil {
		unix.Close(o.fd)
		return -1, o.err
	}
	return o.fd, nil
}

func (c *SocketConfig) open(proto int) (*options, error) {
	family := unix.AF_INET
	if c.IPv6 {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
	if err != nil {
		return nil, err
	}
	return &options{fd: fd}, nil
}

// bindDevice binds by index, which a renamed interface keeps, or by name before Linux 5.1.
func (c *SocketConfig) bindDevice(fd int) error {
	if c.Interface.Index == 0 {
		return nil
	}
	err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BINDTOIFINDEX, c.Interface.Index)
	if errors.Is(err, unix.ENOPROTOOPT) {
		err = unix.BindToDevice(fd, c.Interface.Name)
	}
	if err != nil {
		return fmt.Errorf("bind to interface: %w", err)
	}
	return nil
}

// receiving opens the socket that receives. The filter is in place before the address is bound, but packets of the
// moment between can be queued: the caller drops foreign VRIDs anyway.
func (c *SocketConfig) receiving() (int, error) {
	o, err := c.open(Protocol)
	if err != nil {
		return -1, err
	}
	o.do(func() error { return attach(o.fd, filter(c.IPv6, c.VRIDs)) })
	o.do(func() error { return c.bindDevice(o.fd) })
	c.receptive(o)
	if c.Unicast.IsValid() {
		o.do(func() error { return freebind(o.fd, c.IPv6) })
	} else {
		o.do(func() error { return c.join(o.fd) })
	}
	o.do(func() error { return c.bind(o.fd) })
	return o.finish()
}

// receptive makes a socket tell when and where to a packet came, and hear of no groups but its own.
func (c *SocketConfig) receptive(o *options) {
	o.set(unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1, "receive time stamps")
	if o.err == nil && unix.SetsockoptInt(o.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, c.Buffer) != nil {
		o.set(unix.SOL_SOCKET, unix.SO_RCVBUF, c.Buffer, "receive buffer")
	}
	if c.IPv6 {
		o.set(unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1, "hop limit")
		o.set(unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1, "destination address")
		o.try(unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL, 0)
	} else {
		o.set(unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0, "only the own group")
	}
}

// join becomes a member of the group on the interface, by index: an interface without an address has no other name.
func (c *SocketConfig) join(fd int) error {
	return c.member(fd, unix.IP_ADD_MEMBERSHIP, unix.IPV6_JOIN_GROUP)
}

// member changes the membership in the group, by an option of either family.
func (c *SocketConfig) member(fd, v4, v6 int) (err error) {
	if g := c.group(); c.IPv6 {
		err = unix.SetsockoptIPv6Mreq(fd, unix.IPPROTO_IPV6, v6, &unix.IPv6Mreq{Multiaddr: g.As16(), Interface: uint32(c.Interface.Index)})
	} else {
		err = unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, v4, &unix.IPMreqn{Multiaddr: g.As4(), Ifindex: int32(c.Interface.Index)})
	}
	if err != nil {
		return fmt.Errorf("membership in %v: %w", c.group(), err)
	}
	return nil
}

// bind keeps everything out that is not for the group or the own address.
func (c *SocketConfig) bind(fd int) error {
	to := c.group()
	if c.Unicast.IsValid() {
		to = c.Unicast
	}
	var sa unix.Sockaddr = &unix.SockaddrInet4{Addr: as4(to)}
	if c.IPv6 {
		sa = &unix.SockaddrInet6{Addr: to.As16(), ZoneId: uint32(c.Interface.Index)}
	}
	if err := unix.Bind(fd, sa); err != nil {
		return fmt.Errorf("bind to %v: %w", to, err)
	}
	return nil
}

func as4(a netip.Addr) (b [4]byte) {
	if a.Is4() {
		b = a.As4()
	}
	return b
}

// Config is what the socket was opened with, its VRIDs as SetVRIDs left them.
func (s *Socket) Config() SocketConfig {
	s.filterMu.Lock()
	defer s.filterMu.Unlock()
	return s.cfg
}

// SetVRIDs replaces the set of wanted virtual routers; packets already queued stay.
func (s *Socket) SetVRIDs(set VRIDs) error {
	s.filterMu.Lock()
	defer s.filterMu.Unlock()
	var err error
	if e := s.inRC.Control(func(fd uintptr) { err = attach(int(fd), filter(s.cfg.IPv6, set)) }); e != nil {
		return e
	}
	if err == nil {
		s.cfg.VRIDs = set
	}
	return err
}

// Dropped is how many wanted packets the kernel could not queue because the buffer was full.
func (s *Socket) Dropped() uint64 {
	s.inRC.Control(func(fd uintptr) {
		if n, err := drops(int(fd)); err == nil {
			s.dropped.Store(uint64(n))
		}
	})
	return s.dropped.Load()
}

// Close closes both sockets and ends a Receive that waits.
func (s *Socket) Close() error {
	s.closed.Do(func() { close(s.closing) })
	return errors.Join(s.in.Close(), s.out.Close())
}
