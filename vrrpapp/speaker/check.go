package speaker

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// Check says what is wrong with a configuration, all of it.
func (c *Config) Check() error {
	var errs []error
	names, ids := map[string]bool{}, map[identity][]*Router{}
	for i := range c.Routers {
		r := &c.Routers[i]
		fail := func(err error) { errs = append(errs, fmt.Errorf("vrrp_instance %s: %w", r.Name, err)) }
		if names[r.Name] {
			fail(errors.New("the name is used twice"))
		}
		names[r.Name] = true
		for _, other := range ids[r.identity()] {
			switch peer := samePeer(r, other); {
			case peer.IsValid():
				fail(fmt.Errorf("virtual_router_id %d on %s is %s's, and both have the unicast_peer %v", r.VRID, r.Interface, other.Name, peer))
			case !twins(r, other):
				fail(fmt.Errorf("virtual_router_id %d on %s is %s's", r.VRID, r.Interface, other.Name))
			}
		}
		ids[r.identity()] = append(ids[r.identity()], r)
		for _, err := range r.check() {
			fail(err)
		}
	}
	_, unnamed := c.nameMacvlans(nil)
	errs = append(errs, unnamed...)
	errs = append(errs, c.checkGroups(names)...)
	errs = append(errs, c.checkRest()...)
	return errors.Join(errs...)
}

func (c *Config) checkGroups(names map[string]bool) (errs []error) {
	member, known := map[string]string{}, map[string]bool{}
	for _, g := range c.Groups {
		fail := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("vrrp_sync_group %s: "+format, append([]any{g.Name}, args...)...))
		}
		if known[g.Name] {
			fail("the name is used twice")
		}
		known[g.Name] = true
		if len(g.Routers) == 0 {
			fail("no members")
		}
		for _, name := range g.Routers {
			switch {
			case !names[name]:
				fail("there is no vrrp_instance %s", name)
			case member[name] != "":
				fail("%s is a member of %s", name, member[name])
			}
			member[name] = g.Name
		}
	}
	return errs
}

func (c *Config) checkRest() (errs []error) {
	fail := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	for i := range c.StaticAddresses {
		a := &c.StaticAddresses[i]
		if err := a.Check(); err != nil {
			errs = append(errs, fmt.Errorf("static_ipaddress: %w", err))
		}
		fail(a.Dev == "", "static_ipaddress %v: no dev", a.Prefix)
		fail(a.VMAC, "static_ipaddress %v: use_vmac is for virtual addresses", a.Prefix)
	}
	for i := range c.StaticRoutes {
		if err := c.StaticRoutes[i].Check(); err != nil {
			errs = append(errs, fmt.Errorf("static_routes: %w", err))
		}
	}
	for i := range c.StaticRules {
		if err := c.StaticRules[i].Check(); err != nil {
			errs = append(errs, fmt.Errorf("static_rules: %w", err))
		}
	}
	for name, d := range c.Delays {
		fail(d.Down < 0 || d.Up < 0, "interface_up_down_delays %s: negative", name)
	}
	for name, p := range c.Pace {
		fail(p.ARP < 0 || p.NA < 0, "garp_interval %s: negative", name)
	}
	fail(c.StartupDelay < 0, "vrrp_startup_delay: negative")
	return errs
}

// longestName is of an interface.
const longestName = 15

// check is about one router by itself.
func (c *Router) check() (errs []error) {
	fail := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	family := func(what string, a netip.Addr) {
		fail(a.IsValid() && (a.Is4In6() || a.Is6() != c.IPv6), "%s %v is of the wrong family", what, a)
	}
	fail(c.Name == "", "no name")
	fail(c.VRID == 0, "virtual_router_id 0: 1 to 255")
	fail(c.Interface == "" && !c.Unicast, "no interface")
	fail(c.Interface == "" && !c.Source.IsValid(), "no interface and no unicast_src_ip")
	fail(len(c.Interface) > longestName, "interface %s: more than %d bytes", c.Interface, longestName)
	fail(c.IPv6 && c.FSM.Version == 2, "IPv6 needs version 3")
	fail(!c.Unicast && len(c.FSM.Peers) > 0, "unicast_peer without unicast")
	fail(c.Checksum > wire.OldUnicast, "checksum %d is not known", c.Checksum)
	fail(c.MulticastGroup.IsValid() && !c.MulticastGroup.IsMulticast(), "%v is not a multicast address", c.MulticastGroup)
	fail(c.ExtraRefresh < 0, "garp_extra_if: negative")
	family("source", c.Source)
	family("multicast group", c.MulticastGroup)
	for _, t := range c.Interfaces {
		fail(t.Name == "" || len(t.Name) > longestName, "track_interface %q: a name has 1 to %d bytes", t.Name, longestName)
	}
	for _, p := range c.FSM.Peers {
		fail(!p.Addr.IsValid(), "unicast_peer without an address")
		family("unicast_peer", p.Addr)
		fail(p.Addr.IsValid() && p.Addr == c.Source, "unicast_peer %v is our own address", p.Addr)
	}
	for _, a := range c.Addresses {
		family("virtual_ipaddress", a.Addr())
	}
	if err := c.machineConfig().Validate(); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, c.checkAddresses()...)
	fail(c.VMAC != nil && c.Interface == "", "use_vmac without interface")
	fail(c.VMAC != nil && c.Unicast && !c.VMAC.OnBase, "use_vmac with unicast_peer needs vmac_xmit_base")
	return errs
}

func (c *Router) checkAddresses() (errs []error) {
	seen := map[netip.Prefix]bool{}
	for n, list := range [][]Address{c.Addresses, c.Excluded} {
		for i := range list {
			a := &list[i]
			if err := a.Check(); err != nil {
				errs = append(errs, err)
			}
			if seen[a.Prefix] && n > 0 { // keepalived advertises what virtual_ipaddress repeats, and peers count
				errs = append(errs, fmt.Errorf("address %v is named twice", a.Prefix))
			}
			seen[a.Prefix] = true
			if a.Dev == "" && c.Interface == "" {
				errs = append(errs, fmt.Errorf("address %v: no dev, and the instance has no interface", a.Prefix))
			}
			if len(a.Dev) > longestName {
				errs = append(errs, fmt.Errorf("address %v: dev %s: more than %d bytes", a.Prefix, a.Dev, longestName))
			}
		}
	}
	for i := range c.Routes {
		if err := c.Routes[i].Check(); err != nil {
			errs = append(errs, err)
		}
	}
	for i := range c.Rules {
		if err := c.Rules[i].Check(); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}
