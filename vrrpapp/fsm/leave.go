package fsm

import "time"

// slack is what a successor may need beyond its skew until its advertisement is here.
const slack = 200 * time.Millisecond

// repeats0 is how often priority 0 is said again: one lost message would cost the whole master down interval. keepalived
// says it twice too, when it goes to fault.
const repeats0 = 2

// gap0 is between these: short against the skew that they start in a keepalived each time.
func (m *Machine) gap0() time.Duration { return min(20*time.Millisecond, m.cfg.Interval/8) }

// leave hands over: priority 0 goes out (RFC 5798 6.4.3), and the addresses stay until somebody else has them.
func (m *Machine) leave(why Reason) {
	m.quiet()
	if m.cfg.AbruptLeave {
		m.say0(2)
		m.depart(why)
		return
	}
	m.left = m.now
	m.say0(1)
	m.zeros = repeats0
	m.arm(tZero, m.now.Add(m.gap0()))
	m.arm(tLeave, m.now.Add(repeats0*m.gap0()+m.patience()+slack))
	m.enter(Leaving, why)
}

// patience is how long a successor may take: its skew. A group takes over when the last of its members is free, which may
// be one whose link is cut.
func (m *Machine) patience() time.Duration {
	if m.group == nil {
		return m.longestSkew()
	}
	return time.Duration(m.cfg.DownAdverts)*m.cfg.Interval + m.longestSkew()
}

// takeBack ends a Stop that is under way, as when a reload that dropped the instance fails and Caddy rolls back. The first
// advertisement after priority 0 keeps the successors waiting. Once one has spoken, or for another reason to leave, it goes on
// and ends as backup.
func (m *Machine) takeBack() {
	stopping := m.stopping
	m.stopping = false
	if stopping && m.state == Leaving && m.faults == 0 && m.holds == 0 && !m.yielded && !m.follows && !m.Succeeded() {
		m.promote(Resumed)
	}
}

func (m *Machine) say0(times int) {
	for range times {
		m.send(0)
	}
}

func (m *Machine) repeat0() {
	m.say0(1)
	if m.zeros--; m.zeros > 0 {
		m.arm(tZero, m.now.Add(m.gap0()))
	}
}

// finish ends Leaving, after the successor's advertisement or without one.
func (m *Machine) finish() {
	successor := m.successor
	if !m.Succeeded() {
		m.setFault(faultRemoved, false) // addresses that come and go are better than none
	}
	switch {
	case m.stopping || m.faults != 0:
		m.depart(Stopped)
	case m.Succeeded():
		m.concede(&successor, successor.Received, HandedOver)
	case m.holds != 0 || m.follows:
		m.depart(NoSuccessor)
	default:
		m.report(NoSuccessor, m.source)
		m.promote(NoSuccessor)
	}
}

// depart gives the addresses up and goes where the machine belongs now.
func (m *Machine) depart(why Reason) {
	m.take(m.all)
	switch {
	case m.stopping:
		m.end()
	case m.faults != 0:
		m.fall()
	default:
		m.backup(why)
	}
}

// handOver is the operator's. What it yields to is left alone, or the higher priority would take everything back.
func (m *Machine) handOver() {
	if m.state == Master {
		m.yielded = true
		m.leave(HandedOver)
	}
}
