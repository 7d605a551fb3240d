package fsm

import (
	"net/netip"
	"time"
)

// garpGap is the least time between two announcements that others cause.
const garpGap = 250 * time.Millisecond

// put and take change the interface.
func (m *Machine) put(list []netip.Prefix) {
	if len(list) > 0 {
		m.emit(Effect{Do: AddAddresses, Prefixes: list})
	}
}

func (m *Machine) take(list []netip.Prefix) {
	if len(list) > 0 {
		m.emit(Effect{Do: RemoveAddresses, Prefixes: list})
	}
}

// hush takes back what waits to be announced.
func (m *Machine) hush() {
	if len(m.all) > 0 {
		m.emit(Effect{Do: Hush, Prefixes: m.all})
	}
}

func (m *Machine) emitAnnounce(count int, list []netip.Prefix) {
	if count > 0 && len(list) > 0 && !m.Succeeded() {
		m.counts.Announced += uint64(count * len(list))
		m.emit(Effect{Do: Announce, Count: count, Prefixes: list})
	}
}

// announce is what follows a takeover: now, once more after garp_master_delay, and every garp_master_refresh.
func (m *Machine) announce() {
	a := &m.cfg.Announce
	m.garped = m.now
	m.emitAnnounce(a.MasterRepeat, m.all)
	m.schedule(tGarp, a.MasterRepeat, a.MasterDelay)
	m.garps, m.again = a.MasterRepeat, false
	m.schedule(tRefresh, a.RefreshRepeat, a.Refresh)
}

func (m *Machine) schedule(t timer, count int, after time.Duration) {
	if count > 0 && after > 0 {
		m.arm(t, m.now.Add(after))
	} else {
		m.due[t] = time.Time{}
	}
}

// announceAgain is what follows a conflict that was won: soon, and once more after garp_lower_prio_delay.
func (m *Machine) announceAgain() {
	a := &m.cfg.Announce
	soon := m.garped.Add(garpGap)
	switch {
	case a.LowerRepeat < 0 || m.again:
	case soon.After(m.now):
		m.garps, m.again = a.LowerRepeat, true
		m.arm(tGarp, soon)
	default:
		m.garps, m.again = a.LowerRepeat, true
		m.announceDue()
	}
}

func (m *Machine) announceDue() {
	m.garped = m.now
	m.emitAnnounce(m.garps, m.all)
	if m.again {
		m.again = false
		m.schedule(tGarp, m.garps, m.cfg.Announce.LowerDelay)
	}
}

func (m *Machine) refresh() {
	a := &m.cfg.Announce
	m.emitAnnounce(a.RefreshRepeat, m.all)
	m.schedule(tRefresh, a.RefreshRepeat, a.Refresh)
}
