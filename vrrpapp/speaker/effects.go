package speaker

import (
	"net/netip"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// outgoing is the message under way, made once: sending allocates nothing.
type outgoing struct {
	packet wire.Packet
	buffer []byte
	frame  netif.Packet
}

// perform does what a machine asks for. It never tells a machine anything: the effects of the others are still to be done.
func (l *Local) perform(r *router, e *fsm.Effect) {
	switch e.Do {
	case fsm.Advertise:
		l.advertise(r, e)
	case fsm.AddAddresses:
		l.addAddresses(r, e.Prefixes)
	case fsm.RemoveAddresses:
		l.removeAddresses(r, e.Prefixes)
	case fsm.Announce:
		l.announce(r, e.Count, e.Prefixes)
	case fsm.Hush:
		l.herald.hush(r, netip.Addr{})
	case fsm.Transition:
		l.changed(r, e)
	case fsm.PriorityChanged:
		l.report(r, Report{Kind: PriorityChanged, Priority: e.Priority, To: r.machine.State()})
	case fsm.LowerPriority:
		l.report(r, Report{Kind: LowerPriority, Priority: e.Priority, Peer: e.Peer, Why: e.Why})
	case fsm.Report:
		l.report(r, Report{Kind: Noticed, Why: e.Why, Peer: e.Peer, Count: e.Count})
	}
}

// advertise sends one message to the group, or to each peer.
func (l *Local) advertise(r *router, e *fsm.Effect) {
	if r.sock == nil {
		r.errors++ // without a socket the machine is in fault, and this is its last word
		return
	}
	p := &l.out.packet
	*p = wire.Packet{
		Version: e.Version, VRID: r.cfg.VRID, Priority: e.Priority, Interval: e.Interval, Auth: wire.Auth(e.Auth.Type),
		Password: e.Auth.Data, Checksum: r.checksum, Addrs: e.Addrs,
	}
	if !r.cfg.Unicast {
		l.send(r, e.Source, r.cfg.group(), wire.TTL)
		return
	}
	ttl := r.cfg.TTL
	if ttl == 0 {
		ttl = wire.TTL
	}
	for _, peer := range r.cfg.FSM.Peers {
		l.send(r, e.Source, peer.Addr, ttl)
	}
}

func (l *Local) send(r *router, from, to netip.Addr, ttl uint8) {
	o := &l.out
	var err error
	if o.buffer, err = o.packet.Append(o.buffer[:0], wire.IP{Src: from, Dst: to, TTL: ttl}); err == nil {
		o.frame = netif.Packet{Src: from, Dst: to, TTL: ttl, Data: o.buffer}
		err = r.sock.io.Send(&o.frame)
	}
	if err != nil {
		r.errors++
		l.complain(r, "send", err)
	}
}

// group is where multicast messages go.
func (c *Router) group() netip.Addr {
	switch {
	case c.MulticastGroup.IsValid():
		return c.MulticastGroup
	case c.IPv6:
		return wire.Group6
	}
	return wire.Group4
}

// announce tells the neighbours of each address's interface, unless the successor is about to.
func (l *Local) announce(r *router, count int, list []netip.Prefix) {
	if r.machine.Succeeded() {
		return
	}
	for _, p := range list {
		if h, ok := r.held[p]; ok {
			l.announceHeld(r, h, count)
		}
	}
	l.herald.kick()
}

func (l *Local) announceHeld(r *router, h holding, count int) {
	if lk := l.links[h.dev]; lk != nil && lk.exists && lk.now.Index == h.index {
		l.herald.announce(job{owner: r, on: lk.now, addr: h.prefix.Addr(), router: lk.forwards, rounds: count})
	}
}
