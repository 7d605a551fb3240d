package fsm

import "time"

// timer is something that becomes due.
type timer uint8

const (
	tDown     timer = iota // Master_Down_Timer (RFC 5798 6.2)
	tAdvert                // Adver_Timer (RFC 5798 6.2)
	tAnswer                // an advertisement out of turn
	tProbe                 // the end of Probing
	tLeave                 // the end of Leaving, after the successor's first word or without one
	tZero                  // the next repetition of priority 0
	tGarp                  // the next announcement
	tRefresh               // garp_master_refresh
	tCool                  // the end of the fault after addresses were taken away
	tRollover              // the end of the old password and address list
	timers
)

// Deadline is when a Tick is due; false: nothing is.
func (m *Machine) Deadline() (time.Time, bool) {
	t := m.earliest()
	if t == timers {
		return time.Time{}, false
	}
	return m.due[t], true
}

func (m *Machine) earliest() timer {
	first := timers
	for t, at := range m.due {
		if !at.IsZero() && (first == timers || at.Before(m.due[first])) {
			first = timer(t)
		}
	}
	return first
}

func (m *Machine) arm(t timer, at time.Time) { m.due[t] = at }

// quiet cancels what belongs to a state.
func (m *Machine) quiet() {
	m.successor = Advert{}
	for t := tDown; t < tCool; t++ {
		m.due[t] = time.Time{}
	}
}

// tick lets everything happen that is due. The bound keeps a broken clock from spinning.
func (m *Machine) tick() {
	for range 4 * timers {
		t := m.earliest()
		if t == timers || m.due[t].After(m.now) {
			return
		}
		at := m.due[t]
		m.due[t] = time.Time{}
		m.fire(t, at)
	}
}

func (m *Machine) fire(t timer, at time.Time) {
	late := m.now.Sub(at)
	switch t {
	case tDown, tAdvert, tProbe:
		m.noteLate(late)
	}
	switch t {
	case tDown:
		m.masterDown(late)
	case tAdvert:
		m.advertise(at)
	case tAnswer:
		m.answerDue()
	case tProbe:
		m.probed(late)
	case tLeave:
		m.finish()
	case tZero:
		m.repeat0(late)
	case tGarp:
		m.announceDue()
	case tRefresh:
		m.refresh()
	case tCool:
		m.setFault(faultRemoved, false)
		m.settle()
	case tRollover:
		m.rolledOver()
	}
}

func (m *Machine) noteLate(late time.Duration) {
	m.counts.WorstLate = max(m.counts.WorstLate, late)
	if late > 2*m.cfg.Interval {
		m.counts.Late++
		m.report(Late, m.source)
	}
}

// skew is Skew_Time: a part of a second in version 2 (RFC 3768 6.1), of the master's interval in version 3 (RFC 5798 6.1).
// The version is that of the master's words: it waits for a successor that counts like itself.
func (m *Machine) skew() time.Duration {
	unit := m.learnt
	if m.spoken == 2 {
		unit = time.Second
	}
	return time.Duration(256-int(m.priority)) * unit / 256
}

// downInterval is Master_Down_Interval, with down_timer_adverts for the 3 of RFC 3768 6.1 and RFC 5798 6.1. The master's
// own interval counts in version 2 too; RFC 3768 7.1 would refuse a message whose interval is not ours.
func (m *Machine) downInterval() time.Duration {
	return time.Duration(m.cfg.DownAdverts)*m.learnt + m.skew()
}

// longestSkew is that of a successor with priority 1, whichever of our voices it heeds.
func (m *Machine) longestSkew() (d time.Duration) {
	for _, v := range m.voices {
		if v.version == 2 {
			d = max(d, time.Second)
		} else {
			d = max(d, v.interval)
		}
	}
	return d
}
