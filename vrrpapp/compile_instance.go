package vrrpapp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// instance compiles one vrrp_instance.
func (c *compiler) instance(i *Instance) {
	g := &c.app.Global
	where := "instance " + i.Name
	r := speaker.Router{
		Name: i.Name, Interface: i.Interface, Unicast: len(i.UnicastPeers) > 0 || i.UnicastFaultNoPeer,
		TrackSource: i.TrackSourceIP, IgnoreInterface: i.DontTrackPrimary, PromoteSecondaries: i.PromoteSecondaries,
		NoAccept: i.NoAccept && i.Priority != 255, SkipSameAddresses: pick(i.SkipCheckAdvAddr, g.SkipCheckAdvAddr),
		ExtraRefresh: time.Duration(i.GARPExtraInterface),
	}
	if i.VRID < 1 || i.VRID > 255 {
		c.failf("%s: virtual_router_id %d: 1 to 255", where, i.VRID)
	}
	r.VRID = uint8(i.VRID)
	if i.Priority < 0 || i.Priority > 255 {
		c.failf("%s: priority %d: 1 to 255", where, i.Priority)
	}
	if i.Interface == "" && !r.Unicast {
		c.failf("%s: no interface", where)
	}
	r.Addresses = c.addresses(where+": virtual_ipaddress", i.Addresses)
	r.Excluded = c.addresses(where+": virtual_ipaddress_excluded", i.Excluded)
	r.Routes = c.routes(where+": virtual_routes", i.Routes)
	r.Rules = c.rules(where+": virtual_rules", i.Rules)
	r.IPv6 = family6(i, r.Addresses)
	c.sources(where, i, &r)
	c.vmac(where, i, &r)
	c.machine(where, i, &r)
	if err := check(r.FSM, r.Addresses, r.Excluded); err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			c.failf("%s: %s", where, line)
		}
	}
	c.out.Routers = append(c.out.Routers, r)
}

// check lets the state machine judge.
func check(m fsm.Config, addresses, excluded []speaker.Address) error {
	for _, a := range addresses {
		m.Addresses = append(m.Addresses, a.Prefix)
	}
	for _, a := range excluded {
		m.Excluded = append(m.Excluded, a.Prefix)
	}
	return m.Validate()
}

// family6 says that an instance speaks IPv6: what its addresses are, its peers, or native_ipv6.
func family6(i *Instance, addresses []speaker.Address) bool {
	switch {
	case len(addresses) > 0:
		return addresses[0].Addr().Is6()
	case len(i.UnicastPeers) > 0:
		return strings.Contains(i.UnicastPeers[0].Address, ":")
	}
	return i.NativeIPv6 || strings.Contains(i.UnicastSourceIP+i.MulticastSourceIP, ":")
}

// sources compiles where messages come from and go to.
func (c *compiler) sources(where string, i *Instance, r *speaker.Router) {
	g := &c.app.Global
	if i.MulticastSourceIP != "" && i.UnicastSourceIP != "" {
		c.failf("%s: mcast_src_ip and unicast_src_ip are one", where)
	}
	if s := orElse(i.UnicastSourceIP, i.MulticastSourceIP); s != "" {
		r.Source = c.ip(where, "source address", s, r.IPv6)
	}
	group, word := g.MulticastGroup4, "vrrp_mcast_group4"
	if r.IPv6 {
		group, word = g.MulticastGroup6, "vrrp_mcast_group6"
	}
	if i.MulticastDestIP != "" {
		group, word = i.MulticastDestIP, where+": mcast_dst_ip"
	}
	if group != "" {
		r.MulticastGroup = c.ip(word, "multicast group", group, r.IPv6)
		if r.MulticastGroup.IsValid() && !r.MulticastGroup.IsMulticast() {
			c.failf("%s %s: not a multicast address", word, group)
		}
	}
	r.TTL = wire.TTL
	if i.UnicastTTL != nil {
		if r.TTL = *i.UnicastTTL; r.TTL == 0 {
			c.warnf("%s: unicast_ttl 0 would keep every message on this node: 255 is used", where)
		}
	}
	switch {
	case i.ChecksumAsV2:
		r.Checksum = wire.Plain
	case i.OldUnicastChecksum == "on":
		r.Checksum = wire.OldUnicast
	case i.OldUnicastChecksum != "" && i.OldUnicastChecksum != "never":
		c.failf("%s: old_unicast_checksum %s: on or never", where, i.OldUnicastChecksum)
	}
	r.LearnChecksum = !i.ChecksumAsV2 && i.OldUnicastChecksum == ""
}

// ip reads an address of a family.
func (c *compiler) ip(where, what, s string, v6 bool) netip.Addr {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil:
		c.failf("%s: %s %q is not an IP address", where, what, s)
	case a.Is6() != v6:
		c.failf("%s: %s %s is not of the family of the instance", where, what, s)
	}
	return a.WithZone("")
}

func (c *compiler) vmac(where string, i *Instance, r *speaker.Router) {
	v := i.UseVMAC
	if v == nil {
		return
	}
	prefix := orElse(c.app.VMACPrefix, "vrrp")
	name := orElse(v.Interface, fmt.Sprintf("%s.%d", prefix, i.VRID))
	if r.IPv6 && v.Interface == "" {
		name = fmt.Sprintf("%s6.%d", prefix, i.VRID)
	}
	out := &speaker.VMAC{Name: name, MAC: netif.VirtualMAC(r.VRID, r.IPv6), OnBase: v.XmitBase, Addresses: v.Addresses}
	if v.MAC != "" {
		mac, ok := parseMAC(v.MAC, r.VRID)
		if !ok {
			c.failf("%s: use_vmac: %q is not a MAC address of five or six bytes", where, v.MAC)
		}
		out.MAC = mac
	}
	if len(name) > 15 {
		c.failf("%s: use_vmac: the name %q is longer than 15 bytes", where, name)
	}
	if r.Unicast && !v.XmitBase {
		c.failf("%s: use_vmac with unicast_peer needs vmac_xmit_base", where)
	}
	r.VMAC = out
}

// parseMAC reads a MAC address; the sixth byte of five is the VRID.
func parseMAC(s string, vrid uint8) (mac netif.MAC, ok bool) {
	parts := strings.Split(s, ":")
	if len(parts) == 5 {
		parts = append(parts, fmt.Sprintf("%02x", vrid))
	}
	if len(parts) != 6 {
		return mac, false
	}
	for n, p := range parts {
		if len(p) > 2 || len(p) == 0 {
			return mac, false
		}
		if _, err := fmt.Sscanf(p, "%x", &mac[n]); err != nil {
			return mac, false
		}
	}
	return mac, true
}

// machine compiles the state machine's part.
func (c *compiler) machine(where string, i *Instance, r *speaker.Router) {
	g := &c.app.Global
	m := &r.FSM
	m.Version = orElse(orElse(i.Version, g.Version), 2)
	if r.IPv6 {
		if i.Version == 2 {
			c.warnf("%s: version 2 cannot carry IPv6; version 3 is used", where)
		}
		m.Version = 3
	}
	m.Priority = uint8(orElse(i.Priority, 100))
	m.Interval = time.Duration(orElse(i.AdvertInt, duration.Duration(time.Second)))
	m.DownAdverts = orElse(orElse(i.DownTimerAdverts, g.DownTimerAdverts), 3)
	m.AbruptLeave = i.AbruptLeave
	m.QuietOnLower = pick(i.LowerPrioNoAdvert, g.LowerPrioNoAdvert)
	m.NoLastWord = !pick(i.HigherPrioSendAdvert, pick(g.HigherPrioSendAdvert, true))
	m.Rollover = time.Duration(g.Rollover)
	m.Announce = c.announcing(where, i)
	c.preemption(where, i, m)
	c.keys(where, i, m)
	c.peers(where, i, r)
	c.tracking(where, i, r)
}

func (c *compiler) preemption(where string, i *Instance, m *fsm.Config) {
	switch i.State {
	case "MASTER":
		m.StartMaster = true
	case "", "BACKUP":
	default:
		c.failf("%s: state %s: MASTER or BACKUP", where, i.State)
	}
	m.NoPreempt, m.PreemptDelay = i.NoPreempt, time.Duration(i.PreemptDelay)
	if m.NoPreempt && m.StartMaster {
		c.warnf("%s: nopreempt has no effect with state MASTER, as in keepalived: write state BACKUP", where)
		m.NoPreempt = false
	}
	if m.PreemptDelay > 0 && (m.StartMaster || m.NoPreempt) {
		c.warnf("%s: preempt_delay has no effect with state MASTER or nopreempt, as in keepalived", where)
		m.PreemptDelay = 0
	}
	if i.NoPreempt && i.Priority == 255 {
		c.warnf("%s: nopreempt has no effect with priority 255", where)
		m.NoPreempt = false
	}
}

func (c *compiler) keys(where string, i *Instance, m *fsm.Config) {
	a := i.Authentication
	if a == nil || a.Type == "" || a.Type == "NONE" {
		return
	}
	if a.Type != "PASS" {
		c.failf("%s: auth_type %s: only PASS is supported", where, a.Type)
		return
	}
	if m.Version == 3 {
		c.warnf("%s: version 3 has no authentication; the password is ignored, as keepalived does", where)
		return
	}
	for _, pass := range append([]string{a.Pass}, a.Also...) {
		p, cut := wire.PasswordFrom(pass)
		if cut {
			c.warnf("%s: only the first eight bytes of auth_pass are used", where)
		}
		if pass == "" {
			c.failf("%s: auth_pass is empty", where)
		}
		m.Keys = append(m.Keys, fsm.Key{Type: uint8(wire.AuthPass), Data: p})
	}
}

func (c *compiler) peers(where string, i *Instance, r *speaker.Router) {
	m := &r.FSM
	m.AnySource = !pick(i.CheckUnicastSource, pick(c.app.CheckUnicastSource, true))
	for _, p := range i.UnicastPeers {
		a := c.ip(where, "unicast_peer", p.Address, r.IPv6)
		if slices.ContainsFunc(m.Peers, func(q fsm.Peer) bool { return q.Addr == a }) {
			c.failf("%s: unicast_peer %s is named twice", where, p.Address)
		}
		m.Peers = append(m.Peers, fsm.Peer{Addr: a, MinTTL: p.MinTTL, MaxTTL: p.MaxTTL})
		if p.MinTTL != 0 || p.MaxTTL != 0 {
			m.AnySource = false
		}
	}
	if i.UnicastFaultNoPeer && len(i.UnicastPeers) == 0 {
		c.warnf("%s: unicast without a peer is a fault", where)
		m.Trackers = append(m.Trackers, fsm.Tracker{Name: "unicast_fault_no_peer", InitFail: true})
	}
}

// announcing is garp_*: the instance's word, else the global one, else the default.
func (c *compiler) announcing(where string, i *Instance) (out fsm.Announcing) {
	g := &c.app.Global.Announcing
	out = fsm.Announcing{
		MasterRepeat: count(i.MasterRepeat, g.MasterRepeat), MasterDelay: span(i.MasterDelay, g.MasterDelay),
		LowerRepeat: count(i.LowerRepeat, g.LowerRepeat), LowerDelay: span(i.LowerDelay, g.LowerDelay),
		Refresh: span(i.Refresh, g.Refresh), RefreshRepeat: count(i.RefreshRepeat, g.RefreshRepeat),
	}
	if c.app.MinGARP {
		out.MasterRepeat, out.LowerRepeat = orElse(out.MasterRepeat, 1), orElse(out.LowerRepeat, 1)
		out.MasterDelay, out.LowerDelay = orElse(out.MasterDelay, -1), orElse(out.LowerDelay, -1)
	}
	for _, d := range []time.Duration{out.MasterDelay, out.LowerDelay, out.Refresh} {
		if d > 24*time.Hour {
			c.failf("%s: garp delay %v is longer than a day", where, d)
		}
	}
	return out
}

// count and span take the first that is set; in the state machine 0 is the default and a negative value is none.
func count(words ...*int) int {
	for _, w := range words {
		if w != nil {
			return orElse(*w, -1)
		}
	}
	return 0
}

func span(words ...*duration.Duration) time.Duration {
	for _, w := range words {
		if w != nil {
			return time.Duration(orElse(*w, -1))
		}
	}
	return 0
}

func pick(word *bool, otherwise bool) bool {
	if word != nil {
		return *word
	}
	return otherwise
}
