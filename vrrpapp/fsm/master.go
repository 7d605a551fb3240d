package fsm

import "time"

// promote is RFC 5798 6.4.2: the advertisement first, so that another master lets go, then the addresses, then the
// announcement. That is keepalived's order too.
func (m *Machine) promote(why Reason) {
	m.quiet()
	m.forget()
	m.yielded = false
	m.unlearn()
	m.say()
	m.put(m.all)
	m.announce()
	m.arm(tAdvert, m.now.Add(m.step()))
	m.enter(Master, why)
}

// say sends an advertisement.
func (m *Machine) say() {
	m.send(m.priority)
	m.lastSent = m.now
	m.due[tAnswer] = time.Time{}
}

// advertise is the advertisement timer. Its schedule is absolute, so that delays do not add up, and begins anew when one
// was missed.
func (m *Machine) advertise(at time.Time) {
	if m.overdue() {
		if !m.insists() {
			m.probe(Late)
			return
		}
		m.announceAgain() // somebody may have taken over and announced
	}
	m.say()
	step := m.step()
	m.brief = max(0, m.brief-1)
	next := at.Add(step)
	if !next.After(m.now) {
		next = m.now.Add(step)
	}
	m.arm(tAdvert, next)
}

// overdue says that others may have taken over because we did not speak.
func (m *Machine) overdue() bool { return !m.now.Before(m.masterUntil()) }

// masterUntil is until when our last advertisement keeps every backup quiet: the skew is not counted.
func (m *Machine) masterUntil() time.Time {
	return m.lastSent.Add(time.Duration(m.cfg.DownAdverts) * m.step())
}

// insists says that a master that took over in our absence would be preempted at once anyway.
func (m *Machine) insists() bool {
	return !m.cfg.NoPreempt && !m.yielded && m.cfg.PreemptDelay == 0
}

// masterHears is RFC 5798 6.4.3.
func (m *Machine) masterHears(a *Advert, at time.Time) {
	if a.Priority == 0 {
		m.answer()
		return
	}
	m.counts.Conflicts++
	m.report(OtherMaster, a.Source)
	if a.Priority == m.priority {
		m.report(EqualPriority, a.Source)
	}
	switch {
	case m.overdue() && !m.insists():
		// it took over while we were away; a last word might win against it
		m.concede(a, at, OtherMaster)
	case m.beatenBy(a):
		if !m.cfg.NoLastWord {
			m.say()
		}
		m.concede(a, at, HigherPriority)
	default:
		m.assert(a)
	}
}

// beatenBy is the election: priority, then the primary address (RFC 5798 6.4.3). Two owners are no exception, as with
// keepalived; RFC 3768 7.1 would leave both masters.
func (m *Machine) beatenBy(a *Advert) bool {
	return a.Priority > m.priority || a.Priority == m.priority && a.Source.Compare(m.source) > 0
}

func (m *Machine) concede(a *Advert, at time.Time, why Reason) {
	m.take(m.all)
	m.quiet()
	m.obey(a, at)
	m.enter(Backup, why)
}

// assert answers a master that loses (RFC 9568 6.4.3), and repeats the announcement: its own may have been the last that
// the segment heard.
func (m *Machine) assert(a *Advert) {
	if !m.cfg.QuietOnLower && m.answer() {
		m.emit(Effect{Do: LowerPriority, Priority: a.Priority, Peer: a.Source, Why: OtherMaster})
	}
	m.announceAgain()
}

// answer sends an advertisement out of turn, a tenth of an interval after the last one at the earliest. It is false if an
// answer is under way already. The schedule stays: whoever makes us answer cannot keep us from advertising.
func (m *Machine) answer() bool {
	soon := m.lastSent.Add(m.cfg.Interval / 10)
	switch {
	case !soon.After(m.now):
		m.say()
	case m.due[tAnswer].IsZero():
		m.arm(tAnswer, soon)
	default:
		return false
	}
	return true
}

// answerDue is an answer that had to wait. After a time in which others may have taken over, the advertisement timer, which
// is due then too, looks first.
func (m *Machine) answerDue() {
	if !m.overdue() {
		m.say()
	}
}
