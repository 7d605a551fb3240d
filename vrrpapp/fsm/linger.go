package fsm

import "time"

// linger is the most that the addresses stay after the successor's first advertisement.
const linger = 40 * time.Millisecond

// lingering is how long they stay after a: keepalived advertises before it adds them. It needs some milliseconds for that, on a busy
// machine some tens, whatever the interval. Half an interval is not too long for two nodes to answer.
func (m *Machine) lingering(a *Advert) time.Duration {
	if m.cfg.NoLinger {
		return 0
	}
	return min(linger, m.cfg.Interval/2, a.Interval/2)
}

// leavingHears waits for the successor. What was under way when priority 0 went out is not its voice. When it speaks again,
// that changes nothing; a second master, or that the successor leaves too, is for a backup to hear.
func (m *Machine) leavingHears(a *Advert, at time.Time) {
	same := a.Source == m.successor.Source
	switch {
	case at.Before(m.left):
	case !m.Succeeded() && a.Priority > 0:
		m.follow(a, at)
	case !m.Succeeded(), a.Priority == 0 && !same:
	case a.Priority > 0 && same:
		m.remember(a, at)
	default:
		m.finish()
		if m.state == Backup {
			m.backupHears(a, at)
		}
	}
}

// Succeeded says that it is Leaving and has heard the successor, which has the addresses or will have them in a moment: who
// announces them now calls the clients back.
func (m *Machine) Succeeded() bool { return m.successor.Priority > 0 }

// follow hears the successor for the first time.
func (m *Machine) follow(a *Advert, at time.Time) {
	m.remember(a, at)
	m.due[tZero] = time.Time{}
	wait := m.lingering(a)
	if wait <= 0 {
		m.finish()
		return
	}
	m.arm(tLeave, at.Add(wait))
}

func (m *Machine) remember(a *Advert, at time.Time) {
	m.successor = *a
	m.successor.Addrs, m.successor.Received = nil, at
}
