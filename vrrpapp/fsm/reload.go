package fsm

import (
	"net/netip"
	"slices"
	"time"
)

// reload puts c in force. The state stays, and so does everything the configuration does not touch.
func (m *Machine) reload(c Config) {
	if c.Validate() != nil {
		m.report(BadConfig, netip.Addr{})
		return
	}
	old, step := m.cfg, m.step()
	m.cfg = c.withDefaults()
	m.trackersFrom(m.cfg.Trackers, m.running)
	m.revoice()
	m.readdress()
	m.rollInterval(old, step)
	m.reweigh()
	if m.state == Master && old.Announce != m.cfg.Announce {
		m.schedule(tRefresh, m.cfg.Announce.RefreshRepeat, m.cfg.Announce.Refresh)
	}
	m.settle()
}

// readdress puts new addresses on the interface before it takes old ones away.
func (m *Machine) readdress() {
	had, want := m.all, joined(m.cfg)
	m.all = want
	if !m.state.Holds() {
		return
	}
	added := without(want, had)
	m.put(added)
	m.emitAnnounce(m.cfg.Announce.MasterRepeat, added)
	m.take(without(had, want))
}

func without(list, those []netip.Prefix) (rest []netip.Prefix) {
	for _, p := range list {
		if !slices.Contains(those, p) {
			rest = append(rest, p)
		}
	}
	return rest
}

// rollInterval tells the backups of a new interval at once, and again within the old one: who waits for the old one must
// not take over before a long new one has passed.
func (m *Machine) rollInterval(old Config, step time.Duration) {
	if m.state == Master || m.heard.At.IsZero() {
		m.unlearn()
	}
	if m.cfg.Interval == old.Interval || m.state != Master {
		return
	}
	m.briefly = min(step, m.cfg.Interval)
	m.brief = m.cfg.DownAdverts
	m.say()
	m.arm(tAdvert, m.now.Add(m.briefly))
}
