package keepalivedconf

import (
	"net/netip"
)

// finish puts the blocks together when all of them are read, and looks at what only shows then.
func (p *parser) finish() {
	p.globalEnd()
	names := map[string]bool{}
	for _, i := range p.instances {
		if names[i.Name] {
			p.diags.Errorf(i.at[""], "vrrp_instance '%s' is defined twice; keepalived ignores the second", i.Name)
			continue
		}
		names[i.Name] = true
		p.instanceEnd(i)
		p.app.Instances = append(p.app.Instances, i.Instance)
	}
	p.sameRouter()
	p.groupsEnd()
	p.trackingEnd()
	p.trackersJSON()
}

// globalEnd joins words of global_defs that belong together.
func (p *parser) globalEnd() {
	if s := p.app.StartupScript; s != nil {
		s.Timeout = p.global.startupTime
	}
	if s := p.app.ShutdownScript; s != nil {
		s.Timeout = p.global.shutdownTime
	}
	if f := p.app.NotifyFIFO; f != nil {
		f.Script = p.global.fifoScript
	}
	if f := p.app.VRRPNotifyFIFO; f != nil {
		f.Script = p.global.vrrpScript
	}
}

// instanceEnd applies the rules between the words of an instance, in keepalived's order.
func (p *parser) instanceEnd(i *instance) {
	if i.VRID == 0 && !i.set("virtual_router_id") {
		p.diags.Errorf(i.at[""], "vrrp_instance %s has no virtual_router_id", i.Name)
	}
	p.family(i)
	p.priority(i)
	p.interval(i)
	p.unicast(i)
	p.strict(i)
	if i.accept != nil {
		i.NoAccept = !*i.accept
	}
	if i.GARPExtraInterface == 0 && !i.set("garp_extra_if") {
		i.GARPExtraInterface = p.global.garpExtra
	}
	if i.UseVMAC != nil && !i.set("use_vmac") {
		if i.UseVMAC.XmitBase {
			p.diags.Warnf(i.pos("vmac_xmit_base"), "vmac_xmit_base without use_vmac says nothing")
		}
		if !i.UseVMAC.Addresses {
			i.UseVMAC = nil
		}
	}
}

// family finds out whether the instance is IPv4 or IPv6: its first address says so. IPv6 has version 3 only.
func (p *parser) family(i *instance) {
	v6, known := i.v6()
	for n, a := range i.Addresses {
		if prefix, ok := parsePrefix(a.Address); ok && prefix.Addr().Is6() != v6 {
			p.diags.Errorf(i.addressAt[n], "vrrp_instance %s: %s is of the other family than the first address: "+
				"keepalived ignores it; it can stand in virtual_ipaddress_excluded", i.Name, a.Address)
		}
	}
	p.otherFamily(i, v6, known)
	p.repeated(i)
	p.excess(i, v6)
	if len(i.Addresses) == 0 {
		p.diags.Warnf(i.at[""], "vrrp_instance %s has no virtual_ipaddress; at least one is sensible", i.Name)
	}
	if i.NativeIPv6 && known && !v6 {
		p.diags.Warnf(i.pos("native_ipv6"), "vrrp_instance %s has IPv4 addresses; keepalived ignores native_ipv6 too", i.Name)
		i.NativeIPv6 = false
	}
	if i.version(p) == 2 && v6 {
		if i.Version == 2 {
			p.diags.Warnf(i.pos("version"), "vrrp_instance %s: IPv6 is always version 3", i.Name)
		}
		i.Version = 3
	}
	if v6 && len(i.Addresses) > 0 {
		if prefix, ok := parsePrefix(i.Addresses[0].Address); ok && !prefix.Addr().IsLinkLocalUnicast() {
			p.diags.Warnf(i.pos("virtual_ipaddress"), "vrrp_instance %s: the first IPv6 address should be link-local (RFC 5798, 5.2.9)", i.Name)
		}
	}
	if i.Authentication != nil && i.version(p) == 3 {
		p.diags.Warnf(i.pos("authentication"), "vrrp_instance %s: version 3 has no authentication; keepalived ignores it too", i.Name)
		i.Authentication = nil
	}
}

// otherFamily refuses addresses of packets that do not go with the virtual ones.
func (p *parser) otherFamily(i *instance, v6, known bool) {
	for _, one := range []struct{ word, addr string }{
		{"mcast_src_ip", i.MulticastSourceIP}, {"mcast_dst_ip", i.MulticastDestIP}, {"unicast_src_ip", i.UnicastSourceIP},
	} {
		if a, err := netip.ParseAddr(one.addr); err == nil && known && a.Is6() != v6 {
			p.diags.Errorf(i.pos(one.word), "vrrp_instance %s: %s %v is of the other family; keepalived ignores it", i.Name, one.word, a)
		}
	}
	for _, peer := range i.UnicastPeers {
		if a, err := netip.ParseAddr(peer.Address); err == nil && known && a.Is6() != v6 {
			p.diags.Errorf(i.pos("unicast_peer"), "vrrp_instance %s: the peer %v is of the other family; keepalived ignores it", i.Name, a)
		}
	}
}

// v6 is the instance's family, and whether an address said it.
func (i *instance) v6() (v6, known bool) {
	if len(i.Addresses) > 0 {
		if prefix, ok := parsePrefix(i.Addresses[0].Address); ok {
			return prefix.Addr().Is6(), true
		}
	}
	if i.NativeIPv6 {
		return true, false
	}
	candidates := []string{i.UnicastSourceIP, i.MulticastSourceIP}
	for _, peer := range i.UnicastPeers {
		candidates = append(candidates, peer.Address)
	}
	for _, s := range candidates {
		if a, err := netip.ParseAddr(s); err == nil {
			return a.Is6(), true
		}
	}
	return false, false
}

func (i *instance) version(p *parser) uint8 {
	switch {
	case i.Version != 0:
		return i.Version
	case p.app.Version != 0:
		return p.app.Version
	}
	return 2
}

// priority applies what state, priority and the words of preemption say about each other.
func (p *parser) priority(i *instance) {
	warn := func(word, format string, a ...any) {
		p.diags.Warnf(i.pos(word), "vrrp_instance "+i.Name+": "+format, a...)
	}
	if i.State == "MASTER" && !i.set("priority") {
		i.Priority = owner
		warn("state", "state MASTER without a priority makes it the owner of the addresses, with priority 255, as keepalived 2.2.7 does")
	}
	if i.Priority == owner && !i.set("state") {
		i.State = "MASTER" // keepalived's owner is master at once unless it says state BACKUP
	}
	if i.NoPreempt {
		switch {
		case i.Priority == owner:
			warn("nopreempt", "nopreempt does not go with priority 255; keepalived ignores it too")
			i.NoPreempt = false
		case i.State == "MASTER":
			warn("nopreempt", "nopreempt has no effect with state MASTER, as in keepalived: write state BACKUP")
			i.NoPreempt = false
		}
	}
	if i.PreemptDelay == 0 {
		return
	}
	switch {
	case i.NoPreempt:
		warn("preempt_delay", "preempt_delay says nothing beside nopreempt; keepalived ignores it too")
		i.PreemptDelay = 0
	case i.State == "MASTER" || i.Priority == owner:
		warn("preempt_delay", "preempt_delay has no effect with state MASTER, as in keepalived: write state BACKUP")
		i.PreemptDelay = 0
	}
}

// owner is the priority of a node whose own addresses the virtual ones are.
const owner = 255

// router is what two instances of one node must not have in common: they would hear each other.
type router struct {
	device, group string
	vrid          int
	v6            bool
}

// sameRouter refuses instances that would hear each other. Unicast instances with different peers do not.
func (p *parser) sameRouter() {
	first := map[router]string{}
	for _, i := range p.instances {
		if i.VRID == 0 {
			continue
		}
		v6, _ := i.v6()
		keys := []router{{i.Interface, i.MulticastDestIP, i.VRID, v6}}
		if len(i.UnicastPeers) > 0 {
			keys = nil
			for _, peer := range i.UnicastPeers {
				keys = append(keys, router{i.Interface, "unicast " + peer.Address, i.VRID, v6})
			}
		}
		for _, k := range keys {
			other, taken := first[k]
			first[k] = i.Name
			if taken && other != i.Name {
				p.diags.Errorf(i.pos("virtual_router_id"), "vrrp_instance %s and %s both use virtual_router_id %d on interface %s",
					other, i.Name, i.VRID, i.Interface)
				break
			}
		}
	}
}
