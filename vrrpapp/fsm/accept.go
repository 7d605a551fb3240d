package fsm

import (
	"net/netip"
	"slices"
	"time"
)

// hear takes an advertisement. What is refused changes nothing but counters (RFC 5798 7.1).
func (m *Machine) hear(a *Advert) {
	m.refused = ""
	if !m.running {
		return
	}
	if m.refused = m.refusal(a); m.refused != "" {
		m.reject(m.refused, a.Source)
		return
	}
	at := a.Received
	if at.IsZero() || at.After(m.now) {
		at = m.now
	}
	m.counts.Received++
	m.compare(a)
	if a.Priority > 0 {
		m.heard = Heard{Source: a.Source, Priority: a.Priority, Interval: a.Interval, At: at}
	}
	switch m.state {
	case Backup:
		m.backupHears(a, at)
	case Probing:
		m.probeHears(a, at)
	case Leaving:
		m.leavingHears(a, at)
	case Master:
		m.masterHears(a, at)
	case Fault:
		m.safe = time.Time{} // there is another master
	}
}

// refusal says why a is not to be heeded, or "". keepalived's order of checks, and the addresses last.
func (m *Machine) refusal(a *Advert) Reason {
	if a.Source == m.source {
		return OwnAddress
	}
	if why := m.strange(a); why != "" {
		return why
	}
	if !m.known(func(v voice) bool { return v.version == a.Version }) {
		return VersionDiffers
	}
	if why := m.unauthentic(a); why != "" {
		return why
	}
	if m.known(func(v voice) bool { return common(a.Addrs, v.list) }) {
		m.befriend(a.Source)
	} else if !slices.Contains(m.peers, a.Source) && len(m.cfg.Peers) == 0 {
		return ForeignCluster
	}
	return ""
}

// strange checks unicast's sender.
func (m *Machine) strange(a *Advert) Reason {
	for _, p := range m.cfg.Peers {
		if p.Addr != a.Source {
			continue
		}
		if p.MaxTTL > 0 && a.TTL > p.MaxTTL || a.TTL < p.MinTTL {
			return PeerTTL
		}
		return ""
	}
	if len(m.cfg.Peers) > 0 && !m.cfg.AnySource {
		return UnknownPeer
	}
	return ""
}

// unauthentic compares with each key, as also a message without authentication is compared with none.
func (m *Machine) unauthentic(a *Advert) Reason {
	if a.Version == 3 {
		return "" // has no authentication (RFC 5798 9)
	}
	why := AuthType
	for _, key := range m.cfg.Keys {
		switch {
		case m.cfg.Version == 3:
			// its voices of version 2 follow
		case key.admits(a.Auth):
			return ""
		case key.Type == a.Auth.Type:
			why = AuthData
		}
	}
	if m.known(func(v voice) bool { return v.version == 2 && v.key.admits(a.Auth) }) {
		m.report(OldPassword, a.Source)
		return ""
	}
	return why
}

func (k Key) admits(other Key) bool { return k == other || k.Type == 0 && other.Type == 0 }

// common says whether the lists share an address. An empty one is nobody's: keepalived sends it when all addresses are
// excluded.
func common(a, b []netip.Addr) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	return false
}

// mostPeers bounds what strangers can make us remember.
const mostPeers = 32

func (m *Machine) befriend(source netip.Addr) {
	if !slices.Contains(m.peers, source) && len(m.peers) < mostPeers {
		m.peers = append(m.peers, source)
	}
}

// compare names what an accepted message says about its sender's configuration.
func (m *Machine) compare(a *Advert) {
	if !m.known(func(v voice) bool { return v.interval == a.Interval }) {
		m.report(IntervalDiffers, a.Source)
	}
	if !m.known(func(v voice) bool { return same(a.Addrs, v.list) }) {
		m.report(AddressesDiffer, a.Source)
	}
}

// same compares as sets; the order is rarely another one.
func same(a, b []netip.Addr) bool {
	if len(a) != len(b) {
		return false
	}
	if slices.Equal(a, b) {
		return true
	}
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

func (m *Machine) reject(why Reason, source netip.Addr) {
	m.rejected[why]++
	m.report(why, source)
}
