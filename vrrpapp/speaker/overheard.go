package speaker

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// overheard is a message that is for none of our sockets. It is counted, and named if it is sound and concerns us: then two masters
// do not know of each other. No machine hears of it.
func (l *Local) overheard(e *ear, p *netif.Packet) {
	if len(p.Data) < 2 || e.hears(p.Dst, p.Data[1]) {
		return // from before the filter was set
	}
	e.unknown++
	m := &l.inbox.packet // nobody uses it between two turns
	if m.Parse(p.Data, wire.IP{Src: p.Src, Dst: p.Dst, TTL: p.TTL}) == wire.OK {
		if r, about := l.concerned(e, m, p); r != nil {
			l.differs(r, m, p, about)
			return
		}
	}
	if l.cfg.LogUnknown {
		l.notice(nil, ForeignVRID, p.Src, func() string {
			return fmt.Sprintf("virtual_router_id %d on %s", p.Data[1], e.on.Name)
		})
	}
}

// differs notes and names a peer.
func (l *Local) differs(r *router, m *wire.Packet, p *netif.Packet, about netip.Addr) {
	why := VRIDDiffers
	if m.VRID == r.cfg.VRID {
		why = KindDiffers
	}
	r.peers.overheard(m, p.Src, p.Time, why)
	l.notice(r, why, p.Src, func() string {
		if why == KindDiffers {
			return fmt.Sprintf("sent to %v on %s, %v is listened to", p.Dst, r.ear.on.Name, r.sock.destination())
		}
		return fmt.Sprintf("virtual_router_id %d on %s, not %d, announces %v", m.VRID, r.ear.on.Name, r.cfg.VRID, about)
	})
}

// concerned is the router that a message is about: it has one of the addresses, and the VRID if there are several; or it has the
// VRID, and the sender takes us for its peer, or is ours. Nil: none, as most are.
func (l *Local) concerned(e *ear, m *wire.Packet, p *netif.Packet) (found *router, about netip.Addr) {
	for _, a := range m.Addrs {
		for _, r := range l.virtuals[a] {
			switch {
			case r.ear != e || r.sock == nil:
			case r.cfg.VRID == m.VRID:
				return r, a
			case found == nil:
				found, about = r, a
			}
		}
	}
	if found != nil {
		return found, about
	}
	for _, r := range l.routers {
		if r.ear == e && r.cfg.VRID == m.VRID && r.sock != nil && (!p.Dst.IsMulticast() || r.hasPeer(p.Src)) {
			return r, about
		}
	}
	return nil, about
}

// hasPeer says whether an address is a unicast_peer.
func (r *router) hasPeer(a netip.Addr) bool {
	return slices.ContainsFunc(r.spoken.Peers, func(q fsm.Peer) bool { return q.Addr == a })
}
