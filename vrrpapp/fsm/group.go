package fsm

import "time"

// Group is a vrrp_sync_group: machines that are master together, backup together, in fault together. Observed of
// keepalived 2.2.7: the first fault pulls all into fault, the last recovery lets all go to backup; a member whose master
// is down waits until the masters of all members are down, then all become masters at once. Where keepalived drops the
// other members' addresses, ours hand them over.
type Group struct {
	members []*Machine
	steps   []Step
}

// Step is an Effect of one member.
type Step struct {
	Member int
	Effect
}

// NewGroup binds machines. They are driven through the group from then on. Those that are not in Init, as after a reload
// with other members, keep their state: HandleAll(Regroup) follows.
func NewGroup(members ...*Machine) *Group {
	g := &Group{members: members}
	for _, m := range members {
		m.group = g
	}
	return g
}

// Alone takes a machine out of its group: it is driven by itself from then on. Regroup follows.
func (m *Machine) Alone() { m.group = nil }

// regroup ends what was the former group's matter. A member that waited for the others looks at its master again.
func (m *Machine) regroup() {
	if m.group == nil {
		m.setFault(faultGroup, false)
	}
	if m.wants {
		m.wants = false
		m.arm(tDown, m.now)
	}
	m.settle()
}

// Handle tells one member what happened, and all what follows from it. The steps hold until the next call.
func (g *Group) Handle(now time.Time, member int, e Event) []Step {
	g.steps = g.steps[:0]
	g.tell(now, member, e)
	return g.steps
}

// HandleAll tells each member the same before any of them follows another: Start, Stop, Hold, Resume, HandOver, and the
// Track of a tracker of the group.
func (g *Group) HandleAll(now time.Time, e Event) []Step {
	g.steps = g.steps[:0]
	before := make([]State, len(g.members))
	for i, m := range g.members {
		before[i] = m.state
		m.Handle(now, e)
		g.take(i)
	}
	for i, m := range g.members {
		g.sync(now, before[i], m)
	}
	return g.steps
}

// Deadline is when HandleDue is due.
func (g *Group) Deadline() (first time.Time, ok bool) {
	for _, m := range g.members {
		if at, due := m.Deadline(); due && (!ok || at.Before(first)) {
			first, ok = at, true
		}
	}
	return first, ok
}

// HandleDue gives a Tick to each member whose deadline has come.
func (g *Group) HandleDue(now time.Time) []Step {
	g.steps = g.steps[:0]
	for i, m := range g.members {
		if at, due := m.Deadline(); due && !at.After(now) {
			g.tell(now, i, Tick{})
		}
	}
	return g.steps
}

func (g *Group) tell(now time.Time, member int, e Event) {
	m := g.members[member]
	before := m.state
	m.Handle(now, e)
	g.take(member)
	g.sync(now, before, m)
}

func (g *Group) take(member int) {
	for _, e := range g.members[member].out {
		g.steps = append(g.steps, Step{member, e})
	}
}

// sync makes the others follow m.
func (g *Group) sync(now time.Time, before State, m *Machine) {
	g.syncFaults(now)
	switch {
	case (before == Master || before == Probing) && (m.state == Backup || m.state == Leaving) && m.faults == 0:
		g.each(now, func(o *Machine) { o.followDown(m.yielded) })
	case before != Master && m.state == Master:
		g.each(now, (*Machine).followUp)
	}
	for _, o := range g.members {
		if !o.wants && o.state != Master {
			return
		}
	}
	g.each(now, (*Machine).followUp)
}

// syncFaults spreads a member's own faults, and their end.
func (g *Group) syncFaults(now time.Time) {
	bad := false
	for _, o := range g.members {
		bad = bad || o.running && o.faults&^faultGroup != 0
	}
	g.each(now, func(o *Machine) {
		on := bad && o.faults&^faultGroup == 0
		if on != (o.faults&faultGroup != 0) {
			o.setFault(faultGroup, on)
			o.settle()
		}
	})
}

// each lets all members do something and takes what comes of it.
func (g *Group) each(now time.Time, do func(*Machine)) {
	for i, o := range g.members {
		o.out = o.out[:0]
		if now.After(o.now) {
			o.now = now
		}
		do(o)
		g.take(i)
	}
}

// followDown leaves because another member did.
func (m *Machine) followDown(yielded bool) {
	switch m.state {
	case Master:
		m.yielded = yielded
		m.leave(GroupBackup)
		m.follows = m.state == Leaving && !yielded
	case Probing:
		m.depart(GroupBackup)
	}
}

// followUp becomes master because all members are to.
func (m *Machine) followUp() {
	if m.running && m.faults == 0 && m.holds == 0 && !m.stopping && (m.state == Backup || m.state == Leaving || m.state == Probing) {
		m.promote(GroupMaster)
	}
}
