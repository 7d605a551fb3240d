package fsm

import (
	"maps"
	"net/netip"
	"time"
)

// Heard is the last advertisement of another master.
type Heard struct {
	Source   netip.Addr    `json:"source,omitzero"`
	Priority uint8         `json:"priority,omitempty"`
	Interval time.Duration `json:"interval,omitempty"`
	At       time.Time     `json:"at,omitzero"`
}

// Counts only grow, apart from WorstLate.
type Counts struct {
	Sent        uint64        `json:"sent"`        // messages
	Received    uint64        `json:"received"`    // accepted messages
	Transitions uint64        `json:"transitions"` // changes of State
	Conflicts   uint64        `json:"conflicts"`   // advertisements of another master that were heard as master
	Announced   uint64        `json:"announced"`   // gratuitous ARP requests or neighbour advertisements
	Removed     uint64        `json:"removed"`     // times that addresses were taken away by others
	Late        uint64        `json:"late"`        // timers that came more than two intervals late
	WorstLate   time.Duration `json:"worst_late"`  // the latest of all
}

// Status is a machine as an operator sees it.
type Status struct {
	State    State      `json:"state"`
	Priority uint8      `json:"priority"` // the effective one
	Source   netip.Addr `json:"source,omitzero"`
	Master   Heard      `json:"master,omitzero"` // not of this node
	// Down is when the master is given up, zero in other states than Backup. LastSent is the last advertisement as master.
	Down     time.Time `json:"down,omitzero"`
	LastSent time.Time `json:"last_sent,omitzero"`
	// Interval is the master's, which the timers follow.
	Interval time.Duration `json:"interval,omitempty"`
	// Faults are the reasons for Fault.
	Faults []Reason `json:"faults,omitempty"`
	Holds  Holder   `json:"holds,omitzero"`
	// Yielded says that a HandOver still has its effect.
	Yielded bool `json:"yielded,omitempty"`
	// Rollover is until when an old password or address list is in use; zero: none is.
	Rollover time.Time `json:"rollover,omitzero"`
	Counts   Counts    `json:"counts,omitzero"`
	// Rejected counts the messages refused, by reason.
	Rejected map[Reason]uint64 `json:"rejected,omitempty"`
}

// Status is a copy.
func (m *Machine) Status() Status {
	s := Status{
		State: m.state, Priority: m.priority, Source: m.source, Master: m.heard, Down: m.due[tDown], LastSent: m.lastSent,
		Interval: m.learnt, Holds: m.holds, Yielded: m.yielded, Rollover: m.due[tRollover], Counts: m.counts,
		Rejected: maps.Clone(m.rejected),
	}
	for i, r := range faultReasons {
		if f := fault(1 << i); m.faults&f != 0 && (f != faultLink || m.faults&faultMissing == 0) {
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
