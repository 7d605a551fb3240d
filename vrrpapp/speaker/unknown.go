package speaker

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// overheard is a message that is for none of our sockets. It is counted, and named if it is about an address of ours: then two
// masters do not know of each other. No machine hears of it.
func (l *Local) overheard(e *ear, p *netif.Packet) {
	if len(p.Data) < 2 || e.hears(p.Dst, p.Data[1]) {
		return // from before the filter was set
	}
	e.unknown++
	vrid := p.Data[1]
	r, about := l.concerned(e, p)
	switch {
	case r == nil:
		if l.cfg.LogUnknown {
			l.notice(nil, Report{Kind: Noticed, Why: ForeignVRID, Peer: p.Src, Detail: e.foreign(vrid, p.Dst)})
		}
	case r.cfg.VRID == vrid:
		l.differs(r, p, KindDiffers, fmt.Sprintf("sent to %v on %s, %v is listened to", p.Dst, e.on, r.listensTo()))
	default:
		l.differs(r, p, VRIDDiffers, fmt.Sprintf("virtual_router_id %d on %s, not %d, announces %v", vrid, e.on, r.cfg.VRID, about))
	}
}

// foreign says which foreign virtual router it is: one of our number may be, sent to another place.
func (e *ear) foreign(vrid uint8, to netip.Addr) string {
	s := fmt.Sprintf("virtual_router_id %d on %s", vrid, e.on)
	if slices.ContainsFunc(e.routers, func(r *router) bool { return r.cfg.VRID == vrid }) {
		s += fmt.Sprintf(", sent to %v", to)
	}
	return s
}

// differs notes and names a peer.
func (l *Local) differs(r *router, p *netif.Packet, why fsm.Reason, detail string) {
	m := &l.inbox.packet
	m.Parse(p.Data, wire.IP{Src: p.Src, Dst: p.Dst, TTL: p.TTL}) // as far as it is sound
	r.peers.overheard(m, p.Src, p.Time, why)
	l.notice(r, Report{Kind: Noticed, Why: why, Peer: p.Src, Detail: detail})
}

// concerned is the router that a message is about: it has one of the addresses, and the VRID if there are several; or it has the
// VRID, and the sender is its unicast_peer. Nil: none, as most are.
func (l *Local) concerned(e *ear, p *netif.Packet) (found *router, about netip.Addr) {
	vrid := p.Data[1]
	for a := range wire.Addresses(p.Data, p.Src.Is6()) {
		if !l.virtual(a) {
			continue
		}
		for _, r := range e.routers {
			if !r.announces(a) {
				continue
			}
			if r.cfg.VRID == vrid {
				return r, a
			}
			found, about = r, a
		}
	}
	if found != nil {
		return found, about
	}
	for _, r := range e.routers {
		if r.cfg.VRID == vrid && slices.ContainsFunc(r.spoken.Peers, func(q fsm.Peer) bool { return q.Addr == p.Src }) {
			return r, about
		}
	}
	return nil, about
}

// announces says whether an address is one of a router's.
func (r *router) announces(a netip.Addr) bool {
	is := func(p netip.Prefix) bool { return p.Addr() == a }
	return slices.ContainsFunc(r.spoken.Addresses, is) || slices.ContainsFunc(r.spoken.Excluded, is)
}

// listensTo is where its messages have to be sent to.
func (r *router) listensTo() netip.Addr {
	if r.sock == nil {
		return netip.Addr{}
	}
	return r.sock.destination()
}
