package guard

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// A router that is called otherwise is the same to its peers, and to the memory.
func TestRename(t *testing.T) {
	m := newMemory()
	m.applied(config("VI_1", "VI_2"))
	m.ordered("VI_1", speaker.Hold, nil)
	m.reported(&speaker.Report{Kind: speaker.Changed, Router: "VI_2", To: fsm.Master})
	m.applied(config("WEB", "MAIL", "NEW"))
	if d := cmp.Diff([]string{"MAIL"}, m.masters()); d != "" {
		t.Error("(-want +got)", d)
	}
	if d := cmp.Diff(map[string]speaker.Order{"WEB": speaker.Hold}, m.orders); d != "" {
		t.Error("(-want +got)", d)
	}
	m.applied(config("MAIL", "WEB"))
	if d := cmp.Diff([]string{"WEB"}, m.masters()); d != "" {
		t.Error("names were exchanged (-want +got)", d)
	}
	c := config("OTHER")
	c.Routers[0].VRID = 99
	m.applied(c)
	if len(m.masters()) != 0 || len(m.orders) != 0 {
		t.Error("what is no longer there is remembered:", m.states, m.orders)
	}
}

// Of two unicast routers with one VRID the peers tell which is which.
func TestRenameTwins(t *testing.T) {
	twins := func(a, b string) speaker.Config {
		c := speaker.Config{}
		for i, name := range []string{a, b} {
			peer := fsm.Peer{Addr: netip.AddrFrom4([4]byte{10, 0, 0, byte(2 + i)})}
			c.Routers = append(c.Routers, speaker.Router{Name: name, Interface: "eth0", VRID: 1, Unicast: true, FSM: fsm.Config{Peers: []fsm.Peer{peer}}})
		}
		return c
	}
	m := newMemory()
	m.applied(twins("A", "B"))
	m.reported(&speaker.Report{Kind: speaker.Changed, Router: "A", To: fsm.Master})
	m.applied(twins("B", "A"))
	if d := cmp.Diff([]string{"B"}, m.masters()); d != "" {
		t.Error("(-want +got)", d)
	}
}

// Orders are remembered as far as they still have an effect.
func TestOrders(t *testing.T) {
	for _, row := range []struct {
		name string
		told []speaker.Order
		want map[string]speaker.Order
	}{
		{"hold", []speaker.Order{speaker.Hold}, map[string]speaker.Order{"VI_1": speaker.Hold}},
		{"resume", []speaker.Order{speaker.Hold, speaker.Resume}, map[string]speaker.Order{}},
		{"hand over", []speaker.Order{"", speaker.HandOver}, map[string]speaker.Order{"VI_1": speaker.HandOver}},
		{"no master", []speaker.Order{speaker.HandOver}, map[string]speaker.Order{}},
		{"hold stays", []speaker.Order{speaker.Hold, speaker.HandOver}, map[string]speaker.Order{"VI_1": speaker.Hold}},
		{"master again", []speaker.Order{"", speaker.HandOver, ""}, map[string]speaker.Order{}},
	} {
		m := newMemory()
		m.applied(config("VI_1"))
		for _, o := range row.told {
			if o == "" {
				m.reported(&speaker.Report{Kind: speaker.Changed, Router: "VI_1", To: fsm.Master})
				continue
			}
			m.ordered("", o, m.states)
		}
		if d := cmp.Diff(row.want, m.orders); d != "" {
			t.Error(row.name, "(-want +got)", d)
		}
	}
}

// The delay after the start is not that of a guard.
func TestStartupDelay(t *testing.T) {
	m := newMemory()
	c := config("VI_1")
	c.StartupDelay = 10 * time.Second
	m.applied(c)
	m.first = m.first.Add(-4 * time.Second)
	left := func() time.Duration { l := m.replay(); return l[len(l)-1].Config.StartupDelay.Round(time.Second) }
	if got := left(); got != 6*time.Second {
		t.Error(got)
	}
	if m.first = m.first.Add(-time.Minute); left() != 0 {
		t.Error(left())
	}
}

// What a restarted guard begins with is no news if it was so before; and a change is told from what it was.
func TestReported(t *testing.T) {
	for _, row := range []struct {
		was, from, to, told fsm.State
		news                bool
	}{
		{fsm.Init, fsm.Init, fsm.Backup, fsm.Init, true},
		{fsm.Backup, fsm.Init, fsm.Backup, fsm.Backup, false},
		{fsm.Master, fsm.Init, fsm.Master, fsm.Master, false},
		{fsm.Master, fsm.Init, fsm.Backup, fsm.Master, true},
		{fsm.Backup, fsm.Backup, fsm.Master, fsm.Backup, true},
	} {
		for _, r := range []speaker.Report{{Router: "V"}, {Group: "G"}} {
			m := newMemory()
			m.states["V"], m.groups["G"] = row.was, row.was
			r.Kind, r.From, r.To = speaker.Changed, row.from, row.to
			if news := m.reported(&r); news != row.news || r.From != row.told {
				t.Errorf("%v: %v, from %v", row, news, r.From)
			}
		}
	}
}

// An order to one member of a sync group is obeyed by all: another member's Resume ends it.
func TestOrdersOfGroups(t *testing.T) {
	m := newMemory()
	m.applied(speaker.Config{
		Routers: []speaker.Router{{Name: "A", VRID: 1}, {Name: "B", VRID: 2}, {Name: "C", VRID: 3}},
		Groups:  []speaker.Group{{Name: "G", Routers: []string{"A", "B"}}},
	})
	m.ordered("A", speaker.Hold, nil)
	if len(m.orders) != 2 || m.orders["B"] != speaker.Hold {
		t.Errorf("after hold: %v", m.orders)
	}
	m.ordered("B", speaker.Resume, nil)
	if len(m.orders) != 0 {
		t.Errorf("after resume: %v", m.orders)
	}
}
