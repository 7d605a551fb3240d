package fsm

import (
	"net/netip"
	"slices"
	"time"
)

// voice is what a peer's configuration must agree with: one way to say an advertisement. A keepalived drops messages with
// another version, password, list of addresses (before 2.3.3) or, in version 2, interval than its own, and becomes master
// beside us. After a reload the former voices are therefore raised too, for a while: each node hears the one
// that it expects, whether it was reloaded already or not.
type voice struct {
	version  uint8
	key      Key
	list     []netip.Addr
	interval time.Duration
}

// mostVoices bounds what many reloads in a row would make of it.
const mostVoices = 4

func (v voice) equal(w voice) bool {
	return v.version == w.version && v.key == w.key && v.interval == w.interval && same(v.list, w.list)
}

func voiceOf(c Config) voice { return voice{c.Version, c.Keys[0], addrs(c.Addresses), c.Interval} }

// family says whether both voices' addresses fit into one IP header's family.
func (v voice) family(w voice) bool {
	return len(v.list) == 0 || len(w.list) == 0 || v.list[0].Is4() == w.list[0].Is4()
}

// revoice puts the configuration's voice first, and keeps those before it.
func (m *Machine) revoice() {
	fresh := voiceOf(m.cfg)
	former := slices.Clone(m.voices)
	if m.cfg.Rollover < 0 {
		former = nil
	}
	for i := range former {
		if former[i].version == 3 && fresh.version == 3 {
			former[i].interval = fresh.interval // it is learnt: there is one
		}
	}
	former = slices.DeleteFunc(former, func(v voice) bool { return !v.family(fresh) })
	if len(former) > 0 && !former[0].equal(fresh) {
		m.arm(tRollover, m.now.Add(m.cfg.Rollover))
	}
	former = slices.DeleteFunc(former, fresh.equal)
	m.voices = append([]voice{fresh}, former[:min(len(former), mostVoices-1)]...)
}

func (m *Machine) rolledOver() { m.voices = m.voices[:1] }

// known looks for something in all voices.
func (m *Machine) known(is func(voice) bool) bool { return slices.ContainsFunc(m.voices, is) }

// send is one message for each voice, ours last: who learns the interval learns the new one.
func (m *Machine) send(priority uint8) {
	for _, v := range slices.Backward(m.voices) {
		m.counts.Sent++
		m.emit(Effect{Do: Advertise, Version: v.version, Priority: priority, Interval: v.interval, Auth: v.key, Addrs: v.list, Source: m.source})
	}
}

// step is the time to the next advertisement: the shortest that anybody who hears us may count on.
func (m *Machine) step() time.Duration {
	d := m.cfg.Interval
	for _, v := range m.voices {
		d = min(d, v.interval)
	}
	if m.brief > 0 {
		d = min(d, m.briefly)
	}
	return d
}
