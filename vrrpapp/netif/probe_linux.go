package netif

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Prober asks who answers for an address. Its methods may be called from any goroutine, but Close not from the function that
// gets the answers.
type Prober struct {
	f    *os.File
	rc   syscall.RawConn
	tell func(Answer)
	done chan struct{}
	v6   *solicitor // nil: this host has no IPv6
}

// onlyReplies keeps everything away but ARP replies: requests are a segment's background noise.
var onlyReplies = []bpf.Instruction{
	bpf.LoadAbsolute{Off: 20, Size: 2},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: 2, SkipFalse: 1},
	bpf.RetConstant{Val: frameARP},
	bpf.RetConstant{Val: 0},
}

// NewProber opens its sockets and calls tell, on goroutines of its own, for each ARP reply and each solicited neighbour
// advertisement that reaches this host, also those that somebody else asked for.
func NewProber(tell func(Answer)) (*Prober, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("netif: packet socket for ARP probes: %w", explain(err))
	}
	p := &Prober{f: os.NewFile(uintptr(fd), "ARP probe"), tell: tell, done: make(chan struct{})}
	if err = attach(fd, onlyReplies); err == nil {
		// Bound only now, so that nothing else gets in before the filter.
		arp := *(*uint16)(unsafe.Pointer(&[2]byte{0x08, 0x06}))
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: arp})
	}
	if err == nil {
		p.rc, err = p.f.SyscallConn()
	}
	if err != nil {
		p.f.Close()
		return nil, fmt.Errorf("netif: packet socket for ARP probes: %w", err)
	}
	if p.v6, err = newSolicitor(tell); err != nil && !errors.Is(err, unix.EAFNOSUPPORT) {
		p.f.Close()
		return nil, err
	}
	go p.run()
	return p, nil
}

func (p *Prober) run() {
	defer close(p.done)
	var frame [128]byte
	for {
		var n int
		var from unix.Sockaddr
		var err error
		e := p.rc.Read(func(fd uintptr) bool {
			n, from, err = unix.Recvfrom(int(fd), frame[:], unix.MSG_DONTWAIT)
			return err != unix.EAGAIN && err != unix.EINTR
		})
		if e != nil {
			return
		}
		ll, is := from.(*unix.SockaddrLinklayer)
		if err != nil || !is || ll.Pkttype == unix.PACKET_OUTGOING {
			continue // ENETDOWN: an interface went down
		}
		if a, ok := parseAnswer(frame[:n]); ok {
			a.Index = ll.Ifindex
			p.tell(a)
		}
	}
}

// Probe asks on an interface who has an address. For IPv6 from is a link-local address of the interface, which the answer is sent
// to; IPv4 needs none.
func (p *Prober) Probe(on Interface, from, addr netip.Addr) error {
	if err := checkAnnounce(&on, addr); err != nil {
		return err
	}
	var err error
	switch {
	case addr.Is4():
		err = p.arp(on, addr)
	case p.v6 == nil || !from.IsLinkLocalUnicast() || !from.Is6():
		err = errors.New("no IPv6, or no link-local address to ask from")
	default:
		err = p.v6.ask(on, from, addr)
	}
	if err != nil {
		return fmt.Errorf("netif: probe %v on %s: %w", addr, on.Name, err)
	}
	return nil
}

func (p *Prober) arp(on Interface, addr netip.Addr) error {
	frame := appendProbe(make([]byte, 0, frameARP), on.MAC, addr)
	to := unix.SockaddrLinklayer{Ifindex: on.Index, Halen: 6, Protocol: *(*uint16)(unsafe.Pointer(&frame[12]))}
	copy(to.Addr[:], frame)
	var err error
	if e := p.rc.Control(func(fd uintptr) { err = unix.Sendto(int(fd), frame, unix.MSG_DONTWAIT, &to) }); e != nil {
		return os.ErrClosed
	}
	return err
}

// Close closes the sockets and waits for the last answer to be told.
func (p *Prober) Close() error {
	err := p.f.Close()
	<-p.done
	if p.v6 != nil {
		err = errors.Join(err, p.v6.close())
	}
	return err
}
