package fsm

import "time"

// backup is RFC 5798 6.4.1: own interval, a full master down timer.
func (m *Machine) backup(why Reason) {
	m.quiet()
	m.forget()
	m.unlearn()
	m.arm(tDown, m.now.Add(m.downInterval()))
	m.enter(Backup, why)
}

// unlearn goes back to the configuration's timing.
func (m *Machine) unlearn() { m.learnt, m.spoken = m.cfg.Interval, m.cfg.Version }

// forget drops what was known of a master.
func (m *Machine) forget() {
	m.listened, m.orphaned, m.wants, m.follows = false, false, false, false
	m.spared, m.resigned, m.safe = time.Time{}, time.Time{}, time.Time{}
	m.brief, m.leading = 0, 0
}

// backupHears is RFC 5798 6.4.2.
func (m *Machine) backupHears(a *Advert, at time.Time) {
	switch {
	case a.Priority == 0 && at.Before(m.resigned) && a.Source == m.heard.Source:
		// said again, in case the first was lost: the takeover is not to wait for that
	case a.Priority == 0:
		m.heard.Source, m.led = a.Source, time.Time{}
		m.learnt, m.spoken = a.Interval, a.Version
		m.resigned = at.Add(m.skew())
		m.arm(tDown, m.resigned)
	case m.defers(a, at) && !m.hasty(a, at):
		m.obey(a, at)
	}
}

// worse says that a better master than the sender has spoken and is not due yet. Whatever the loser says in between, and in
// whichever order its messages come, that one is waited for.
func (m *Machine) worse(a *Advert, at time.Time) bool {
	return a.Source != m.leader && a.Priority < m.leading && at.Before(m.led)
}

// hasty says that following a would shorten the wait for a better master: while nodes have different intervals, the last word
// of a loser with a short one would make this node take over before the winner speaks again.
func (m *Machine) hasty(a *Advert, at time.Time) bool {
	return m.worse(a, at) && at.Add(time.Duration(m.cfg.DownAdverts+1)*a.Interval).Before(m.led)
}

// defers says whether the sender is left alone as master.
func (m *Machine) defers(a *Advert, at time.Time) bool {
	if a.Priority >= m.priority {
		m.spared = time.Time{}
		return true
	}
	if m.cfg.NoPreempt || m.yielded || m.holds != 0 {
		return true
	}
	if m.cfg.PreemptDelay == 0 {
		return false
	}
	if m.spared.IsZero() {
		m.spared = at.Add(m.cfg.PreemptDelay)
	}
	return at.Before(m.spared)
}

// obey waits for the sender to fall silent. The kernel's time of receipt counts, not ours.
func (m *Machine) obey(a *Advert, at time.Time) {
	m.listened, m.orphaned, m.wants = false, false, false
	m.resigned = time.Time{}
	m.learnt, m.spoken = a.Interval, a.Version
	due := at.Add(m.downInterval())
	if !m.worse(a, at) {
		m.leader, m.leading, m.led = a.Source, a.Priority, due
	}
	m.arm(tDown, due)
}

// masterDown is the master down timer. One that comes later than an interval means that this process did not run, or
// that the machine stood still and the adverts of that time are lost: it listens for an interval before it believes.
func (m *Machine) masterDown(late time.Duration) {
	switch {
	case late > m.learnt && !m.listened:
		m.listened = true
		m.arm(tDown, m.now.Add(m.learnt))
	case m.holds != 0:
		m.orphaned = true
		m.report(HeldWithoutMaster, m.heard.Source)
	case m.group != nil:
		m.wants = true
	case !m.resigned.IsZero():
		m.promote(PriorityZero)
	default:
		m.promote(MasterDown)
	}
}

// probe holds the addresses and listens.
func (m *Machine) probe(why Reason) {
	m.quiet()
	m.forget()
	m.unlearn()
	m.arm(tProbe, m.now.Add(m.cfg.Interval+m.cfg.Interval/8))
	m.enter(Probing, why)
}

// probed is the end of the silence. A late one is no proof, as with masterDown.
func (m *Machine) probed(late time.Duration) {
	if late > m.cfg.Interval && !m.listened {
		m.listened = true
		m.arm(tProbe, m.now.Add(m.cfg.Interval))
		return
	}
	if m.holds != 0 {
		m.arm(tProbe, m.now.Add(m.cfg.Interval)) // ByStart: nobody else is there, and we are not ready
		return
	}
	m.promote(NobodyElse)
}

func (m *Machine) probeHears(a *Advert, at time.Time) {
	if a.Priority == 0 {
		if end := at.Add(m.skew()); end.Before(m.due[tProbe]) {
			m.arm(tProbe, end)
		}
		return
	}
	m.take(m.all)
	m.backup(OtherMaster)
	m.backupHears(a, at)
}

func (m *Machine) hold(by Holder) {
	m.holds |= by
	switch {
	case m.state == Master:
		m.leave(Held)
	case m.state == Probing && by&ByOperator != 0:
		m.depart(Held)
	}
}

func (m *Machine) resume(by Holder) {
	m.holds &^= by
	if by&ByOperator != 0 {
		m.yielded = false
	}
	owner := m.priority == 255 && m.cfg.StartMaster
	if m.state == Backup && m.holds == 0 && (m.orphaned || owner) {
		m.arm(tDown, m.now)
	}
}
