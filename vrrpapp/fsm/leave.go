package fsm

import "time"

// slack is what a successor may need beyond its skew until its advertisement is here.
const slack = 200 * time.Millisecond

// repeats0 is how often priority 0 is said again. Said once and lost, it would cost the whole master down interval instead of
// the skew.
//
// RFC 5798 and 9568 6.4.3 (Shutdown) say it once; 6.4.2 has a backup set Master_Down_Timer to Skew_Time whenever it hears it.
// So a keepalived begins its skew again with each repetition (seen with 2.2.7), where a backup of ours does not: they must follow
// at once. Whatever loses all three, because it lasts longer, is met by part.
const repeats0 = 2

// gap0 is between these: all of them delay a keepalived by 4 ms, an eighth of the interval below 32 ms.
func (m *Machine) gap0() time.Duration { return min(2*time.Millisecond, m.cfg.Interval/16) }

// lateZero is how late a repetition may be.
const lateZero = 10 * time.Millisecond

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
	m.hush()
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

// repeat0 does not repeat late: a process that did not run meanwhile would disturb a successor in its skew.
func (m *Machine) repeat0(late time.Duration) {
	if late > lateZero {
		m.zeros = 0
		return
	}
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
		m.part()
		m.depart(Stopped)
	case m.Succeeded():
		m.concede(&successor, successor.Received, HandedOver)
	case m.holds != 0 || m.follows:
		m.part()
		m.depart(NoSuccessor)
	default:
		m.report(NoSuccessor, m.source)
		m.promote(NoSuccessor)
	}
}

// part says priority 0 once more when the addresses go and nobody was heard. If a backup is there, it has heard none of those
// before, and is without a master for a skew instead of what is left of the master down interval. Nobody can be in the middle of
// a skew by then: even that of priority 1 is over.
func (m *Machine) part() {
	if !m.Succeeded() && m.faults&faultLink == 0 {
		m.say0(1)
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
