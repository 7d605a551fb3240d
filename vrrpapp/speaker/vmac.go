package speaker

import (
	"fmt"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// macvlan is a virtual router's own interface: the one that its messages and addresses are on, or one for addresses of another
// interface or family.
type macvlan struct {
	macvlanKey
	name   string // "": one that is found for it
	ipv6   bool
	source bool // messages of IPv6 come from it
}

// macvlanKey is what makes routers share one.
type macvlanKey struct {
	base string
	mac  netif.MAC
}

// vmac is the router's own one.
func (c *Router) vmac() macvlan {
	v := macvlan{macvlanKey: macvlanKey{c.Interface, c.VMAC.MAC}, name: c.VMAC.Name, ipv6: c.IPv6, source: c.IPv6 && !c.VMAC.OnBase}
	if v.mac == (netif.MAC{}) {
		v.mac = netif.VirtualMAC(c.VRID, c.IPv6)
	}
	if v.name == "" && c.IPv6 {
		v.name = fmt.Sprintf("vrrp6.%d", c.VRID)
	} else if v.name == "" {
		v.name = fmt.Sprintf("vrrp.%d", c.VRID)
	}
	return v
}

// vmacOf is the one that an address goes to, beside the router's own.
func (c *Router) vmacOf(a Address) (v macvlan, ok bool) {
	base := a.Dev
	if base == "" {
		base = c.Interface
	}
	ipv6 := a.Addr().Is6()
	own := base == c.Interface && ipv6 == c.IPv6
	if !a.VMAC && (c.VMAC == nil || !c.VMAC.Addresses || own) || c.VMAC != nil && own {
		return v, false
	}
	return macvlan{macvlanKey: macvlanKey{base, netif.VirtualMAC(c.VRID, ipv6)}, ipv6: ipv6}, true
}

// macvlans are all of a router.
func (c *Router) macvlans() (list []macvlan) {
	if c.VMAC != nil {
		list = append(list, c.vmac())
	}
	for _, some := range [][]Address{c.Addresses, c.Excluded} {
		for _, a := range some {
			if v, ok := c.vmacOf(a); ok {
				list = append(list, v)
			}
		}
	}
	return list
}

// nameMacvlans gives each macvlan of a configuration a name: its own, the one that it had, or, as keepalived does, the first free of
// vrrp1.VRID, vrrp2.VRID, ...
func (c *Config) nameMacvlans(had map[macvlanKey]string) (names map[macvlanKey]string, errs []error) {
	names = map[macvlanKey]string{}
	owner := map[string]string{}
	for i := range c.Routers {
		r := &c.Routers[i]
		if r.VMAC == nil {
			continue
		}
		v := r.vmac()
		if other := owner[v.name]; other != "" {
			errs = append(errs, fmt.Errorf("vrrp_instance %s: use_vmac: %s is %s's", r.Name, v.name, other))
		}
		if other, shared := names[v.macvlanKey]; shared {
			errs = append(errs, fmt.Errorf("vrrp_instance %s: use_vmac: %v on %s is %s's", r.Name, v.mac, v.base, owner[other]))
		}
		if len(v.name) > longestName {
			errs = append(errs, fmt.Errorf("vrrp_instance %s: use_vmac %s: more than %d bytes", r.Name, v.name, longestName))
		}
		names[v.macvlanKey], owner[v.name] = v.name, r.Name
	}
	prefix := c.VMACAddressPrefix
	if prefix == "" {
		prefix = "vrrp"
	}
	for i := range c.Routers {
		r := &c.Routers[i]
		for _, v := range r.macvlans() {
			if names[v.macvlanKey] != "" {
				continue
			}
			name := had[v.macvlanKey]
			for n := 1; name == "" || owner[name] != ""; n++ {
				name = fmt.Sprintf("%s%d.%d", prefix, n, r.VRID)
			}
			if len(name) > longestName {
				errs = append(errs, fmt.Errorf("vmac_addr_prefix %s: the name %s has more than %d bytes", prefix, name, longestName))
			}
			names[v.macvlanKey], owner[name] = name, r.Name
		}
	}
	return names, errs
}

// makeVMACs makes the macvlans over a link. It is repeated when the link changes: an IPv6 one needs its source address.
func (l *Local) makeVMACs(base *link) {
	if !base.exists {
		return
	}
	for _, r := range l.routers {
		for _, m := range r.cfg.macvlans() {
			if m.base == base.name {
				l.makeVMAC(r, m, base)
			}
		}
	}
}

func (l *Local) makeVMAC(r *router, m macvlan, base *link) {
	v := netif.VMAC{Name: l.macvlans[m.macvlanKey], Base: base.now, MAC: m.mac, IPv6: m.ipv6}
	if m.source {
		v.Source = base.source6
	}
	was, have := l.vmacs[v.Name], l.link(v.Name)
	if have.exists && was.Base.Index == v.Base.Index && was.Source == v.Source && was.MAC == v.MAC {
		return
	}
	var made netif.Interface
	err := l.ns.Do(func() (err error) {
		made, err = l.host.AddVMAC(v)
		return err
	})
	if err != nil {
		l.complain(r, "use_vmac", err)
		return
	}
	l.vmacs[v.Name] = v
	have.dirty = true
	l.expect(have, made)
}

// foreseen is how long an interface of our own making is believed in before the watcher tells of it.
const foreseen = 100 * time.Millisecond

// expect makes a link what the watcher is about to tell of it: that saves the machine a fault, and nobody waits.
func (l *Local) expect(k *link, made netif.Interface) {
	if k.doubt == nil {
		k.doubt = l.newAlarm(func(time.Time) {
			k.made, k.dirty = netif.Interface{}, true
			l.followDirty()
		})
	}
	k.made, k.doubt.at = made, time.Now().Add(foreseen)
}

// believe corrects what the watcher knows of a link by what was made, until it knows as much.
func (k *link) believe() {
	switch {
	case k.made.Index == 0:
	case k.exists && k.now.Index == k.made.Index && k.now.Up && k.now.Carrier == k.made.Carrier:
		k.made, k.doubt.at = netif.Interface{}, time.Time{}
	default:
		k.now, k.exists = k.made, true
	}
}

// dropVMACs removes those that no router has any more.
func (l *Local) dropVMACs() {
	used := map[string]bool{}
	for _, list := range [][]*router{l.routers, l.leaving} {
		for _, r := range list {
			for _, m := range r.cfg.macvlans() {
				used[r.macvlans[m.macvlanKey]] = true
			}
		}
	}
	for name, v := range l.vmacs {
		if !used[name] {
			delete(l.vmacs, name)
			l.link(name).made = netif.Interface{}
			l.complain(nil, "use_vmac", l.ns.Do(func() error { return l.host.RemoveVMAC(v) }))
		}
	}
}
