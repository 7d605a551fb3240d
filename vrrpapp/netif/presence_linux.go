package netif

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// presenceName is an abstract socket: it belongs to the network namespace as the addresses do, and goes with its process.
const presenceName = "@caddy-vrrp"

// presenceRetry is the pause before the name is tried again: whoever had it is about to end.
const presenceRetry = 100 * time.Millisecond

// Everybody on the host can connect, or take the name. That costs no more than addresses that are left alone: so many are heard, one
// in such a time.
const (
	mostOthers   = 16
	presencePace = 10 * time.Millisecond
)

// Presence makes this process known to others that change addresses of the same network namespace, and them to it: the address's
// mark says whose program put it there, not which process. The first one has the name, the others stay connected to it; when it
// ends, one of them gets the name.
type Presence struct {
	ns   *Namespace
	tell func(others []int)
	stop chan struct{}
	done sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	listener *net.UnixListener
	others   map[*net.UnixConn]int // their processes
}

// BePresent begins it in a namespace. tell gets the processes of the others whenever they change, one call at a time; it must
// not block. If there are any now, it is called before BePresent returns.
func BePresent(ns *Namespace, tell func(others []int)) (*Presence, error) {
	p := &Presence{ns: ns, tell: tell, stop: make(chan struct{}), others: map[*net.UnixConn]int{}}
	stay, err := p.join()
	if err != nil {
		return nil, fmt.Errorf("netif: presence: %w", err)
	}
	p.done.Go(func() { p.run(stay) })
	return p, nil
}

func (p *Presence) run(stay func()) {
	for {
		stay()
		select {
		case <-p.stop:
			return
		case <-time.After(presenceRetry):
		}
		var err error
		if stay, err = p.join(); err != nil {
			stay = func() {}
		}
	}
}

// join gets the name, or a connection to who has it. stay returns when that ends.
func (p *Presence) join() (stay func(), err error) {
	name := &net.UnixAddr{Name: presenceName, Net: "unix"}
	var l *net.UnixListener
	var c *net.UnixConn
	err = p.ns.Do(func() (err error) {
		if l, err = net.ListenUnix("unix", name); errors.Is(err, unix.EADDRINUSE) {
			c, err = net.DialUnix("unix", nil, name)
		}
		return err
	})
	switch {
	case errors.Is(err, unix.ECONNREFUSED): // it has gone since
		return func() {}, nil
	case err != nil:
		return nil, err
	case c != nil && p.meet(c):
		return func() { p.watch(c) }, nil
	case c != nil:
		return func() {}, nil // closed
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener = l; p.closed {
		l.Close()
	}
	return func() { p.receive(l) }, nil
}

// receive is the life of who has the name.
func (p *Presence) receive(l *net.UnixListener) {
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			return
		}
		if p.meet(c) {
			p.done.Go(func() { p.watch(c) })
		}
		select {
		case <-p.stop:
			return
		case <-time.After(presencePace):
		}
	}
}

// meet notes another process, unless there are too many. Close closes its connection.
func (p *Presence) meet(c *net.UnixConn) bool {
	pid := 0
	if rc, err := c.SyscallConn(); err == nil {
		rc.Control(func(fd uintptr) {
			if peer, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
				pid = int(peer.Pid)
			}
		})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.others) >= mostOthers {
		c.Close()
		return false
	}
	p.others[c] = pid
	p.tell(slices.Sorted(maps.Values(p.others)))
	return true
}

// watch waits for the other's end; who says something is none of us.
func (p *Presence) watch(c *net.UnixConn) {
	c.Read(make([]byte, 1))
	c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.others, c)
	if !p.closed {
		p.tell(slices.Sorted(maps.Values(p.others)))
	}
}

// Close ends it.
func (p *Presence) Close() error {
	p.mu.Lock()
	p.closed = true
	for c := range p.others {
		c.Close()
	}
	if p.listener != nil {
		p.listener.Close()
	}
	p.mu.Unlock()
	close(p.stop)
	p.done.Wait()
	return nil
}
