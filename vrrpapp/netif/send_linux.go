package netif

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// tos is the precedence "internetwork control", which keepalived sends with.
const tos = 0xc0

// transmitter is the sending half of a socket: what a send needs, made once.
type transmitter struct {
	mu   sync.Mutex
	cfg  *SocketConfig
	id   uint16
	rc   syscall.RawConn
	err  error
	send func(uintptr)

	head  [20]byte
	name4 unix.RawSockaddrInet4
	name6 unix.RawSockaddrInet6
	iov   [2]unix.Iovec
	msg   unix.Msghdr
	_     [0]uint64 // what follows is written as Cmsghdr
	oob   [64]byte
}

func (t *transmitter) init(s *Socket, fd int) {
	t.cfg, t.id = &s.cfg, uint16(os.Getpid())
	t.rc, t.err = s.out.SyscallConn()
	t.send = func(fd uintptr) {
		t.err = nil
		for {
			_, _, e := unix.RawSyscall(unix.SYS_SENDMSG, fd, uintptr(unsafe.Pointer(&t.msg)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
			if e == unix.EINTR {
				continue
			}
			if e != 0 {
				t.err = e
			}
			return
		}
	}
}

// sending opens the socket that sends. IPv4 packets come with their header, because otherwise the kernel could choose
// the virtual address as their source; IPv6 ones get their source by IPV6_PKTINFO and their checksum from the kernel.
func (c *SocketConfig) sending() (int, error) {
	proto := unix.IPPROTO_RAW
	if c.IPv6 {
		proto = Protocol
	}
	o, err := c.open(proto)
	if err != nil {
		return -1, err
	}
	o.do(func() error { return c.bindDevice(o.fd) })
	o.set(unix.SOL_SOCKET, unix.SO_PRIORITY, 6, "priority")
	o.try(unix.SOL_SOCKET, unix.SO_RCVBUF, 0)
	if c.IPv6 {
		// A socket of the protocol would queue every packet again.
		o.do(func() error { return attach(o.fd, refuseAll) })
		o.set(unix.IPPROTO_IPV6, unix.IPV6_CHECKSUM, 6, "checksum")
		o.set(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, tos, "traffic class")
		o.set(unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_LOOP, 0, "no loop")
		o.set(unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_HOPS, HopLimit, "hop limit")
		o.do(func() error { return freebind(o.fd, true) })
		if c.Interface.Index != 0 {
			o.set(unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, c.Interface.Index, "multicast interface")
		}
		return o.finish()
	}
	o.set(unix.IPPROTO_IP, unix.IP_MULTICAST_LOOP, 0, "no loop")
	if c.Interface.Index != 0 {
		o.do(func() error {
			return unix.SetsockoptIPMreqn(o.fd, unix.IPPROTO_IP, unix.IP_MULTICAST_IF, &unix.IPMreqn{Ifindex: int32(c.Interface.Index)})
		})
	}
	return o.finish()
}

// Send sends one packet. An error is the network's and may be gone at the next call, except os.ErrClosed.
func (s *Socket) Send(p *Packet) error {
	t := &s.tx
	t.mu.Lock()
	defer t.mu.Unlock()
	dst := p.Dst
	if !dst.IsValid() {
		dst = t.cfg.group()
	}
	ttl := p.TTL
	if ttl == 0 {
		ttl = HopLimit
	}
	if len(p.Data) == 0 || len(p.Data) > longest || p.Src.Is6() != t.cfg.IPv6 || dst.Is6() != t.cfg.IPv6 || p.Src.Is4In6() || dst.Is4In6() || !p.Src.IsValid() {
		return errBadPacket
	}
	if t.cfg.IPv6 {
		t.prepare6(p, dst.As16(), ttl)
	} else {
		t.prepare4(p, dst.As4(), ttl)
	}
	t.iov[1].Base = &p.Data[0]
	t.iov[1].SetLen(len(p.Data))
	err := t.rc.Control(t.send)
	t.iov[1].Base = nil
	switch {
	case err != nil:
		return os.ErrClosed
	case t.err != nil:
		return fmt.Errorf("netif: send to %v: %w", dst, t.err)
	}
	return nil
}

var errBadPacket = errors.New("netif: packet without data, without source or of the wrong family")

// prepare4 writes the header that tcpdump sees from keepalived: TOS 0xc0, counting ID, no DF. The kernel adds the
// checksum.
func (t *transmitter) prepare4(p *Packet, dst [4]byte, ttl uint8) {
	t.id++
	if t.id == 0 {
		t.id = 1 // the kernel replaces 0
	}
	h, src := &t.head, p.Src.As4()
	h[0], h[1] = 0x45, tos
	binary.BigEndian.PutUint16(h[2:], uint16(len(h)+len(p.Data)))
	binary.BigEndian.PutUint16(h[4:], t.id)
	h[6], h[7], h[8], h[9], h[10], h[11] = 0, 0, ttl, Protocol, 0, 0
	copy(h[12:], src[:])
	copy(h[16:], dst[:])
	t.name4 = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: dst}
	t.msg = unix.Msghdr{Name: (*byte)(unsafe.Pointer(&t.name4)), Namelen: uint32(unsafe.Sizeof(t.name4)), Iov: &t.iov[0]}
	t.msg.SetIovlen(2)
	t.iov[0].Base = &h[0]
	t.iov[0].SetLen(len(h))
}

// prepare6 puts source, interface and hop limit into ancillary data.
func (t *transmitter) prepare6(p *Packet, dst [16]byte, ttl uint8) {
	t.name6 = unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: dst}
	if p.linkLocal(dst) {
		t.name6.Scope_id = uint32(t.cfg.Interface.Index)
	}
	b := t.oob[:]
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = unix.IPPROTO_IPV6, unix.IPV6_PKTINFO
	h.SetLen(unix.CmsgLen(unix.SizeofInet6Pktinfo))
	info := (*unix.Inet6Pktinfo)(unsafe.Pointer(&b[unix.CmsgLen(0)]))
	info.Addr, info.Ifindex = p.Src.As16(), uint32(t.cfg.Interface.Index)
	b = b[unix.CmsgSpace(unix.SizeofInet6Pktinfo):]
	h = (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT
	h.SetLen(unix.CmsgLen(4))
	binary.NativeEndian.PutUint32(b[unix.CmsgLen(0):], uint32(ttl))
	t.msg = unix.Msghdr{Name: (*byte)(unsafe.Pointer(&t.name6)), Namelen: uint32(unsafe.Sizeof(t.name6)), Iov: &t.iov[1], Control: &t.oob[0]}
	t.msg.SetIovlen(1)
	t.msg.SetControllen(unix.CmsgSpace(unix.SizeofInet6Pktinfo) + unix.CmsgSpace(4))
}

// linkLocal reports whether the destination has a meaning only on the interface.
func (*Packet) linkLocal(dst [16]byte) bool {
	return dst[0] == 0xff || dst[0] == 0xfe && dst[1]&0xc0 == 0x80
}
