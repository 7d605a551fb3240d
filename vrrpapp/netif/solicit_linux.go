package netif

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// solicitor is the half of a Prober for IPv6.
type solicitor struct {
	f    *os.File
	rc   syscall.RawConn
	tell func(Answer)
	done chan struct{}
}

// newSolicitor opens a socket that gets all neighbour advertisements for this host, and nothing else.
func newSolicitor(tell func(Answer)) (*solicitor, error) {
	fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.IPPROTO_ICMPV6)
	if err != nil {
		return nil, fmt.Errorf("netif: socket for neighbour solicitations: %w", explain(err))
	}
	o := &options{fd: fd}
	o.do(func() error {
		var only unix.ICMPv6Filter // a bit that is set keeps a type away
		for i := range only.Data {
			only.Data[i] = ^uint32(0)
		}
		only.Data[neighbourAdvertisement/32] &^= 1 << (neighbourAdvertisement % 32)
		return unix.SetsockoptICMPv6Filter(fd, unix.IPPROTO_ICMPV6, unix.ICMPV6_FILTER, &only)
	})
	o.set(unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1, "hop limit")
	o.set(unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1, "interface")
	o.set(unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_HOPS, HopLimit, "hop limit")
	o.set(unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_LOOP, 0, "no loop")
	if _, err = o.finish(); err != nil {
		return nil, fmt.Errorf("netif: socket for neighbour solicitations: %w", err)
	}
	s := &solicitor{f: os.NewFile(uintptr(fd), "neighbour solicitation"), tell: tell, done: make(chan struct{})}
	if s.rc, err = s.f.SyscallConn(); err != nil {
		s.f.Close()
		return nil, err
	}
	go s.run()
	return s, nil
}

func (s *solicitor) run() {
	defer close(s.done)
	var message, control [256]byte
	for {
		var n, oob int
		var err error
		e := s.rc.Read(func(fd uintptr) bool {
			n, oob, _, _, err = unix.Recvmsg(int(fd), message[:], control[:], unix.MSG_DONTWAIT)
			return err != unix.EAGAIN && err != unix.EINTR
		})
		if e != nil {
			return
		}
		if err != nil {
			continue
		}
		index, hops := arrivedBy(control[:oob])
		if a, ok := parseNeighbour(message[:n]); ok && hops == HopLimit { // RFC 4861 7.1.2
			a.Index = index
			s.tell(a)
		}
	}
}

// arrivedBy reads the interface and the hop limit of a message.
func arrivedBy(control []byte) (index, hops int) {
	list, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return 0, 0
	}
	for _, m := range list {
		switch {
		case m.Header.Level != unix.IPPROTO_IPV6:
		case m.Header.Type == unix.IPV6_PKTINFO && len(m.Data) >= unix.SizeofInet6Pktinfo:
			index = int(binary.NativeEndian.Uint32(m.Data[16:]))
		case m.Header.Type == unix.IPV6_HOPLIMIT && len(m.Data) >= 4:
			hops = int(binary.NativeEndian.Uint32(m.Data))
		}
	}
	return index, hops
}

// ask sends one question from an address of the interface.
func (s *solicitor) ask(on Interface, from, addr netip.Addr) error {
	info := unix.PktInfo6(&unix.Inet6Pktinfo{Addr: from.As16(), Ifindex: uint32(on.Index)})
	to := &unix.SockaddrInet6{Addr: solicitedNode(addr), ZoneId: uint32(on.Index)}
	var err error
	if e := s.rc.Control(func(fd uintptr) {
		err = unix.Sendmsg(int(fd), solicitation(on.MAC, addr), info, to, unix.MSG_DONTWAIT)
	}); e != nil {
		return os.ErrClosed
	}
	return err
}

func (s *solicitor) close() error {
	err := s.f.Close()
	<-s.done
	return err
}
