package speaker

import (
	"errors"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// earKey is what makes routers share an ear.
type earKey struct {
	index int // of the interface below a macvlan: all of them get what it gets
	ipv6  bool
}

// ear is what is overheard on an interface: messages that are for none of our sockets.
type ear struct {
	io      *netif.Ear // nil: it could not be opened
	on      string     // the interface's name
	groups  []netip.Addr
	heard   []netif.Heard // by our sockets
	routers []*router     // of the configuration
	unknown uint64        // messages that were overheard
	missed  uint64        // of those, what there was no room for
	hear    func(*netif.Packet)
}

// overhear begins to listen, once a second or so: nobody is woken by what is not for us, and a flood of it only fills a small buffer.
// The time is not quite regular, or else a peer and a flood at its side could always find the buffer full.
func (l *Local) overhear() {
	var a *alarm
	a = l.newAlarm(func(now time.Time) {
		a.at = now.Add(750*time.Millisecond + rand.N(500*time.Millisecond))
		if l.deaf {
			l.deaf = false
			l.setEars()
		}
		for _, e := range l.ears {
			e.listen()
		}
	})
	a.at = time.Now().Add(time.Second)
}

// listen takes what the small buffer kept, and counts what did not fit.
func (e *ear) listen() {
	if e.io == nil {
		return
	}
	e.io.Drain(e.hear)
	lost := e.io.Dropped()
	e.unknown += lost - e.missed
	e.missed = lost
}

func (e *ear) close() error {
	if e.io == nil {
		return nil
	}
	return e.io.Close()
}

// hears says whether one of our sockets receives the messages of a VRID to a destination.
func (e *ear) hears(to netip.Addr, vrid uint8) bool {
	for i := range e.heard {
		if h := &e.heard[i]; h.To == to && h.VRIDs.Has(vrid) {
			return true
		}
	}
	return false
}

// station is what an ear is to be.
type station struct {
	on      netif.Interface
	routers []*router
	heard   map[netip.Addr]netif.VRIDs
}

// setEars makes the ears fit the sockets.
func (l *Local) setEars() {
	want := map[earKey]*station{}
	for _, r := range l.routers {
		r.ear = nil
		if s := l.station(want, r); s != nil {
			s.routers = append(s.routers, r)
		}
	}
	for _, r := range l.leaving {
		r.ear = nil
		l.station(want, r)
	}
	for key, e := range l.ears {
		if want[key] == nil {
			delete(l.ears, key)
			l.complain(nil, "ear on "+e.on, e.close())
		}
	}
	for key, s := range want {
		l.setEar(key, s)
	}
}

// station is that of a router that has a socket.
func (l *Local) station(all map[earKey]*station, r *router) *station {
	if r.sock == nil {
		return nil
	}
	on, ok := l.earshot(r)
	if !ok {
		return nil
	}
	key := earKey{on.Index, r.cfg.IPv6}
	s := all[key]
	if s == nil {
		s = &station{on: on, heard: map[netip.Addr]netif.VRIDs{}}
		all[key] = s
	}
	set := s.heard[r.sock.destination()]
	set.Add(r.cfg.VRID)
	s.heard[r.sock.destination()] = set
	return s
}

// destination is where what a socket receives is sent to.
func (s *socket) destination() netip.Addr {
	if s.key.unicast.IsValid() {
		return s.key.unicast
	}
	return s.key.group
}

// earshot is the interface that a router's messages come by.
func (l *Local) earshot(r *router) (on netif.Interface, ok bool) {
	if r.cfg.Interface != "" {
		k := l.links[r.cfg.Interface]
		return k.now, k.exists
	}
	for _, i := range l.watch.Interfaces() {
		for _, a := range l.watch.Addresses(i.Index) {
			if a.Addr() == r.sock.key.unicast {
				return i, true
			}
		}
	}
	return on, false
}

// setEar opens an ear, or changes what it is told not to listen to.
func (l *Local) setEar(key earKey, s *station) {
	e := l.ears[key]
	if e == nil {
		e = &ear{}
		e.hear = func(p *netif.Packet) { l.overheard(e, p) }
		l.ears[key] = e
	}
	e.on, e.routers = s.on.Name, s.routers
	for _, r := range s.routers {
		r.ear = e
	}
	var groups []netip.Addr
	var heard []netif.Heard
	for _, to := range slices.SortedFunc(maps.Keys(s.heard), netip.Addr.Compare) {
		heard = append(heard, netif.Heard{To: to, VRIDs: s.heard[to]})
		if to.IsMulticast() {
			groups = append(groups, to)
		}
	}
	var err error
	switch {
	case e.io == nil || !slices.Equal(groups, e.groups):
		err = e.close()
		e.io, e.missed = nil, 0
		err = errors.Join(err, l.ns.Do(func() (err error) {
			e.io, err = netif.OpenEar(netif.EarConfig{Interface: s.on, IPv6: key.ipv6, Groups: groups, Heard: heard})
			return err
		}))
	case !slices.Equal(heard, e.heard):
		err = e.io.SetHeard(heard)
	}
	e.groups, e.heard = groups, heard
	l.complain(nil, "ear on "+e.on, err)
}
