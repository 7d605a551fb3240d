package fsm

import (
	"net/netip"
	"slices"
	"time"
)

// fault is a set of reasons not to take part.
type fault uint8

const (
	faultMissing fault = 1 << iota // beside faultLink
	faultLink
	faultAddress
	faultTracker
	faultRemoved
	faultGroup
)

var faultReasons = [...]Reason{NoInterface, LinkDown, NoAddress, TrackerDown, TakenAway, GroupFault}

// why names the first.
func (f fault) why() Reason {
	for i, r := range faultReasons {
		if f&(1<<i) != 0 {
			return r
		}
	}
	return Recovered
}

func (m *Machine) setFault(f fault, on bool) {
	if on {
		m.faults |= f
	} else {
		m.faults &^= f
	}
}

func (m *Machine) setInterface(e Interface) {
	m.setFault(faultMissing, e.Missing)
	m.setFault(faultLink, !e.Up || e.Missing)
	m.setFault(faultAddress, e.Up && !e.Missing && !e.Source.IsValid())
	if e.Source.IsValid() {
		m.source = e.Source
	}
	m.settle()
}

// settle makes the state fit the faults. Without a link nobody can be told and the addresses must go at once, or the host
// would still talk to itself by them; any other fault hands over.
func (m *Machine) settle() {
	cut := m.faults&faultLink != 0
	switch {
	case !m.running || m.faults == 0 && m.state != Fault:
	case m.faults == 0:
		m.recover()
	case m.state == Backup:
		m.fall()
	case m.state == Probing:
		m.depart(m.faults.why())
	case m.state == Master && cut:
		m.safe = m.masterUntil()
		m.take(m.all)
		m.fall()
	case m.state == Master:
		m.leave(m.faults.why())
	case m.state == Leaving && cut:
		m.finish()
	}
}

func (m *Machine) fall() {
	m.quiet()
	m.enter(Fault, m.faults.why())
}

// recover leaves Fault. A master whose link was away so shortly that no backup's timer can have run out goes on as master.
func (m *Machine) recover() {
	if m.now.Before(m.safe) && m.holds == 0 {
		m.promote(FlapOver)
		return
	}
	m.begin(Recovered)
}

// Somebody who takes our addresses away gets to see them again, until it is clear that this is a fight: then another node
// may be luckier.
const (
	fightSpan = 10 * time.Second
	fightCool = 30 * time.Second
)

func (m *Machine) removed(list []netip.Prefix) {
	ours := m.all
	list = slices.DeleteFunc(slices.Clone(list), func(p netip.Prefix) bool { return !slices.Contains(ours, p) })
	if !m.state.Holds() || len(list) == 0 {
		return
	}
	m.counts.Removed++
	m.put(list)
	m.emitAnnounce(m.cfg.Announce.MasterRepeat, list)
	copy(m.removals[:], m.removals[1:])
	m.removals[len(m.removals)-1] = m.now
	m.report(TakenAway, netip.Addr{})
	if first := m.removals[0]; !first.IsZero() && m.now.Sub(first) <= fightSpan && m.state == Master {
		m.removals = [len(m.removals)]time.Time{}
		m.setFault(faultRemoved, true)
		m.arm(tCool, m.now.Add(fightCool))
		m.settle()
	}
}

func (m *Machine) appeared(list []netip.Prefix, ours bool) {
	if m.state.Holds() || !m.running || len(list) == 0 {
		return
	}
	m.report(FoundAddresses, list[0].Addr())
	if ours {
		m.take(list)
	}
}
