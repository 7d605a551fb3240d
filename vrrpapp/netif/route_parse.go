package netif

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// ParseRoute reads a route in the words of `ip route add`, as keepalived 2.2.7 knows them: unabridged, with its own "gw" for
// via, "or" for a second router, no_track and track_group. What keepalived does not know it does not know either, except routes
// of IPv4 through an IPv6 router and "inet6 default", which keepalived refuses.
//
//	[TYPE] [to] ADDRESS[/PREFIX]|default [from PREFIX] [via|gw [inet|inet6] ADDRESS [or ADDRESS]] [dev|oif NAME] [src ADDRESS]
//	  [table N] [metric|priority|preference N] [tos|dsfield N] [scope S] [protocol P] [realms [N/]N] [pref low|medium|high]
//	  [mtu|advmss|rtt|... [lock] N] [features ecn] [congctl [lock] NAME] [onlink] [append] [inet6] [no_track]
//	  [nexthop [via ADDRESS] [dev NAME] [weight N] [onlink] [realms N] ...]
//
// A route of IPv4 without scope has global, also without a router, as keepalived's.
func ParseRoute(words []string) (Route, error) {
	p := routeParser{wordReader: wordReader{list: words}}
	for p.more() {
		if err := p.one(p.word()); err != nil {
			return Route{}, err
		}
	}
	return p.end()
}

type routeParser struct {
	wordReader
	r        Route
	dst      bool
	second   netip.Addr // "or"
	protocol uint8
}

func (p *routeParser) one(w string) error {
	if kind, ok := RouteTypes[w]; ok && !p.dst {
		p.r.Type = kind
		return nil
	}
	r := &p.r
	switch w {
	case "to":
		return p.destination(p.word())
	case "from":
		return value(&p.wordReader, w, &r.From, destination)
	case "via", "gw":
		return p.via(w, &r.Via)
	case "or":
		return value(&p.wordReader, w, &p.second, address)
	case "dev", "oif":
		return value(&p.wordReader, w, &r.Dev, interfaceName)
	case "src":
		return value(&p.wordReader, w, &r.Src, address)
	case "table":
		return value(&p.wordReader, w, &r.Table, byName[uint32]("rt_tables", 1<<32-1))
	case "metric", "priority", "preference":
		return value(&p.wordReader, w, &r.Metric, decimal[uint32](1<<32-1))
	case "tos", "dsfield":
		return value(&p.wordReader, w, &r.TOS, byName[uint8]("rt_dsfield", 255))
	case "protocol":
		return value(&p.wordReader, w, &p.protocol, byName[uint8]("rt_protos", 255))
	case "scope":
		var s uint8
		err := value(&p.wordReader, w, &s, byName[uint8]("rt_scopes", 255))
		scope := Scope(s)
		r.Scope = &scope
		return err
	case "realms":
		return value(&p.wordReader, w, &r.Realms, realms)
	case "pref":
		return value(&p.wordReader, w, &r.Pref, preference)
	case "onlink":
		r.OnLink = true
	case "append":
		r.Append = true
	case "prepend":
		r.Append = false
	case "inet6":
		r.IPv6 = true
	case "inet":
		r.IPv6 = false
	case "no_track":
		r.NoTrack = true
	case "track_group":
		var group string
		return value(&p.wordReader, w, &group, text)
	case "nexthop":
		return p.nexthop()
	case "encap", "expires", "ttl-propagate", "vrf", "nhid", "as", "type":
		return fmt.Errorf("%s is not supported in routes", w)
	default:
		if done, err := p.metric(w); done || err != nil {
			return err
		}
		return p.destination(w)
	}
	return nil
}

// destination takes the word that is no keyword, once.
func (p *routeParser) destination(w string) error {
	if w == "" {
		return errors.New("to needs a word after it")
	}
	if p.dst {
		return fmt.Errorf("unknown word '%s'", w)
	}
	d, err := destination(w)
	if err != nil {
		return fmt.Errorf("neither a keyword nor a destination: %w", err)
	}
	p.r.Dst, p.dst = d, true
	return nil
}

// via takes [inet|inet6] ADDRESS.
func (p *routeParser) via(w string, into *netip.Addr) error {
	family := p.peek()
	if family == "inet" || family == "inet6" {
		p.word()
	}
	if err := value(&p.wordReader, w, into, address); err != nil {
		return err
	}
	if family == "inet" && !into.Is4() || family == "inet6" && !into.Is6() {
		return fmt.Errorf("%s %s %v: the address is of the other family", w, family, *into)
	}
	return nil
}

func preference(s string) (uint8, error) {
	switch s {
	case "low":
		return 3, nil
	case "medium":
		return 0, nil
	case "high":
		return 1, nil
	}
	return 0, fmt.Errorf("'%s' is none of low, medium, high", s)
}

// nexthop takes the words up to the next nexthop.
func (p *routeParser) nexthop() error {
	var n NextHop
	for p.more() && p.peek() != "nexthop" {
		var err error
		switch w := p.word(); w {
		case "via":
			err = p.via(w, &n.Via)
		case "dev", "oif":
			err = value(&p.wordReader, w, &n.Dev, interfaceName)
		case "realms":
			err = value(&p.wordReader, w, &n.Realms, realms)
		case "onlink":
			n.OnLink = true
		case "weight":
			var weight uint32
			err = value(&p.wordReader, w, &weight, decimal[uint32](256))
			n.Weight = int(weight)
		case "no_track":
			p.r.NoTrack = true
		case "track_group":
			_, err = p.argument(w)
		default:
			err = fmt.Errorf("nexthop: unknown word '%s'", w)
		}
		if err != nil {
			return err
		}
	}
	p.r.NextHops = append(p.r.NextHops, n)
	return nil
}

// end puts together what only shows when all words are read.
func (p *routeParser) end() (Route, error) {
	r := p.r
	switch {
	case !p.dst:
		return Route{}, errors.New("a route needs a destination")
	case p.second.IsValid() && !r.Via.IsValid():
		return Route{}, errors.New("or without via")
	case p.second.IsValid() && len(r.NextHops) > 0:
		return Route{}, errors.New("or beside nexthop")
	}
	if p.second.IsValid() {
		for _, via := range []netip.Addr{r.Via, p.second} {
			r.NextHops = append(r.NextHops, NextHop{Via: via, Dev: r.Dev, OnLink: r.OnLink})
		}
		r.Via, r.Dev, r.OnLink = netip.Addr{}, "", false
	}
	if p.protocol != 0 && r.NoTrack {
		r.Protocol = p.protocol // else nobody would notice that the route goes, so keepalived resets it too
	}
	if r.Scope == nil && !r.v6() && r.Type != routeLocal {
		global := ScopeGlobal
		r.Scope = &global
	}
	if err := r.Check(); err != nil {
		return Route{}, err
	}
	return r, nil
}

// lockable are the metrics whose value the kernel can be told not to adapt, with their RTAX_x.
var lockable = []lockableMetric{
	{"mtu", 2, func(m *RouteMetrics) *uint32 { return &m.MTU }, decimal[uint32](1<<32 - 1)},
	{"window", 3, func(m *RouteMetrics) *uint32 { return &m.Window }, decimal[uint32](1<<32 - 1)},
	{"rtt", 4, func(m *RouteMetrics) *uint32 { return &m.RTT }, milliseconds},
	{"rttvar", 5, func(m *RouteMetrics) *uint32 { return &m.RTTVar }, milliseconds},
	{"ssthresh", 6, func(m *RouteMetrics) *uint32 { return &m.SSThresh }, decimal[uint32](1<<32 - 1)},
	{"cwnd", 7, func(m *RouteMetrics) *uint32 { return &m.CWnd }, decimal[uint32](1<<32 - 1)},
	{"advmss", 8, func(m *RouteMetrics) *uint32 { return &m.AdvMSS }, decimal[uint32](1<<32 - 1)},
	{"reordering", 9, func(m *RouteMetrics) *uint32 { return &m.Reordering }, decimal[uint32](1<<32 - 1)},
	{"hoplimit", 10, func(m *RouteMetrics) *uint32 { return &m.HopLimit }, decimal[uint32](255)},
	{"initcwnd", 11, func(m *RouteMetrics) *uint32 { return &m.InitCWnd }, decimal[uint32](1<<32 - 1)},
	{"rto_min", 13, func(m *RouteMetrics) *uint32 { return &m.RTOMin }, milliseconds},
	{"initrwnd", 14, func(m *RouteMetrics) *uint32 { return &m.InitRWnd }, decimal[uint32](1<<32 - 1)},
	{"quickack", 15, func(m *RouteMetrics) *uint32 { return &m.QuickACK }, decimal[uint32](1)},
	{"fastopen_no_cookie", 17, func(m *RouteMetrics) *uint32 { return &m.FastOpenNoCookie }, decimal[uint32](1)},
}

type lockableMetric struct {
	name  string
	bit   uint
	field func(m *RouteMetrics) *uint32
	read  func(string) (uint32, error)
}

const lockCongestion = 16

// metric reads a word of RouteMetrics; done is false if it is none.
func (p *routeParser) metric(w string) (done bool, err error) {
	m := &p.r.Metrics
	lock := func(bit uint) {
		if p.peek() == "lock" {
			p.word()
			m.Lock |= 1 << bit
		}
	}
	switch w {
	case "features":
		for p.peek() == "ecn" {
			p.word()
			m.Features |= 1
			done = true
		}
		if !done {
			return true, errors.New("features: the only one is ecn")
		}
		return true, nil
	case "congctl":
		lock(lockCongestion)
		return true, value(&p.wordReader, w, &m.CongestionControl, text)
	}
	i := slices.IndexFunc(lockable, func(k lockableMetric) bool { return k.name == w })
	if i < 0 {
		return false, nil
	}
	lock(lockable[i].bit)
	return true, value(&p.wordReader, w, lockable[i].field(m), lockable[i].read)
}
