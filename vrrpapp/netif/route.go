package netif

import (
	"errors"
	"fmt"
	"net/netip"
)

// RouteProtocol tags the routes and rules that Host adds, with the number and so the name that they have from keepalived
// (`ip route show proto keepalived`).
const RouteProtocol = 18

// Route is a route with iproute2's words (keepalived.conf(5) virtual_routes).
type Route struct {
	// IPv6 says the family of a route without addresses ("inet6").
	IPv6 bool `json:"ipv6,omitempty"`
	// Type is what happens to packets: unicast (default), blackhole, unreachable, prohibit, throw, local, ...
	Type RouteType `json:"type,omitzero"`
	// Dst is where to ("to"). Default everywhere.
	Dst netip.Prefix `json:"dst,omitzero"`
	// From is where from, of IPv6.
	From netip.Prefix `json:"from,omitzero"`
	// Via is the next router; of an IPv4 route it may be an IPv6 address ("via inet6").
	Via netip.Addr `json:"via,omitzero"`
	// Dev is the interface's name; the kernel finds it by Via otherwise.
	Dev string `json:"dev,omitempty"`
	// Src is the preferred source address.
	Src netip.Addr `json:"src,omitzero"`
	// Scope is the area. Default as iproute2: link for an IPv4 unicast route without a next router, host for local, else
	// global.
	Scope *Scope `json:"scope,omitempty"`
	// Table is the table's number. Default 254, main.
	Table uint32 `json:"table,omitempty"`
	// TOS is the type of service, of IPv4.
	TOS uint8 `json:"tos,omitempty"`
	// Protocol is the tag. Default RouteProtocol.
	Protocol uint8 `json:"protocol,omitempty"`
	// Metric is the preference (priority, preference); the smaller wins. Default 0, for IPv6 1024.
	Metric uint32 `json:"metric,omitempty"`
	// Realms are "[from/]to" as from<<16 + to.
	Realms uint32 `json:"realms,omitempty"`
	// OnLink pretends that Via is directly attached.
	OnLink bool `json:"onlink,omitempty"`
	// Metrics are mtu, hoplimit, rtt, ...
	Metrics RouteMetrics `json:"metrics,omitzero"`
	// Pref is the router preference of IPv6: 1 high, 3 low. Default medium.
	Pref uint8 `json:"pref,omitempty"`
	// NextHops are several ways instead of Via and Dev ("nexthop").
	NextHops []NextHop `json:"nexthops,omitempty"`
	// Append adds the route after others that match it; default before them.
	Append bool `json:"append,omitempty"`
	// NoTrack lets the route go when somebody removes it. Host takes no notice of it: it is for who watches.
	NoTrack bool `json:"no_track,omitempty"`
}

// NextHop is one way of a route with several.
type NextHop struct {
	Via    netip.Addr `json:"via,omitzero"`
	Dev    string     `json:"dev,omitempty"`
	Weight int        `json:"weight,omitempty"` // 1 to 256, default 1
	OnLink bool       `json:"onlink,omitempty"`
	Realms uint32     `json:"realms,omitempty"`
}

// RouteType is the kernel's RTN_*.
type RouteType uint8

// RouteTypes are the types by their names of iproute2.
var RouteTypes = map[string]RouteType{
	"unicast": 1, "local": 2, "broadcast": 3, "anycast": 4, "multicast": 5, "blackhole": 6, "unreachable": 7, "prohibit": 8,
	"throw": 9,
}

const routeUnicast, routeLocal, routeBlackhole, routeThrow = 1, 2, 6, 9

// RouteMetrics are what TCP shall start with on a route; zero is not set.
type RouteMetrics struct {
	MTU              uint32 `json:"mtu,omitempty"`
	Window           uint32 `json:"window,omitempty"`
	RTT              uint32 `json:"rtt,omitempty"`    // ms
	RTTVar           uint32 `json:"rttvar,omitempty"` // ms
	SSThresh         uint32 `json:"ssthresh,omitempty"`
	CWnd             uint32 `json:"cwnd,omitempty"`
	AdvMSS           uint32 `json:"advmss,omitempty"`
	Reordering       uint32 `json:"reordering,omitempty"`
	HopLimit         uint32 `json:"hoplimit,omitempty"`
	InitCWnd         uint32 `json:"init_cwnd,omitempty"`
	Features         uint32 `json:"features,omitempty"` // 1 is ECN
	RTOMin           uint32 `json:"rto_min,omitempty"`  // ms
	InitRWnd         uint32 `json:"init_rwnd,omitempty"`
	QuickACK         uint32 `json:"quickack,omitempty"`
	FastOpenNoCookie uint32 `json:"fast_open_no_cookie,omitempty"`
	// CongestionControl is an algorithm's name ("congctl").
	CongestionControl string `json:"congestion_control,omitempty"`
	// Lock names the metrics that the kernel must not adapt, a bit 1 << RTAX_x each.
	Lock uint32 `json:"lock,omitempty"`
}

// words are the metrics in the order of RTAX_MTU (2) to RTAX_FASTOPEN_NO_COOKIE (17); the congestion control's place is
// empty. The kernel counts RTT in 1/8 ms and its variance in 1/4 ms.
func (m *RouteMetrics) words() [16]uint32 {
	return [16]uint32{
		m.MTU, m.Window, m.RTT * 8, m.RTTVar * 4, m.SSThresh, m.CWnd, m.AdvMSS, m.Reordering, m.HopLimit, m.InitCWnd,
		m.Features, m.RTOMin, m.InitRWnd, m.QuickACK, 0, m.FastOpenNoCookie,
	}
}

// v6 finds out the family.
func (r *Route) v6() bool {
	for _, a := range []netip.Addr{r.Dst.Addr(), r.From.Addr(), r.Src} {
		if a.IsValid() {
			return a.Is6()
		}
	}
	// Via decides only where nothing else does: an IPv4 route may lead through an IPv6 router.
	return r.IPv6 || r.Via.Is6() || len(r.NextHops) > 0 && r.NextHops[0].Via.Is6()
}

// Check says what the kernel would refuse, in words.
func (r *Route) Check() error {
	v6 := r.v6()
	for _, a := range []netip.Addr{r.Dst.Addr(), r.From.Addr(), r.Src} {
		if a.IsValid() && (a.Is6() != v6 || a.Is4In6()) {
			return fmt.Errorf("route %v: %v is of the other family", r.Dst, a)
		}
	}
	switch {
	case r.IPv6 && !v6:
		return fmt.Errorf("route %v: inet6 with IPv4 addresses", r.Dst)
	case r.From.IsValid() && !v6:
		return fmt.Errorf("route %v: IPv4 has no routes by source: use a rule", r.Dst)
	case v6 && r.Via.Is4():
		return fmt.Errorf("route %v: no way through %v", r.Dst, r.Via)
	case len(r.NextHops) > 0 && (r.Via.IsValid() || r.Dev != ""):
		return fmt.Errorf("route %v: nexthop beside via or dev", r.Dst)
	case r.Type >= routeBlackhole && r.Type <= routeThrow && (r.Via.IsValid() || len(r.NextHops) > 0):
		return fmt.Errorf("route %v: a way for packets that go nowhere", r.Dst)
	case r.Type <= routeUnicast && !r.Via.IsValid() && r.Dev == "" && len(r.NextHops) == 0:
		return fmt.Errorf("route %v: neither via nor dev", r.Dst)
	}
	for _, n := range r.NextHops {
		switch {
		case n.Weight < 0 || n.Weight > 256:
			return fmt.Errorf("route %v: weight %d is not 1 to 256", r.Dst, n.Weight)
		case v6 && n.Via.Is4():
			return fmt.Errorf("route %v: no way through %v", r.Dst, n.Via)
		case !n.Via.IsValid() && n.Dev == "":
			return errors.New("nexthop with neither via nor dev")
		}
	}
	return nil
}

func (r *Route) scope(v6 bool) Scope {
	switch {
	case r.Scope != nil:
		return *r.Scope
	case v6:
		return ScopeGlobal
	case r.Type == routeLocal:
		return ScopeHost
	case r.Type <= routeUnicast && !r.Via.IsValid() && len(r.NextHops) == 0:
		return ScopeLink
	}
	return ScopeGlobal
}
