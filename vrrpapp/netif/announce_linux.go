package netif

import (
	"fmt"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Announcer sends gratuitous ARPs and unsolicited neighbour advertisements, on any interface of its namespace. Its
// methods may be called from any goroutine.
type Announcer struct {
	f  *os.File
	rc syscall.RawConn

	mu    sync.Mutex
	frame []byte
	name  unix.RawSockaddrLinklayer
	send  func(uintptr)
	err   error
}

// NewAnnouncer opens its socket. Protocol 0 makes that it receives nothing.
func NewAnnouncer() (*Announcer, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("netif: packet socket for ARP: %w", explain(err))
	}
	a := &Announcer{f: os.NewFile(uintptr(fd), "gratuitous ARP"), frame: make([]byte, 0, frameNA)}
	if a.rc, err = a.f.SyscallConn(); err != nil {
		a.f.Close()
		return nil, err
	}
	a.send = a.sendFrame
	return a, nil
}

// Announce tells the neighbours on an interface that addr is at its MAC: one gratuitous ARP for IPv4, one neighbour
// advertisement for IPv6. router sets the router flag of the latter (see Forwards); without it hosts drop a router of
// that address from their lists (RFC 4861 7.2.5).
func (a *Announcer) Announce(on Interface, addr netip.Addr, router bool) error {
	if err := checkAnnounce(&on, addr); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.name = unix.RawSockaddrLinklayer{Family: unix.AF_PACKET, Ifindex: int32(on.Index), Halen: 6}
	if addr.Is4() {
		a.frame = appendARP(a.frame[:0], on.MAC, addr)
	} else {
		a.frame = appendNA(a.frame[:0], on.MAC, addr, router)
	}
	copy(a.name.Addr[:], a.frame[:6])
	a.name.Protocol = *(*uint16)(unsafe.Pointer(&a.frame[12])) // network order in both
	if err := a.rc.Control(a.send); err != nil {
		return os.ErrClosed
	}
	if a.err != nil {
		return fmt.Errorf("netif: announce %v on %s: %w", addr, on.Name, a.err)
	}
	return nil
}

func (a *Announcer) sendFrame(fd uintptr) {
	a.err = nil
	for {
		_, _, e := unix.RawSyscall6(unix.SYS_SENDTO, fd, uintptr(unsafe.Pointer(&a.frame[0])), uintptr(len(a.frame)), unix.MSG_DONTWAIT,
			uintptr(unsafe.Pointer(&a.name)), unsafe.Sizeof(a.name))
		if e == unix.EINTR {
			continue
		}
		if e != 0 {
			a.err = e
		}
		return
	}
}

// Close closes the socket.
func (a *Announcer) Close() error { return a.f.Close() }
