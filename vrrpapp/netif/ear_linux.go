package netif

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
)

// Ear hears what no Socket does, so that a peer that is set otherwise can be named: another VRID, multicast where unicast is
// expected, another group. Nobody waits for it; it is drained at leisure. Its methods may be called from any goroutine.
type Ear struct {
	v6   bool
	in   *os.File
	inRC syscall.RawConn
	rx   receiver

	mu      sync.Mutex
	dropped uint64
	last    uint32 // what the kernel's counter was; it has 32 bits
}

// OpenEar opens one in the network namespace of the calling thread.
func OpenEar(cfg EarConfig) (*Ear, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.Buffer == 0 {
		cfg.Buffer = earBuffer
	}
	fd, err := cfg.open()
	if err != nil {
		return nil, fmt.Errorf("netif: socket to overhear VRRP on %s: %w", cfg.Interface.Name, explain(err))
	}
	e := &Ear{v6: cfg.IPv6, in: os.NewFile(uintptr(fd), "vrrp overhear")}
	if e.inRC, err = e.in.SyscallConn(); err != nil {
		e.in.Close()
		return nil, err
	}
	e.rx.init(cfg.IPv6, cfg.Buffer)
	return e, nil
}

// open leaves the socket without an address: it is for all groups that it joins and for all own addresses.
func (c *EarConfig) open() (int, error) {
	s := SocketConfig{Interface: c.Interface, IPv6: c.IPv6, Buffer: c.Buffer}
	o, err := s.open(Protocol)
	if err != nil {
		return -1, err
	}
	o.do(func() error { return attach(o.fd, earFilter(c.IPv6, c.Heard)) })
	o.do(func() error { return s.bindDevice(o.fd) })
	s.receptive(o)
	groups := []netip.Addr{s.group()}
	for _, g := range c.Groups {
		if !slices.Contains(groups, g) && len(groups) < mostGroups {
			groups = append(groups, g)
		}
	}
	for _, s.Group = range groups {
		o.do(func() error { return s.join(o.fd) })
	}
	return o.finish()
}

// Drain calls fn for each packet that is there, without waiting, and returns how many there were.
func (e *Ear) Drain(fn func(*Packet)) (int, error) { return e.rx.drainNow(e.inRC, fn) }

// SetHeard replaces what is not wanted; packets already queued stay.
func (e *Ear) SetHeard(list []Heard) error {
	var err error
	return errors.Join(e.inRC.Control(func(fd uintptr) { err = attach(int(fd), earFilter(e.v6, list)) }), err)
}

// Dropped is how many packets had no room.
func (e *Ear) Dropped() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inRC.Control(func(fd uintptr) {
		if n, err := drops(int(fd)); err == nil {
			e.dropped += uint64(n - e.last)
			e.last = n
		}
	})
	return e.dropped
}

// Close closes it.
func (e *Ear) Close() error { return e.in.Close() }
