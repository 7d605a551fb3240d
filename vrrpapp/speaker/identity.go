package speaker

import (
	"net/netip"
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// identity is what peers see of a router: what has the same one stays the same through a reload. Only twins share one.
type identity struct {
	iface   string
	ipv6    bool
	vrid    uint8
	unicast bool
	source  netip.Addr // of unicast
	group   netip.Addr // of multicast
}

func (c *Router) identity() identity {
	id := identity{iface: c.Interface, ipv6: c.IPv6, vrid: c.VRID, unicast: c.Unicast}
	if c.Unicast {
		id.source = c.Source
	} else {
		id.group = c.group()
	}
	return id
}

// twins says whether two routers of one identity can be told apart: by the peers that they hear, of whom each has some and none is
// the other's too (keepalived.conf(5), virtual_router_id).
func twins(a, b *Router) bool {
	return a.Unicast && b.Unicast && len(a.FSM.Peers) > 0 && len(b.FSM.Peers) > 0 && !samePeer(a, b).IsValid()
}

// samePeer is a peer of both.
func samePeer(a, b *Router) netip.Addr {
	for _, p := range a.FSM.Peers {
		if b.HasPeer(p.Addr) {
			return p.Addr
		}
	}
	return netip.Addr{}
}

// HasPeer says whether an address is in unicast_peer.
func (c *Router) HasPeer(addr netip.Addr) bool {
	return slices.ContainsFunc(c.FSM.Peers, func(p fsm.Peer) bool { return p.Addr == addr })
}

// Formers says which router each of next was before, as an index, or -1. Of twins that is the one with a peer in common, else the one
// of the same name.
func Formers(next, before []*Router) []int {
	byIdentity, of := map[identity][]int{}, make([]int, len(next))
	for i, b := range before {
		byIdentity[b.identity()] = append(byIdentity[b.identity()], i)
	}
	for i := range of {
		of[i] = -1
	}
	for _, fits := range []func(a, b *Router) bool{
		func(a, b *Router) bool { return samePeer(a, b).IsValid() },
		func(a, b *Router) bool { return a.Name == b.Name },
		func(*Router, *Router) bool { return true },
	} {
		for i, n := range next {
			id := n.identity()
			left := byIdentity[id]
			at := slices.IndexFunc(left, func(b int) bool { return fits(n, before[b]) })
			if of[i] < 0 && at >= 0 {
				of[i] = left[at]
				byIdentity[id] = slices.Delete(left, at, at+1)
			}
		}
	}
	return of
}

// enlist makes r hear a socket's messages for its VRID. Who is leaving and could be mistaken for it hears nothing any more.
func (s *socket) enlist(r *router, leaving []*router) (conflict *router) {
	for o := s.routers[r.cfg.VRID]; o != nil; o = o.twin {
		switch {
		case o == r || twins(&o.cfg, &r.cfg):
		case slices.Contains(leaving, o):
			defer s.dismiss(o)
		default:
			return o
		}
	}
	if s.dismiss(r); s.routers[r.cfg.VRID] == nil {
		s.vrids.Add(r.cfg.VRID)
	}
	r.twin, s.routers[r.cfg.VRID] = s.routers[r.cfg.VRID], r
	s.stale = true
	return nil
}

// dismiss ends that.
func (s *socket) dismiss(r *router) {
	for at := &s.routers[r.cfg.VRID]; *at != nil; at = &(*at).twin {
		if *at == r {
			*at, r.twin = r.twin, nil
			break
		}
	}
	if s.routers[r.cfg.VRID] == nil {
		s.vrids.Remove(r.cfg.VRID)
		s.stale = true
	}
}

// router is whom a message is for. One of twins' that comes from none of their peers is as good as any.
func (s *socket) router(vrid uint8, from netip.Addr) *router {
	first := s.routers[vrid]
	if first == nil || first.twin == nil {
		return first
	}
	for r := first; r != nil; r = r.twin {
		if r.cfg.HasPeer(from) {
			return r
		}
	}
	return first
}
