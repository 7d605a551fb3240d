package vrrpapp

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// compiler turns an App into what a speaker is told. It goes on after a mistake, so that all are named at once.
type compiler struct {
	app      *App
	defaults map[string]trackerDefaults
	out      speaker.Config
	groups   map[string]*SyncGroup // by member
	errs     []error
	warnings []string
}

// trackerDefaults are what a tracker says of its own uses.
type trackerDefaults struct {
	weight   int
	reverse  bool
	scaled   bool
	initFail bool
	disabled error // it has nothing to watch
}

// compile checks the whole configuration. Warnings are what is legal and will not do what it seems to.
func (a *App) compile(defaults map[string]trackerDefaults) (speaker.Config, []string, error) {
	c := &compiler{app: a, defaults: defaults, groups: map[string]*SyncGroup{}}
	if slices.Contains(a.Instances, nil) || slices.Contains(a.SyncGroups, nil) {
		return c.out, nil, errors.New("null is neither an instance nor a sync group")
	}
	c.syncGroups()
	c.global()
	for _, i := range a.Instances {
		c.instance(i)
	}
	c.duplicates()
	c.unheard()
	c.slowDelays()
	if len(c.errs) == 0 {
		c.errs = append(c.errs, c.out.Check()) // what Start would refuse, `caddy validate` refuses too
	}
	return c.out, c.warnings, errors.Join(c.errs...)
}

func (c *compiler) failf(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

func (c *compiler) warnf(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

func (c *compiler) global() {
	g := &c.app.Global
	for word, f := range map[string]*FIFO{"notify_fifo": g.NotifyFIFO, "vrrp_notify_fifo": g.VRRPNotifyFIFO} {
		if f != nil && f.Path == "" {
			c.failf("%s: no path", word)
		}
	}
	if v := g.Version; v != 0 && v != 2 && v != 3 {
		c.failf("vrrp_version %d: 2 or 3", v)
	}
	c.out.StartupDelay = time.Duration(g.StartupDelay)
	c.out.LogUnknown = g.LogUnknownVRIDs
	c.out.VMACAddressPrefix = g.VMACAddrPrefix
	c.out.Probe = time.Duration(g.Probe)
	c.out.VMACAddressPrefix = orElse(c.out.VMACAddressPrefix, g.VMACPrefix) // keepalived.conf(5): "default vmac_prefix value"
	c.guard()
	c.out.Delays = map[string]speaker.Delay{}
	for name, d := range g.InterfaceDelays {
		c.within("interface_up_down_delays "+name, time.Duration(d.Down), 255*time.Second)
		c.within("interface_up_down_delays "+name, time.Duration(d.Up), 255*time.Second)
		c.out.Delays[name] = speaker.Delay{Down: time.Duration(d.Down), Up: time.Duration(d.Up)}
	}
	c.paces(g)
	where := "static_ipaddress"
	for i := range g.StaticAddresses {
		if a, ok := c.address(where, i, &g.StaticAddresses[i]); ok {
			if a.Dev == "" {
				a.Dev = orElse(g.DefaultInterface, "eth0")
			}
			c.out.StaticAddresses = append(c.out.StaticAddresses, a)
		}
	}
	c.out.StaticRoutes = c.routes("static_routes", g.StaticRoutes)
	c.out.StaticRules = c.rules("static_rules", g.StaticRules)
}

func (c *compiler) within(what string, d, most time.Duration) {
	if d < 0 || d > most {
		c.failf("%s: %v is not between 0 and %v", what, d, most)
	}
}

// longestPause is keepalived's: microseconds in 32 bits.
const longestPause = 4294967295 * time.Microsecond

func (c *compiler) paces(g *Global) {
	c.out.Pace = map[string]speaker.Pace{}
	c.within("vrrp_garp_interval", time.Duration(g.GARPInterval), longestPause)
	c.within("vrrp_gna_interval", time.Duration(g.GNAInterval), longestPause)
	if g.GARPInterval != 0 || g.GNAInterval != 0 {
		c.out.Pace[""] = speaker.Pace{ARP: time.Duration(g.GARPInterval), NA: time.Duration(g.GNAInterval)}
	}
	for n, group := range g.GARPGroups {
		c.within("garp_interval", time.Duration(group.GARPInterval), longestPause)
		c.within("gna_interval", time.Duration(group.GNAInterval), longestPause)
		for _, name := range group.Interfaces {
			if _, twice := c.out.Pace[name]; twice {
				c.failf("garp_group: interface %s is in two groups", name)
			}
			c.out.Pace[name] = speaker.Pace{
				ARP: time.Duration(group.GARPInterval), NA: time.Duration(group.GNAInterval), Lane: fmt.Sprint("garp_group ", n+1),
			}
		}
	}
}

// syncGroups checks the groups and remembers who is in which.
func (c *compiler) syncGroups() {
	names := map[string]bool{}
	for _, i := range c.app.Instances {
		if i.Name == "" {
			c.failf("an instance has no name")
		}
		if names[i.Name] {
			c.failf("instance %s: the name is taken", i.Name)
		}
		names[i.Name] = true
	}
	groups := map[string]bool{}
	for _, g := range c.app.SyncGroups {
		if g.Name == "" || groups[g.Name] {
			c.failf("sync group %q: a group needs a name of its own", g.Name)
		}
		groups[g.Name] = true
		out := speaker.Group{Name: g.Name}
		for _, name := range g.Group {
			switch {
			case !names[name]:
				c.failf("sync group %s: there is no instance %s", g.Name, name)
			case c.groups[name] != nil:
				c.failf("sync group %s: instance %s is in group %s already", g.Name, name, c.groups[name].Name)
			default:
				c.groups[name] = g
				out.Routers = append(out.Routers, name)
			}
		}
		if len(out.Routers) == 1 {
			c.warnf("sync group %s: a group of one instance does nothing", g.Name)
		}
		if len(out.Routers) > 0 {
			c.out.Groups = append(c.out.Groups, out)
		}
	}
}

// seen is what peers see of a router: two that look the same would answer each other's messages.
type seen struct {
	on      string
	ipv6    bool
	vrid    uint8
	unicast bool
	source  netip.Addr
	group   netip.Addr
}

func (c *compiler) duplicates() {
	taken := map[seen]string{}
	for _, r := range c.out.Routers {
		k := seen{on: r.Interface, ipv6: r.IPv6, vrid: r.VRID, unicast: r.Unicast, group: r.MulticastGroup}
		if r.Unicast {
			k.source = r.Source
		}
		if other, ok := taken[k]; ok && !apart(c.router(other), &r) {
			c.failf("instance %s: virtual_router_id %d is taken by %s on the same interface", r.Name, r.VRID, other)
		}
		taken[k] = r.Name
	}
}

func (c *compiler) router(name string) *speaker.Router {
	i := slices.IndexFunc(c.out.Routers, func(r speaker.Router) bool { return r.Name == name })
	return &c.out.Routers[i]
}

// apart says that two unicast routers have no peer in common: then they may have one VRID (keepalived.conf(5)).
func apart(a, b *speaker.Router) bool {
	if !a.Unicast || !b.Unicast {
		return false
	}
	for _, p := range a.FSM.Peers {
		if slices.ContainsFunc(b.FSM.Peers, func(q fsm.Peer) bool { return p.Addr == q.Addr }) {
			return false
		}
	}
	return true
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
