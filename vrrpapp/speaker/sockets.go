package speaker

import (
	"fmt"
	"net/netip"
	"sync"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// socketKey is what makes two routers share a socket: the kernel gives every raw socket its own copy of every packet.
type socketKey struct {
	index   int // the interface's; 0: unicast that is bound to none
	ipv6    bool
	group   netip.Addr // zero: unicast
	unicast netip.Addr // the own address
}

// socket is a socket and the routers that listen on it, by VRID; of twins the first.
type socket struct {
	key     socketKey
	io      *netif.Socket
	routers [256]*router
	users   int
	vrids   netif.VRIDs
	stale   bool                // the kernel's filter is not that of vrids
	drained uint64              // the turn in which it was
	unknown uint64              // messages for others that came while the filter changed
	drain   func(*netif.Packet) // into the inbox
	reading sync.WaitGroup
}

// attach makes r a user of the socket of a key, and opens it when it is the first.
func (l *Local) attach(r *router, on netif.Interface, key socketKey) error {
	s := l.sockets[key]
	if s != nil {
		if other := s.enlist(r, l.leaving); other != nil {
			return fmt.Errorf("virtual_router_id %d on this socket is %s's", r.cfg.VRID, other.cfg.Name)
		}
	} else {
		var err error
		if s, err = l.openSocket(on, key, r.cfg.VRID); err != nil {
			return err
		}
		l.sockets[key] = s
		s.enlist(r, nil)
	}
	s.users++
	r.sock = s
	l.deaf = true
	return nil
}

// detach ends that, and closes the socket after its last user.
func (l *Local) detach(r *router, s *socket) {
	if s == nil {
		return
	}
	l.deaf = true
	s.dismiss(r)
	if r.sock == s {
		r.sock = nil
	}
	if s.users--; s.users == 0 {
		delete(l.sockets, s.key)
		s.close()
	}
}

func (l *Local) openSocket(on netif.Interface, key socketKey, vrid uint8) (*socket, error) {
	s := &socket{key: key}
	s.vrids.Add(vrid)
	cfg := netif.SocketConfig{Interface: on, IPv6: key.ipv6, Group: key.group, Unicast: key.unicast, VRIDs: s.vrids}
	err := l.ns.Do(func() (err error) {
		s.io, err = netif.Open(cfg)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.drain = func(p *netif.Packet) { l.inbox.put(s, p) }
	s.reading.Go(func() { s.read(l) })
	return s, nil
}

// read hands packets to the loop until the socket is closed.
func (s *socket) read(l *Local) {
	s.io.ReceiveAll(func(p *netif.Packet) {
		l.inbox.put(s, p)
		l.rouse()
	})
}

func (s *socket) close() error {
	err := s.io.Close()
	s.reading.Wait()
	return err
}

// flushFilters tells the kernel whom the sockets have, once for all changes of a turn.
func (l *Local) flushFilters() {
	for _, s := range l.sockets {
		if !s.stale {
			continue
		}
		s.stale = false
		l.complain(nil, "filter", s.io.SetVRIDs(s.vrids))
	}
}
