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
	old := m.cfg
	m.cfg = c.withDefaults()
	m.trackersFrom(m.cfg.Trackers, m.running)
	m.rollKeys(old)
	m.rollAddresses(old)
	m.rollInterval(old)
	m.reweigh()
	if m.state == Master && old.Announce != m.cfg.Announce {
		m.schedule(tRefresh, m.cfg.Announce.RefreshRepeat, m.cfg.Announce.Refresh)
	}
	m.settle()
}

// rollKeys keeps the password that was sent until now: peers that have not been reloaded know no other.
func (m *Machine) rollKeys(old Config) {
	fresh := m.cfg.Keys
	if slices.Equal(fresh, old.Keys) {
		return
	}
	m.keys, m.ownKeys = fresh, len(fresh)
	if m.cfg.Rollover > 0 && m.cfg.Version == old.Version && m.cfg.Version == 2 && fresh[0] != old.Keys[0] {
		m.keys = append(slices.Clone(fresh), old.Keys[0])
		m.arm(tRollover, m.now.Add(m.cfg.Rollover))
	}
}

// rollAddresses puts new addresses on the interface before it takes old ones away. A keepalived before 2.3.3 drops messages
// with another list than its own, and would become master: the old list stays advertised until a peer says the new one.
func (m *Machine) rollAddresses(old Config) {
	fresh := addrs(m.cfg.Addresses)
	if !slices.Equal(fresh, m.mine) {
		if m.cfg.Rollover > 0 {
			m.arm(tRollover, m.now.Add(m.cfg.Rollover))
		} else {
			m.advertised = fresh
		}
		m.mine = fresh
	}
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
func (m *Machine) rollInterval(old Config) {
	if m.cfg.Interval == old.Interval {
		return
	}
	if m.state != Master {
		if m.heard.At.IsZero() {
			m.learnt = m.cfg.Interval
		}
		return
	}
	m.learnt = m.cfg.Interval
	m.briefly = min(old.Interval, m.cfg.Interval)
	m.brief = m.cfg.DownAdverts
	m.say()
	m.arm(tAdvert, m.now.Add(m.briefly))
}

func (m *Machine) rolledOver() {
	m.keys, m.ownKeys = m.cfg.Keys, len(m.cfg.Keys)
	m.advertised = m.mine
	m.due[tRollover] = time.Time{}
}
