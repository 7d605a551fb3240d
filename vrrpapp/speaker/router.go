package speaker

import (
	"net/netip"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// router is a virtual router at work.
type router struct {
	cfg     Router
	spoken  fsm.Config // the machine's, with its defaults
	machine *fsm.Machine
	unit    *unit
	member  int // of the unit's group

	sock     *socket
	ear      *ear          // nil: none
	twin     *router       // the next one of its VRID on the socket
	told     fsm.Interface // what the machine knows of its interface
	hearing  bool          // it was told
	retry    *alarm
	checksum wire.Checksum

	macvlans map[macvlanKey]string
	wanted   map[netip.Prefix]Address // virtual_ipaddress and virtual_ipaddress_excluded
	held     map[netip.Prefix]holding
	routes   []netif.Route // that are in place
	rules    []netif.Rule
	routed   bool // they are, also when there are none
	started  bool
	keeping  bool // during Stop.Keep
	goesOn   bool // it ends here and begins there under the same name, as a change of VRID does: no script is to see a stop

	witnesses map[netip.Prefix]witness
	extra     *alarm // garp_extra_if
	echo      *alarm // see echoes
	echoed    int
	since     time.Time
	peers     peers
	history   []Report // the last one last
	errors    uint64   // of sending
}

// place is where an address is.
type place struct {
	index  int
	prefix netip.Prefix
}

// holding is an address that we have put on an interface, and its form.
type holding struct {
	place
	dev     string
	address Address
}

// interfaceTracker is the name of a tracked interface's tracker.
func interfaceTracker(name string) string { return "interface " + name }

// machineConfig is FSM with what belongs to the router's other fields.
func (c *Router) machineConfig() fsm.Config {
	m := c.FSM
	m.Addresses, m.Excluded = prefixes(c.Addresses), prefixes(c.Excluded)
	m.Trackers = append([]fsm.Tracker(nil), c.FSM.Trackers...)
	for _, t := range c.Interfaces {
		m.Trackers = append(m.Trackers, fsm.Tracker{Name: interfaceTracker(t.Name), Weight: t.Weight, Reverse: t.Reverse})
	}
	m.NoLinger = m.NoLinger || len(c.macvlans()) > 0
	if m.Version == 0 && c.IPv6 {
		m.Version = 3
	}
	return m
}

func prefixes(list []Address) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, a := range list {
		out[i] = a.Prefix
	}
	return out
}

// device is where addresses without dev go.
func (c *Router) device() string {
	if c.VMAC != nil {
		return c.vmac().name
	}
	return c.Interface
}

// voice is the interface that messages go over.
func (c *Router) voice() string {
	if c.VMAC != nil && !c.VMAC.OnBase {
		return c.vmac().name
	}
	return c.Interface
}

// dev is where an address goes.
func (r *router) dev(a Address) string {
	if v, ok := r.cfg.vmacOf(a); ok {
		return r.macvlans[v.macvlanKey]
	}
	if a.Dev == "" || a.Dev == r.cfg.Interface {
		return r.cfg.device()
	}
	return a.Dev
}

// configure takes a configuration, without telling the machine. macvlans are the names of all.
func (r *router) configure(c Router, macvlans map[macvlanKey]string) {
	r.cfg, r.checksum, r.macvlans = c, c.Checksum, macvlans
	r.wanted, r.witnesses = map[netip.Prefix]Address{}, map[netip.Prefix]witness{}
	for _, list := range [][]Address{c.Addresses, c.Excluded} {
		for _, a := range list {
			if _, repeated := r.wanted[a.Prefix]; !repeated {
				r.wanted[a.Prefix] = a
			}
		}
	}
}

// holds says that the virtual addresses are to be on their interfaces.
func (r *router) holds() bool { return r.machine.State().Holds() }

// tracks says whether it has a tracker of that name.
func (r *router) tracks(name string) bool {
	for _, t := range r.spoken.Trackers {
		if t.Name == name {
			return true
		}
	}
	return false
}
