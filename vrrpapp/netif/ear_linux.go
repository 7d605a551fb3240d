package netif

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// Ear hears what no Socket does, so that a peer that is set otherwise can be named: another VRID, multicast where unicast is
// expected, another group. Nobody waits for it; it is drained at leisure. Its methods are for one goroutine.
type Ear struct {
	cfg    SocketConfig
	in     *os.File
	inRC   syscall.RawConn
	rx     receiver
	groups []netip.Addr // that it is a member of

	countFn func(uintptr) // made once, as receiver's
	drops   uint32        // the kernel's counter, which has 32 bits
	lost    uint32        // what it rose by
}

// OpenEar opens one on an interface, for a family, in the network namespace of the calling thread. It is deaf until SetHeard.
func OpenEar(on Interface, v6 bool) (*Ear, error) {
	if on.Index == 0 {
		return nil, errors.New("netif: an ear needs an interface")
	}
	e := &Ear{cfg: SocketConfig{Interface: on, IPv6: v6, Buffer: earBuffer}}
	fd, err := e.open()
	if err != nil {
		return nil, fmt.Errorf("netif: socket to overhear VRRP on %s: %w", on.Name, explain(err))
	}
	e.in = os.NewFile(uintptr(fd), "vrrp overhear")
	if e.inRC, err = e.in.SyscallConn(); err != nil {
		e.in.Close()
		return nil, err
	}
	e.rx.init(v6, earBuffer)
	e.countFn = func(fd uintptr) {
		if n, err := drops(int(fd)); err == nil {
			e.lost, e.drops = n-e.drops, n
		}
	}
	return e, nil
}

// open leaves the socket without an address: it is for all own addresses and for all groups that it joins, of IPv6 for those too
// that others on this host have joined.
func (e *Ear) open() (int, error) {
	o, err := e.cfg.open(Protocol)
	if err != nil {
		return -1, err
	}
	o.do(func() error { return attach(o.fd, refuseAll) })
	o.do(func() error { return e.cfg.bindDevice(o.fd) })
	e.cfg.receptive(o)
	return o.finish()
}

// SetHeard says what others hear: it is dropped by the kernel, or else each of these messages would be had twice. The ear joins the
// groups among their destinations and the RFC's. Packets already queued stay.
func (e *Ear) SetHeard(list []Heard) error {
	var err error
	if closed := e.inRC.Control(func(fd uintptr) { err = e.setHeard(int(fd), list) }); closed != nil {
		return closed
	}
	return err
}

func (e *Ear) setHeard(fd int, list []Heard) error {
	err := attach(fd, earFilter(e.cfg.IPv6, list))
	want := []netip.Addr{e.cfg.group()}
	for _, h := range list {
		if h.To.IsMulticast() && !slices.Contains(want, h.To) {
			want = append(want, h.To)
		}
	}
	e.groups = slices.DeleteFunc(e.groups, func(g netip.Addr) bool {
		if slices.Contains(want, g) {
			return false
		}
		err = errors.Join(err, e.member(fd, g, unix.IP_DROP_MEMBERSHIP, unix.IPV6_LEAVE_GROUP))
		return true
	})
	for _, g := range want {
		if slices.Contains(e.groups, g) {
			continue
		}
		failed := e.member(fd, g, unix.IP_ADD_MEMBERSHIP, unix.IPV6_JOIN_GROUP)
		if err = errors.Join(err, failed); failed == nil {
			e.groups = append(e.groups, g)
		}
	}
	return err
}

func (e *Ear) member(fd int, group netip.Addr, v4, v6 int) error {
	c := e.cfg
	c.Group = group
	return c.member(fd, v4, v6)
}

// Drain calls fn for each packet that is there, without waiting, and returns how many had no room since the last call.
func (e *Ear) Drain(fn func(*Packet)) (lost uint32, err error) {
	if _, err = e.rx.drainNow(e.inRC, fn); err == os.ErrClosed {
		return 0, err
	}
	e.lost = 0
	e.inRC.Control(e.countFn)
	return e.lost, err
}

// Close closes it.
func (e *Ear) Close() error { return e.in.Close() }
