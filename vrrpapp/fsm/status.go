package fsm

import (
	"maps"
	"net/netip"
	"time"
)

// Heard is the last advertisement of another master.
type Heard struct {
	Source   netip.Addr
	Priority uint8
	Interval time.Duration
	At       time.Time
}

// Counts only grow, apart from WorstLate.
type Counts struct {
	Sent        uint64        // messages
	Received    uint64        // accepted messages
	Transitions uint64        // changes of State
	Conflicts   uint64        // advertisements of another master that were heard as master
	Announced   uint64        // gratuitous ARP requests or neighbour advertisements
	Removed     uint64        // times that addresses were taken away by others
	Late        uint64        // timers that came more than two intervals late
	WorstLate   time.Duration // the latest of all
}

// Status is a machine as an operator sees it.
type Status struct {
	State    State
	Priority uint8 // the effective one
	Source   netip.Addr
	Master   Heard // not of this node
	// Down is when the master is given up, zero in other states than Backup. LastSent is the last advertisement as master.
	Down, LastSent time.Time
	// Interval is the master's, which the timers follow.
	Interval time.Duration
	// Faults are the reasons for Fault.
	Faults []Reason
	Holds  Holder
	// Yielded says that a HandOver still has its effect.
	Yielded bool
	// Rollover is until when an old password or address list is in use; zero: none is.
	Rollover time.Time
	Counts   Counts
	// Rejected counts the messages refused, by reason.
	Rejected map[Reason]uint64
}

// Status is a copy.
func (m *Machine) Status() Status {
	s := Status{
		State: m.state, Priority: m.priority, Source: m.source, Master: m.heard, Down: m.due[tDown], LastSent: m.lastSent,
		Interval: m.learnt, Holds: m.holds, Yielded: m.yielded, Rollover: m.due[tRollover], Counts: m.counts,
		Rejected: maps.Clone(m.rejected),
	}
	for i, r := range faultReasons {
		if m.faults&(1<<i) != 0 {
			s.Faults = append(s.Faults, r)
		}
	}
	return s
}

// State is where the machine stands.
func (m *Machine) State() State { return m.state }

// Refused is why the last Advert was refused; empty if it was not.
func (m *Machine) Refused() Reason { return m.refused }

// Config is what is in force, with its defaults.
func (m *Machine) Config() Config { return m.cfg }
