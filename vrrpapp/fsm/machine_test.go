package fsm

import (
	"net/netip"
	"slices"
	"testing"
	"time"
)

// TestDoesNotAllocate: what happens with every message and every interval.
func TestDoesNotAllocate(t *testing.T) {
	c := with(tutorial(), func(c *Config) { c.Excluded = extra })
	now := epoch.Add(down2)
	backup, master := told(t, c, begun(c)), told(t, c, ruling(c))
	good, bad := says(c, 200, higher), says(c, 200, higher, func(a *Advert) { a.Auth.Data[0] = 'x' })
	loser := says(c, 50, lower)
	noise := &Rejected{Reason: "checksum", Source: lower}
	for name, f := range map[string]func(){
		"a backup hears its master": func() { backup.Handle(now, good) },
		"a backup refuses":          func() { backup.Handle(now, bad) },
		"noise":                     func() { backup.Handle(now, noise) },
		"a master advertises":       func() { master.Handle(now, Tick{}) },
		"a master hears a loser":    func() { master.Handle(now, loser) },
	} {
		if n := testing.AllocsPerRun(200, func() { now = now.Add(50 * ms); f() }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if master.State() != Master || backup.State() != Backup {
		t.Error(master.State(), backup.State())
	}
}

func TestStatus(t *testing.T) {
	n := tutorial()
	m := told(t, n, life(begun(n), step{sec, says(n, 200, higher), "", 0}, step{2 * sec, Hold{ByOperator}, "", 0}))
	s := m.Status()
	if s.State != Backup || s.Priority != 100 || s.Source != us || s.Master != (Heard{higher, 200, sec, epoch.Add(sec)}) ||
		!s.Down.Equal(epoch.Add(sec+down2)) || s.Holds != ByOperator || s.Interval != sec || len(s.Faults) != 0 || s.Counts.Received != 1 {
		t.Errorf("%+v", s)
	}
	if s := told(t, v3(), nil).Status(); s.Interval != 100*ms || s.State != Init {
		t.Errorf("%+v", s)
	}
	slower := Reload{with(v3(), func(c *Config) { c.Interval = sec })}
	if s := told(t, v3(), life(begun(v3()), step{50 * ms, slower, "", 0})).Status(); s.Interval != sec {
		t.Errorf("%+v", s)
	}
	if s := told(t, v3(), life(begun(v3()), step{50 * ms, says(v3(), 200, higher), "", 0}, step{60 * ms, slower, "", 0})).Status(); s.Interval != 100*ms {
		t.Errorf("%+v", s)
	}
	if s := told(t, v3(), life(ruling(v3()), step{400 * ms, slower, "", 0})).Status(); s.Interval != sec {
		t.Errorf("%+v", s)
	}
	l := told(t, v3(), life(begun(v3()), step{50 * ms, says(v3(), 200, higher, func(a *Advert) { a.Interval = sec }), "", 0},
		step{9 * sec, Tick{}, "", 0}, step{19 * sec, Tick{}, "", 0}, step{19100 * ms, Removed{[]netip.Prefix{vip}}, "", 0}))
	if s := l.Status(); s.State != Master || s.Interval != 100*ms || s.Counts.Sent != 1 || s.Counts.Removed != 1 || s.Counts.Announced != 10 ||
		s.Counts.Transitions != 2 || s.Counts.WorstLate < 5*sec || s.Counts.Late != 2 {
		t.Errorf("%+v", s)
	}
	m.Handle(epoch.Add(3*sec), Interface{})
	if s = m.Status(); !slices.Equal(s.Faults, []Reason{LinkDown}) || s.State != Fault {
		t.Errorf("%+v", s)
	}
}

func TestRoles(t *testing.T) {
	for s, want := range map[State]State{Init: Init, Fault: Fault, Backup: Backup, Probing: Master, Leaving: Master, Master: Master} {
		if s.Role() != want || s.Holds() != (want == Master) {
			t.Errorf("%v: %v", s, s.Role())
		}
	}
}

// TestClock: time that goes backwards does not.
func TestClock(t *testing.T) {
	m := told(t, tutorial(), ruling(tutorial()))
	before, _ := m.Deadline()
	m.Handle(epoch, Tick{})
	if after, _ := m.Deadline(); after != before || m.State() != Master {
		t.Error(after, before)
	}
}

// FuzzMachine feeds any events in any order: no panic, no timer left due after a Tick, and the addresses are on the interface
// exactly in the states that hold them.
func FuzzMachine(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0, 2, 200, 3, 9, 4, 100}, false)
	f.Add([]byte{0, 0, 1, 0, 2, 255, 2, 255, 9, 0, 2, 30, 3, 200, 10, 0, 2, 255}, true)
	f.Add([]byte{0, 0, 1, 1, 2, 255, 2, 255, 11, 0, 11, 0, 11, 0, 2, 99, 5, 0, 13, 7, 12, 0}, false)
	f.Fuzz(func(t *testing.T, script []byte, fast bool) {
		c := with(plain(), func(c *Config) { c.Trackers = []Tracker{{Name: "a"}, {Name: "b", Weight: -100}} })
		if fast {
			c.Version, c.Interval, c.NoPreempt, c.Excluded = 3, 10*ms, true, extra[:1]
		}
		m, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		now, has := epoch, map[netip.Prefix]bool{}
		for ; len(script) >= 2; script = script[2:] {
			now = now.Add(time.Duration(script[1]) * c.withDefaults().Interval / 50)
			e := scripted(c, script[0], script[1])
			keeps := false
			if stop, ok := e.(Stop); ok && stop.Keep {
				keeps = true
			}
			apply(has, m.Handle(now, e))
			apply(has, m.Handle(now, Tick{}))
			if at, ok := m.Deadline(); ok && !at.After(now) {
				t.Fatalf("%v after %T: due since %v", m.state, e, now.Sub(at))
			}
			if keeps && !m.state.Holds() {
				clear(has)
			}
			if (len(has) > 0) != m.state.Holds() || m.state.Holds() && len(has) != len(m.all) {
				t.Fatalf("%v after %T with %v", m.state, e, has)
			}
			if !m.running && m.state != Init || m.running && m.state == Init {
				t.Fatalf("running %v in %v", m.running, m.state)
			}
		}
	})
}

func apply(has map[netip.Prefix]bool, out []Effect) {
	for _, e := range out {
		for _, p := range e.Prefixes {
			switch e.Do {
			case AddAddresses:
				has[p] = true
			case RemoveAddresses:
				delete(has, p)
			}
		}
	}
}

// scripted is one of the events; n bends it.
func scripted(c Config, kind, n byte) Event {
	from := []netip.Addr{lower, higher, us}[n%3]
	switch kind % 14 {
	case 0:
		return up
	case 1:
		return Start{Adopt: n%5 == 1}
	case 3:
		return says(c, n, from)
	case 4:
		return says(c, n, from, func(a *Advert) { a.Interval = time.Duration(n) * sec; a.Received = epoch })
	case 5:
		return Track{Name: string(rune('a' + n%3)), Up: n%2 == 0, Value: int(n)}
	case 6:
		return Interface{Up: n%2 == 0}
	case 7:
		return Hold{Holder(n % 4)}
	case 8:
		return Resume{Holder(n % 4)}
	case 9:
		return HandOver{}
	case 10:
		return Stop{Keep: n%4 == 0, Abrupt: n%4 == 1}
	case 11:
		return Removed{[]netip.Prefix{vip, extra[1]}}
	case 12:
		return Appeared{[]netip.Prefix{vip}, n%2 == 0}
	case 13:
		c.Priority, c.NoPreempt, c.AbruptLeave = n|1, n%2 == 0, n%5 == 0
		if n%3 == 0 {
			c.Addresses = append(slices.Clone(c.Addresses), extra[1])
		}
		return Reload{c}
	}
	return Tick{}
}
