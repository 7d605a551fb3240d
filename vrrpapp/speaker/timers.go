package speaker

import "time"

// alarm is something that the loop does later, beside the machines' own timers.
type alarm struct {
	at time.Time // zero: not set
	do func(now time.Time)
}

// newAlarm makes an alarm that is not set.
func (l *Local) newAlarm(do func(now time.Time)) *alarm {
	a := &alarm{do: do}
	l.alarms = append(l.alarms, a)
	return a
}

// endAlarm forgets an alarm; nil is none.
func (l *Local) endAlarm(a *alarm) {
	for i, b := range l.alarms {
		if a == b {
			l.alarms = append(l.alarms[:i], l.alarms[i+1:]...)
			return
		}
	}
}

// nearest is when something is due. A scan of remembered deadlines: for all 255 virtual routers of an interface it costs less than
// the system call that follows.
func (l *Local) nearest() (first time.Time) {
	crowd := len(l.units) >= 16
	for _, u := range l.units {
		if u.due.IsZero() {
			continue
		}
		at := u.due
		if crowd {
			at = at.Add(u.slack)
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	for _, a := range l.alarms {
		if !a.at.IsZero() && (first.IsZero() || a.at.Before(first)) {
			first = a.at
		}
	}
	return first
}

// arm sets the timer of the loop.
func (l *Local) arm() {
	if at := l.nearest(); at.IsZero() {
		l.timer.Stop()
	} else {
		l.timer.Reset(time.Until(at))
	}
}

// turn takes everything in that has come, and then does what is due: in that order, because a late process must not believe
// a timeout whose packet lies in the queue.
func (l *Local) turn() {
	l.turns++
	l.takeCompany()
	l.takeNews()
	l.takePackets()
	now := time.Now()
	if l.drainDue(now) {
		l.takePackets()
		l.tick(now)
	}
	l.ring(now)
	l.flushFilters()
	l.bury()
	l.setEars()
}

// drainDue empties the sockets of those whose deadline has come, and says whether there are any.
func (l *Local) drainDue(now time.Time) (any bool) {
	for _, u := range l.units {
		if u.due.IsZero() || u.due.After(now) {
			continue
		}
		any = true
		for _, r := range u.members {
			if s := r.sock; s != nil && s.drained != l.turns {
				s.drained = l.turns
				s.io.Drain(s.drain)
			}
		}
	}
	return any
}

// tick tells the machines whose sockets have been drained at now.
func (l *Local) tick(now time.Time) {
	for _, u := range l.units {
		if !u.due.IsZero() && !u.due.After(now) {
			l.tickUnit(u)
		}
	}
}

func (l *Local) ring(now time.Time) {
	for i := 0; i < len(l.alarms); i++ {
		if a := l.alarms[i]; !a.at.IsZero() && !a.at.After(now) {
			a.at = time.Time{}
			a.do(now)
		}
	}
}
