package fsm

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// duo is a group of two members that run, with the second's addresses 10.0.0.200.
func duo(t *testing.T, c Config) *Group {
	t.Helper()
	a, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := New(second(c))
	g := NewGroup(a, b)
	g.HandleAll(epoch, up)
	g.HandleAll(epoch, Start{})
	return g
}

func second(c Config) Config {
	c.Addresses = []netip.Prefix{netip.MustParsePrefix("10.0.0.200/32")}
	return c
}

func changes(steps []Step) string {
	var all []string
	for _, s := range steps {
		if s.Do == Transition || s.Do == Advertise && s.Effect.Priority == 0 {
			all = append(all, string(rune('a'+s.Member))+" "+s.String())
		}
	}
	return strings.Join(all, "; ")
}

func expect(t *testing.T, steps []Step, want string) {
	t.Helper()
	if got := changes(steps); got != want {
		t.Fatalf("(-want +got)\n-%s\n+%s", want, got)
	}
}

func ruled(t *testing.T, c Config) *Group {
	t.Helper()
	g := duo(t, c)
	expect(t, g.HandleDue(epoch.Add(down2)), "a BACKUP->MASTER sync_group_master; b BACKUP->MASTER sync_group_master")
	return g
}

func TestGroup(t *testing.T) {
	c := plain()
	at := epoch.Add(down2)
	t.Run("a member whose master lives holds the others back", func(t *testing.T) {
		g := duo(t, c)
		expect(t, g.Handle(epoch.Add(sec), 1, says(second(c), 200, higher)), "")
		expect(t, g.HandleDue(at), "")
		if next, _ := g.Deadline(); next != epoch.Add(sec+down2) {
			t.Error(next.Sub(epoch))
		}
		expect(t, g.HandleDue(epoch.Add(sec+down2)), "a BACKUP->MASTER sync_group_master; b BACKUP->MASTER sync_group_master")
	})
	t.Run("and a member whose master is back too", func(t *testing.T) {
		g := duo(t, c)
		g.Handle(epoch.Add(sec), 1, says(second(c), 200, higher))
		expect(t, g.HandleDue(at), "")
		g.Handle(at.Add(100*ms), 0, says(c, 200, higher))
		expect(t, g.HandleDue(epoch.Add(sec+down2)), "")
	})
	t.Run("a higher priority on one segment hands the other over", func(t *testing.T) {
		g := ruled(t, c)
		expect(t, g.Handle(at.Add(500*ms), 0, says(c, 200, higher)), "a MASTER->BACKUP higher_priority; b advertise 0; b MASTER->LEAVING sync_group_backup")
		expect(t, g.Handle(at.Add(800*ms), 1, says(second(c), 50, higher)), "")
		expect(t, g.HandleDue(at.Add(800*ms+linger)), "b LEAVING->BACKUP handover")
	})
	t.Run("and it does not come back without a successor", func(t *testing.T) {
		g := ruled(t, c)
		g.Handle(at.Add(500*ms), 0, says(c, 200, higher))
		expect(t, g.HandleDue(at.Add(5*sec)), "b advertise 0; b LEAVING->BACKUP no_successor")
	})
	t.Run("a fault of one is a fault of all, and so is the recovery", func(t *testing.T) {
		g := ruled(t, c)
		expect(t, g.Handle(at.Add(500*ms), 0, Interface{}), "a MASTER->FAULT link_down; b advertise 0; b MASTER->LEAVING sync_group_fault")
		expect(t, g.Handle(at.Add(1500*ms), 1, says(second(c), 50, higher)), "")
		expect(t, g.HandleDue(at.Add(1500*ms+linger)), "b LEAVING->FAULT sync_group_fault")
		expect(t, g.Handle(at.Add(9*sec), 0, up), "a FAULT->BACKUP recovered; b FAULT->BACKUP recovered")
	})
	t.Run("the other member's addresses wait as long as the cut one's master down interval", func(t *testing.T) {
		g := ruled(t, c)
		g.Handle(at.Add(500*ms), 0, Interface{})
		g.HandleDue(at.Add(502 * ms))
		g.HandleDue(at.Add(504 * ms))
		expect(t, g.HandleDue(at.Add(504*ms+4*sec)), "")
		expect(t, g.HandleDue(at.Add(504*ms+4200*ms)), "b advertise 0; b LEAVING->FAULT sync_group_fault")
	})
	t.Run("a flap costs the others nothing", func(t *testing.T) {
		g := ruled(t, c)
		g.Handle(at.Add(500*ms), 0, Interface{})
		expect(t, g.Handle(at.Add(900*ms), 0, up), "a FAULT->MASTER flap_over; b LEAVING->MASTER sync_group_master")
		for i := range 10 {
			expect(t, g.HandleDue(at.Add(sec+time.Duration(i)*500*ms)), "")
		}
	})
	t.Run("a tracker of the group", func(t *testing.T) {
		g := duo(t, with(c, func(c *Config) { c.Trackers = []Tracker{{Name: "chk", InitFail: true}} }))
		for _, m := range g.members {
			if m.State() != Fault {
				t.Error(m.State())
			}
		}
		expect(t, g.HandleAll(epoch.Add(sec), Track{Name: "chk", Up: true}), "a FAULT->BACKUP recovered; b FAULT->BACKUP recovered")
	})
	t.Run("an order to all", func(t *testing.T) {
		g := ruled(t, c)
		expect(t, g.HandleAll(at.Add(500*ms), HandOver{}), "a advertise 0; a MASTER->LEAVING handover; b advertise 0; b MASTER->LEAVING handover")
		expect(t, g.Handle(at.Add(sec), 0, says(c, 50, lower)), "")
		expect(t, g.Handle(at.Add(sec), 1, says(second(c), 50, lower)), "")
		expect(t, g.HandleDue(at.Add(sec+linger)), "a LEAVING->BACKUP handover; b LEAVING->BACKUP handover")
		g.Handle(at.Add(2*sec), 0, says(c, 50, lower))
		if m := g.members[1]; !m.yielded {
			t.Error("the other member does not leave the successor alone")
		}
	})
	t.Run("an order to one is one to all", func(t *testing.T) {
		g := ruled(t, c)
		expect(t, g.Handle(at.Add(500*ms), 0, HandOver{}), "a advertise 0; a MASTER->LEAVING handover; b advertise 0; b MASTER->LEAVING sync_group_backup")
		if m := g.members[1]; !m.yielded {
			t.Error("the other member does not leave the successor alone")
		}
		expect(t, g.HandleDue(at.Add(9*sec)), "a LEAVING->MASTER no_successor; b LEAVING->MASTER sync_group_master")
	})
	t.Run("probing together", func(t *testing.T) {
		a, _ := New(c)
		b, _ := New(second(c))
		g := NewGroup(a, b)
		g.HandleAll(epoch, up)
		g.Handle(epoch, 0, Start{Found: c.Addresses})
		g.Handle(epoch, 1, Start{Found: second(c).Addresses})
		expect(t, g.Handle(epoch.Add(100*ms), 0, says(c, 200, higher)), "a PROBING->BACKUP other_master; b PROBING->BACKUP sync_group_backup")
		g = NewGroup(told(t, c, nil), told(t, second(c), nil))
		g.HandleAll(epoch, up)
		g.Handle(epoch, 0, Start{Found: c.Addresses})
		g.Handle(epoch, 1, Start{Found: second(c).Addresses})
		expect(t, g.HandleDue(epoch.Add(1125*ms)), "a PROBING->MASTER nobody_else; b PROBING->MASTER sync_group_master")
	})
	t.Run("the first deadline is the group's", func(t *testing.T) {
		for _, one := range []int{0, 1} {
			g := duo(t, c)
			g.Handle(epoch.Add(sec), one, says([]Config{c, second(c)}[one], 200, higher))
			if next, ok := g.Deadline(); !ok || next != epoch.Add(down2) {
				t.Error(one, next.Sub(epoch))
			}
		}
		if _, ok := NewGroup(told(t, c, nil)).Deadline(); ok {
			t.Error("nothing is due before the start")
		}
	})
	t.Run("a stop of all", func(t *testing.T) {
		g := ruled(t, c)
		g.HandleAll(at.Add(500*ms), Stop{})
		expect(t, g.HandleDue(at.Add(9*sec)), "a advertise 0; a LEAVING->INIT stop; b advertise 0; b LEAVING->INIT stop")
	})
	t.Run("held together, freed together", func(t *testing.T) {
		g := duo(t, c)
		g.HandleAll(epoch, Hold{ByOperator})
		expect(t, g.HandleDue(at), "")
		g.HandleAll(at.Add(9*sec), Resume{ByOperator})
		expect(t, g.HandleDue(at.Add(9*sec)), "a BACKUP->MASTER sync_group_master; b BACKUP->MASTER sync_group_master")
	})
}

// host is a node of the group's model: two members on two segments.
type host struct {
	id    int
	g     *Group
	cfg   Config
	links [2]bool
	has   [2]bool
	life  int
	tick  time.Time
}

type twoSegments struct {
	*lab
	hosts []*host
	cuts  [2][3][3]bool
	drop  float64
}

func (l *twoSegments) boot(h *host) {
	a, err := New(h.cfg)
	if err != nil {
		panic(err)
	}
	b, _ := New(second(h.cfg))
	h.g, h.has = NewGroup(a, b), [2]bool{}
	h.life++
	for i := range 2 {
		l.do(h, h.g.Handle(l.now, i, Interface{Up: h.links[i], Source: hostAddr(h.id)}))
	}
	l.do(h, h.g.HandleAll(l.now, Start{}))
}

func hostAddr(id int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, byte(id + 1)}) }

func (l *twoSegments) do(h *host, steps []Step) {
	for _, s := range steps {
		if s.Do != Announce && s.Do != Report {
			l.note("%d%c %v", h.id, 'a'+s.Member, s.Effect)
		}
		switch s.Do {
		case AddAddresses:
			h.has[s.Member] = true
		case RemoveAddresses:
			h.has[s.Member] = false
		case Advertise:
			l.spread(h, s)
		}
	}
	at, ok := h.g.Deadline()
	if !ok || at.Equal(h.tick) && at.After(l.now) {
		return
	}
	h.tick = at
	life := h.life
	l.in(max(0, at.Sub(l.now)), func() {
		if next, ok := h.g.Deadline(); h.life == life && ok && !next.After(l.now) {
			l.do(h, h.g.HandleDue(l.now))
		}
	})
}

func (l *twoSegments) spread(h *host, s Step) {
	for _, o := range l.hosts {
		if o == h || !h.links[s.Member] || !o.links[s.Member] || l.cuts[s.Member][h.id][o.id] || l.rng.Float64() < l.drop {
			continue
		}
		a := Advert{Source: s.Source, TTL: 255, Version: s.Version, Priority: s.Effect.Priority, Interval: s.Interval, Auth: s.Auth, Addrs: s.Addrs}
		member, life := s.Member, o.life
		l.in(l.span(time.Millisecond), func() {
			if o.life == life {
				l.do(o, o.g.Handle(l.now, member, &a))
			}
		})
	}
}

func (l *twoSegments) mischief() {
	h := l.hosts[l.rng.IntN(len(l.hosts))]
	member := l.rng.IntN(2)
	switch l.rng.IntN(6) {
	case 0:
		h.links[member] = !h.links[member]
		l.note("%d link %d %v", h.id, member, h.links[member])
		l.do(h, h.g.Handle(l.now, member, Interface{Up: h.links[member], Source: hostAddr(h.id)}))
	case 1:
		l.cuts[member][h.id][l.rng.IntN(len(l.hosts))] = true
	case 2:
		l.drop = l.rng.Float64() / 2
	case 3:
		l.do(h, h.g.HandleAll(l.now, HandOver{}))
	case 4:
		l.note("%d boots", h.id)
		l.boot(h)
	case 5:
		l.do(h, h.g.HandleAll(l.now, Stop{}))
		l.run(l.span(2 * sec))
		l.do(h, h.g.HandleAll(l.now, Start{}))
	}
}

// TestGroups: however the segments fared, in the end one node holds the addresses of both members.
func TestGroups(t *testing.T) {
	seeds(t, time.Second, func(t *testing.T, seed uint64) (faults int) {
		l := &twoSegments{lab: newLab(seed)}
		for i := range 2 + l.rng.IntN(2) {
			// distinct priorities, as keepalived.conf(5) asks of a group
			h := &host{id: i, cfg: with(plain(), func(c *Config) { c.Priority, c.NoPreempt = uint8(50+50*i), l.rng.IntN(2) == 0 }), links: [2]bool{true, true}}
			l.hosts = append(l.hosts, h)
			l.boot(h)
		}
		for range l.rng.IntN(20) {
			l.mischief()
			faults++
			l.run(l.span(5 * sec))
		}
		l.note("peace")
		l.drop, l.cuts = 0, [2][3][3]bool{}
		for _, h := range l.hosts {
			for i := range 2 {
				h.links[i] = true
				l.do(h, h.g.Handle(l.now, i, Interface{Up: true, Source: hostAddr(h.id)}))
			}
		}
		l.run(20 * sec)
		var holders [2][]int
		for _, h := range l.hosts {
			for i := range 2 {
				if h.has[i] {
					holders[i] = append(holders[i], h.id)
				}
			}
		}
		if len(holders[0]) != 1 || len(holders[1]) != 1 || holders[0][0] != holders[1][0] {
			t.Errorf("seed %d: the addresses are at %v\n%s", seed, holders, l.story(200))
		}
		return faults
	})
}
