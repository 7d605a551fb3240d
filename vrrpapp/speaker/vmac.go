package speaker

import (
	"errors"
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// name is the macvlan's.
func (v *VMAC) name(c *Router) string {
	switch {
	case v.Name != "":
		return v.Name
	case c.IPv6:
		return fmt.Sprintf("vrrp6.%d", c.VRID)
	}
	return fmt.Sprintf("vrrp.%d", c.VRID)
}

func (v *VMAC) check(c *Router) (errs []error) {
	if c.Interface == "" {
		errs = append(errs, errors.New("use_vmac: no interface"))
	}
	if name := v.name(c); len(name) > longestName {
		errs = append(errs, fmt.Errorf("use_vmac %s: more than %d bytes", name, longestName))
	}
	return errs
}

// spec is the macvlan as netif makes it.
func (c *Router) vmac(base *link) netif.VMAC {
	v := netif.VMAC{Name: c.VMAC.name(c), Base: base.now, MAC: c.VMAC.MAC, IPv6: c.IPv6}
	if v.MAC == (netif.MAC{}) {
		v.MAC = netif.VirtualMAC(c.VRID, c.IPv6)
	}
	if c.IPv6 && !c.VMAC.OnBase {
		v.Source = base.source6
	}
	return v
}

// makeVMACs makes the macvlans over a link. It is repeated when the link changes: an IPv6 one needs its source address.
func (l *Local) makeVMACs(base *link) {
	if !base.exists {
		return
	}
	for _, r := range l.routers {
		if r.cfg.VMAC == nil || r.cfg.Interface != base.name {
			continue
		}
		v := r.cfg.vmac(base)
		was := l.vmacs[v.Name]
		if have := l.link(v.Name); have.exists && was.Base.Index == v.Base.Index && was.Source == v.Source && was.MAC == v.MAC {
			continue
		}
		err := l.ns.Do(func() error {
			_, err := l.host.AddVMAC(v)
			return err
		})
		if err != nil {
			l.complain(r, "use_vmac", err)
			continue
		}
		l.vmacs[v.Name] = v
		l.link(v.Name).dirty = true
	}
}

// dropVMACs removes those that no router has any more.
func (l *Local) dropVMACs() {
	used := map[string]bool{}
	for _, list := range [][]*router{l.routers, l.leaving} {
		for _, r := range list {
			if r.cfg.VMAC != nil {
				used[r.cfg.VMAC.name(&r.cfg)] = true
			}
		}
	}
	for name, v := range l.vmacs {
		if !used[name] {
			delete(l.vmacs, name)
			l.complain(nil, "use_vmac", l.ns.Do(func() error { return l.host.RemoveVMAC(v) }))
		}
	}
}
