package speaker

import (
	"net/netip"
	"slices"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// Apply is Speaker's.
func (l *Local) Apply(c Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	var refused error
	err := l.do(func() { refused = l.apply(c) })
	if err != nil {
		return err
	}
	return refused
}

// change is what a new configuration means for the routers.
type change struct {
	next  []*router           // in the configuration's order
	kept  map[*router]bool    // of next: they were there before
	heirs map[*router]*router // of next: whose state they go on with
	gone  []*router
	names map[macvlanKey]string // of all macvlans
}

// apply puts a checked configuration in force.
func (l *Local) apply(c Config) error {
	names, _ := c.nameMacvlans(l.macvlans) // Check has asked already
	ch, err := l.match(c, names)
	if err != nil {
		return err
	}
	if err := l.raiseWall(c, ch); err != nil {
		return err
	}
	l.cfg, l.macvlans = c, names
	l.herald.pace(c.Pace)
	for i, r := range ch.next {
		if ch.kept[r] {
			r.configure(c.Routers[i], names)
		}
	}
	l.routers = ch.next
	l.leaving = append(slices.DeleteFunc(l.leaving, func(r *router) bool { return ch.kept[r] }), ch.gone...)
	regrouped := l.regroup(c)
	l.readLinks(c)
	for _, u := range regrouped {
		l.tellAll(u, fsm.Regroup{})
	}
	for _, r := range ch.next {
		if ch.kept[r] {
			l.reload(r)
		}
	}
	l.startNew(ch)
	for _, r := range ch.gone {
		l.tell(r, fsm.Stop{})
	}
	for _, r := range l.routers {
		l.setExtraRefresh(r)
	}
	l.setProbe(c.Probe)
	l.setStatics(statics{c.StaticAddresses, c.StaticRoutes, c.StaticRules})
	if !l.applied {
		l.applied = true
		if l.company.owed = !l.alone(); !l.company.owed {
			l.sweep()
		}
	}
	l.dropVMACs()
	return nil
}

// raiseWall is the only part of a configuration that the kernel may refuse before anything was changed. Until the end the walls of
// the former one stand too.
func (l *Local) raiseWall(c Config, ch change) error {
	coming := make([]*router, len(ch.next))
	for i := range c.Routers {
		coming[i] = &router{cfg: c.Routers[i], macvlans: ch.names}
	}
	return l.setFirewall(coming, l.leaving, ch.gone)
}

// match finds out what the new configuration has of the old one.
func (l *Local) match(c Config, names map[macvlanKey]string) (ch change, err error) {
	ch = change{names: names, kept: map[*router]bool{}, heirs: map[*router]*router{}}
	old := slices.Concat(l.routers, l.leaving)
	next, before := make([]*Router, len(c.Routers)), make([]*Router, len(old))
	for i := range next {
		next[i] = &c.Routers[i]
	}
	for i, r := range old {
		before[i] = &r.cfg
	}
	for i, was := range Formers(next, before) {
		if was >= 0 {
			ch.next = append(ch.next, old[was])
			ch.kept[old[was]] = true
			continue
		}
		r, err := newRouter(c.Routers[i], names)
		if err != nil {
			return ch, err
		}
		ch.next = append(ch.next, r)
	}
	for _, r := range l.routers {
		if !ch.kept[r] {
			ch.gone = append(ch.gone, r)
		}
	}
	for _, r := range ch.next {
		if !ch.kept[r] {
			ch.inherit(r)
		}
	}
	return ch, nil
}

// inherit looks for a master that r continues: it had an address of r's, under another VRID or in another way.
func (ch *change) inherit(r *router) {
	for i, o := range ch.gone {
		if o.machine.State() == fsm.Master && o.overlaps(r) {
			ch.heirs[r] = o
			ch.gone = slices.Delete(ch.gone, i, i+1)
			return
		}
	}
}

func (r *router) overlaps(o *router) bool {
	for p := range r.wanted {
		for q := range o.wanted {
			if p.Addr() == q.Addr() {
				return true
			}
		}
	}
	return false
}

func newRouter(c Router, names map[macvlanKey]string) (*router, error) {
	m, err := fsm.New(c.machineConfig())
	if err != nil {
		return nil, err
	}
	r := &router{machine: m, spoken: m.Config(), held: map[netip.Prefix]holding{}, since: time.Now()}
	r.configure(c, names)
	return r, nil
}

// readLinks looks at every interface that the configuration names, before anybody is told of them.
func (l *Local) readLinks(c Config) {
	l.virtuals = map[netip.Addr][]*router{}
	for _, r := range l.routers {
		l.link(r.cfg.Interface)
		l.link(r.cfg.voice())
		for _, m := range r.cfg.macvlans() {
			l.link(m.base)
		}
		for p, a := range r.wanted {
			l.virtuals[p.Addr()] = append(l.virtuals[p.Addr()], r)
			l.link(r.dev(a))
		}
		for _, t := range r.cfg.Interfaces {
			l.link(t.Name)
		}
	}
	for _, a := range c.StaticAddresses {
		l.link(a.Dev)
	}
	for _, k := range l.links {
		l.refresh(k)
	}
	for _, k := range l.links {
		l.makeVMACs(k)
	}
	for _, r := range l.routers {
		for _, t := range r.cfg.Interfaces {
			l.verdicts[interfaceTracker(t.Name)] = fsm.Track{Name: interfaceTracker(t.Name), Up: l.link(t.Name).up}
		}
	}
	for _, k := range l.links {
		if k.dirty {
			l.refresh(k)
		}
		if k.fresh {
			k.fresh, k.anew = false, false // nothing of ours can be missing
		}
		for _, r := range l.routers {
			l.promoteSecondaries(r, k) // it may be new in the configuration of an interface that is not
		}
	}
}

// reload tells a machine its new configuration. What only concerns the host is done beside it.
func (l *Local) reload(r *router) {
	l.tell(r, fsm.Reload{Config: r.cfg.machineConfig()})
	was := r.spoken
	if r.spoken = r.machine.Config(); !alike(was, r.spoken) {
		r.peers.review()
	}
	l.tellVerdicts(r)
	if !r.started {
		return
	}
	l.connect(r)
	l.tell(r, fsm.Start{}) // it may have been about to stop
	if !r.holds() {
		return
	}
	for _, p := range r.spokenPrefixes() {
		h, ok := r.held[p]
		if a := r.wanted[p]; ok && (h.address != a || h.dev != r.dev(a)) {
			l.addAddress(r, a)
			if h.dev != r.dev(a) {
				l.announce(r, max(0, r.spoken.Announce.MasterRepeat), []netip.Prefix{p})
			}
		}
	}
	l.putRoutes(r)
}

func (l *Local) tellVerdicts(r *router) {
	for _, t := range r.spoken.Trackers {
		if v, known := l.verdicts[t.Name]; known {
			l.tell(r, v)
		}
	}
}

// regroup makes the units of a configuration, and returns those that are others than before.
func (l *Local) regroup(c Config) (changed []*unit) {
	byName := map[string]*router{}
	for _, r := range l.routers {
		byName[r.cfg.Name] = r
	}
	roles := map[string]fsm.State{} // as they were reported last
	for _, u := range l.units {
		if u.group != nil {
			roles[u.name] = u.role
		}
	}
	l.units = nil
	grouped := map[*router]bool{}
	for _, g := range c.Groups {
		members := make([]*router, len(g.Routers))
		for i, name := range g.Routers {
			members[i] = byName[name]
			grouped[members[i]] = true
		}
		u := members[0].unit
		if u == nil || u.group == nil || !slices.Equal(u.members, members) {
			u = &unit{members: members, group: fsm.NewGroup(machines(members)...)}
			changed = append(changed, u)
		}
		u.name = g.Name
		l.units = append(l.units, u)
	}
	for _, r := range slices.Concat(l.routers, l.leaving) {
		switch {
		case grouped[r]:
			continue
		case r.unit == nil:
			r.unit = &unit{members: []*router{r}}
		case r.unit.group != nil:
			r.machine.Alone()
			r.unit = &unit{members: []*router{r}}
			changed = append(changed, r.unit)
		}
		r.member = 0
		l.units = append(l.units, r.unit)
	}
	for _, u := range l.units {
		for i, r := range u.members {
			r.unit, r.member = u, i
		}
	}
	for _, u := range changed {
		if role, known := roles[u.name]; known && u.group != nil {
			u.role = role
		} else {
			u.role, _ = u.together()
		}
	}
	return changed
}

func machines(list []*router) []*fsm.Machine {
	all := make([]*fsm.Machine, len(list))
	for i, r := range list {
		all[i] = r.machine
	}
	return all
}
