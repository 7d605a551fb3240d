package speaker

import (
	"errors"
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
	on      netif.Interface
	heard   []netif.Heard // by our sockets
	unknown uint64        // messages that were overheard, or had no room
	hear    func(*netif.Packet)
}

// overhear begins to listen, once a second or so: nobody is woken by what is not for us, and a flood of it only fills a small buffer.
// The time is not quite regular, or else a peer and a flood at its side could always find the buffer full.
func (l *Local) overhear() {
	var a *alarm
	a = l.newAlarm(func(now time.Time) {
		a.at = now.Add(750*time.Millisecond + rand.N(500*time.Millisecond))
		for _, e := range l.ears {
			e.listen()
			l.deaf = l.deaf || e.io == nil
		}
		l.deaf, l.moved = l.deaf || l.moved, false
	})
	a.at = time.Now().Add(time.Second)
}

// listen takes what the small buffer kept, and counts what did not fit.
func (e *ear) listen() {
	if e.io == nil {
		return
	}
	lost, _ := e.io.Drain(e.hear) // an error of the network: the next time will tell
	e.unknown += uint64(lost)
}

func (e *ear) close() error {
	if e.io == nil {
		return nil
	}
	return e.io.Close()
}

// hears says whether one of our sockets receives the messages of a VRID to a destination.
func (e *ear) hears(to netip.Addr, vrid uint8) bool {
	return slices.ContainsFunc(e.heard, func(h netif.Heard) bool { return h.To == to && h.VRIDs.Has(vrid) })
}

// setEars makes the ears fit the sockets, once for all changes of a turn.
func (l *Local) setEars() {
	if !l.deaf {
		return
	}
	l.deaf = false
	want := map[earKey]*ear{} // what each is to be
	for _, list := range [][]*router{l.routers, l.leaving} {
		for _, r := range list {
			r.ear = l.station(want, r)
		}
	}
	for key, e := range l.ears {
		if want[key] == nil {
			delete(l.ears, key)
			l.complain(nil, "ear on "+e.on.Name, e.close())
		}
	}
	for key, to := range want {
		l.complain(nil, "ear on "+to.on.Name, l.setEar(l.ears[key], key.ipv6, to))
	}
}

// station adds to what the ear of a router is to be, and returns that ear: nil without a socket.
func (l *Local) station(want map[earKey]*ear, r *router) *ear {
	if r.sock == nil {
		return nil
	}
	on, ok := l.earshot(r)
	if !ok {
		return nil
	}
	key := earKey{on.Index, r.cfg.IPv6}
	if want[key] == nil {
		want[key] = &ear{}
	}
	w := want[key]
	w.on = on
	w.add(r.sock.destination(), r.cfg.VRID)
	e := l.ears[key]
	if e == nil {
		e = &ear{}
		e.hear = func(p *netif.Packet) { l.overheard(e, p) }
		l.ears[key] = e
	}
	return e
}

func (e *ear) add(to netip.Addr, vrid uint8) {
	for i := range e.heard {
		if h := &e.heard[i]; h.To == to {
			h.VRIDs.Add(vrid)
			return
		}
	}
	h := netif.Heard{To: to}
	h.VRIDs.Add(vrid)
	e.heard = append(e.heard, h)
}

// setEar opens an ear, or changes what it is told not to listen to.
func (l *Local) setEar(e *ear, ipv6 bool, to *ear) (err error) {
	opened := e.io == nil
	if opened {
		err = l.ns.Do(func() (err error) {
			e.io, err = netif.OpenEar(to.on, ipv6)
			return err
		})
	}
	if e.io != nil && (opened || !slices.Equal(e.heard, to.heard)) {
		err = errors.Join(err, e.io.SetHeard(to.heard))
	}
	e.on, e.heard = to.on, to.heard
	return err
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
