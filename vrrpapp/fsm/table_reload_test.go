package fsm

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// told plays steps and gives the machine.
func told(t *testing.T, c Config, steps []step) *Machine {
	t.Helper()
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		m.Handle(epoch.Add(s.at), s.tell)
	}
	return m
}

// TestReload: RFC 5798 has no word about it; keepalived keeps the state (facts: "nothing to beat here"), and what it loses
// by rolling changes of a pair is kept here.
func TestReload(t *testing.T) {
	c, n := plain(), tutorial()
	at := down2
	two := with(n, func(c *Config) { c.Addresses = append(slices.Clone(c.Addresses), extra[0]) })
	masked := with(n, func(c *Config) { c.Addresses = []netip.Prefix{netip.MustParsePrefix("10.0.0.100/24")} })
	excluded := with(n, func(c *Config) { c.Excluded = extra[:1] })
	slow := with(n, func(c *Config) { c.Interval, c.Rollover = 10*sec, -1 })
	const conflict = "report other_master 10.0.0.1; advertise 100; lower_priority other_master 10.0.0.1; announce 5 "
	playAll(t, []row{
		{"reload", "of the same: nothing", n, life(ruling(n), step{at + sec/2, Reload{n}, "", at + sec})},
		{"reload", "of a broken configuration: the old one stays", n, life(ruling(n),
			step{at + sec/2, Reload{Config{Version: 7}}, "report bad_config invalid IP", at + sec}, step{at + sec, Tick{}, "advertise 100", 0})},
		{"reload", "priority: with the next advertisement", n, life(ruling(n),
			step{at + sec/2, Reload{with(n, func(c *Config) { c.Priority = 50 })}, "priority 50", at + sec}, step{at + sec, Tick{}, "advertise 50", 0})},
		{"reload", "preemption: with the next lower priority", n, life(begun(n),
			step{sec, says(n, 50, lower), "", sec + down2},
			step{1500 * ms, Reload{with(n, func(c *Config) { c.NoPreempt = false })}, "", sec + down2},
			step{2 * sec, says(n, 50, lower), "", sec + down2})},
		{"reload", "an address more: added and announced alone", n, life(ruling(n),
			step{at + sec/2, Reload{two}, "add [10.0.0.101/24]; announce 5 [10.0.0.101/24]", at + sec})},
		{"reload", "an address less", two, []step{
			{0, up, "", never}, {0, Start{}, "INIT->BACKUP start", 0},
			{at, Tick{}, "advertise 100; add [10.0.0.100/32 10.0.0.101/24]; announce 5 [10.0.0.100/32 10.0.0.101/24]; BACKUP->MASTER master_down", 0},
			{at + sec/2, Reload{n}, "remove [10.0.0.101/24]", at + sec}}},
		{"reload", "another mask: first added, then removed", n, life(ruling(n),
			step{at + sec/2, Reload{masked}, "add [10.0.0.100/24]; announce 5 [10.0.0.100/24]; remove [10.0.0.100/32]", at + sec})},
		{"reload", "excluded ones", n, life(ruling(n),
			step{at + sec/2, Reload{excluded}, "add [10.0.0.101/24]; announce 5 [10.0.0.101/24]", at + sec},
			step{at + sec/2, says(n, 50, lower), conflict + "[10.0.0.100/32 10.0.0.101/24]", 0})},
		{"reload", "an address of a backup changes nothing on the interface", n, life(begun(n), step{sec, Reload{two}, "", 0})},
		{"reload", "a longer interval is told at once, and three times within the old one", n, life(ruling(n),
			step{at + sec/2, Reload{slow}, "advertise 100", at + sec/2 + sec},
			step{at + 1500*ms, Tick{}, "advertise 100", at + 2500*ms},
			step{at + 2500*ms, Tick{}, "advertise 100", at + 3500*ms},
			step{at + 3500*ms, Tick{}, "advertise 100", at + 4500*ms},
			step{at + 4500*ms, Tick{}, "advertise 100", at + 5*sec},
			step{at + 5*sec, Tick{}, "announce 5 [10.0.0.100/32]", at + 14500*ms})},
		{"reload", "who is master anew has one interval only", n, life(ruling(n),
			step{at + sec/2, Reload{slow}, "advertise 100", at + sec/2 + sec},
			step{at + sec, says(slow, 200, higher), "report other_master 10.0.0.9; advertise 100; remove [10.0.0.100/32]; MASTER->BACKUP higher_priority", at + sec + 30*sec + 156*sec/256},
			step{at + 32*sec, Tick{}, takes + "master_down", at + 37*sec}, step{at + 37*sec, Tick{}, "announce 5 [10.0.0.100/32]", at + 42*sec},
			step{at + 42*sec, Tick{}, "advertise 100", at + 52*sec})},
		{"reload", "no refresh any more", with(n, func(c *Config) { c.Interval = 100 * sec }), []step{
			{0, up, "", never}, {0, Start{}, "INIT->BACKUP start", 0}, {301 * sec, Tick{}, takes + "master_down", 306 * sec},
			{306 * sec, Tick{}, "announce 5 [10.0.0.100/32]", 361 * sec},
			{307 * sec, Reload{with(n, func(c *Config) { c.Interval, c.Announce.Refresh = 100*sec, -1 })}, "", 401 * sec}}},
		{"reload", "of a backup: a longer interval counts when the master uses it", n, life(begun(n),
			step{sec, says(n, 200, higher), "", sec + down2}, step{1500 * ms, Reload{slow}, "", sec + down2},
			step{2 * sec, says(n, 200, higher), "report interval_differs 10.0.0.9", 2*sec + down2},
			step{3 * sec, says(slow, 200, higher), "", 3*sec + 30*sec + 156*sec/256})},
		{"reload", "a new tracker without weight is up until it speaks", n, life(ruling(n),
			step{at + sec/2, Reload{with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "chk"}} })}, "", at + sec},
			step{at + 600*ms, Track{Name: "chk"}, "advertise 0; " + hush + "; MASTER->LEAVING tracker_down", 0})},
		{"reload", "a new one without weight and with init_fail is down until it speaks", n, life(ruling(n),
			step{at + sec/2, Reload{with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "chk", InitFail: true}} })}, "advertise 0; " + hush + "; MASTER->LEAVING tracker_down", 0})},
		{"reload", "one with weight and init_fail adds nothing until it speaks, however often one reloads", n, life(ruling(n),
			step{at + sec/2, Reload{with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "chk", Weight: -5, InitFail: true}} })}, "", at + sec},
			step{at + 600*ms, Reload{with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "chk", Weight: -6, InitFail: true}} })}, "", at + sec},
			step{at + 700*ms, Track{Name: "chk"}, "priority 94", at + sec})},
		{"reload", "one that stays keeps its verdict, one that goes takes its fault along", with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "chk"}} }), []step{
			{0, up, "", never}, {0, Track{Name: "chk", Up: false}, "", never}, {0, Start{}, "INIT->FAULT tracker_down", never},
			{sec, Reload{with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "new"}, {Name: "chk"}} })}, "", never},
			{2 * sec, Reload{n}, "FAULT->BACKUP recovered", 2*sec + down2}}},
		{"reload", "trackers are known by their names", with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "a", Weight: 10}, {Name: "b", Weight: -20}} }), []step{
			{0, up, "", never}, {0, Track{Name: "a", Up: true}, "priority 110", never}, {0, Track{Name: "b", Up: true}, "", never}, {0, Start{}, "INIT->BACKUP start", 0},
			{sec, Track{Name: "a"}, "priority 100", 0},
			{sec, Reload{with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "b", Weight: -30}, {Name: "a", Weight: 10}} })}, "", 0},
			{2 * sec, Track{Name: "b"}, "priority 70", 0}}},
		{"reload", "the refresh follows", n, life(ruling(n),
			step{at + sec/2, Reload{with(n, func(c *Config) { c.Announce.Refresh = 200 * ms })}, "", at + 700*ms},
			step{at + 700*ms, Tick{}, "announce 1 [10.0.0.100/32]", at + 900*ms})},
		{"reload", "while it leaves", n, life(ruling(n),
			step{5 * sec, Stop{}, "advertise 0; " + hush + "; MASTER->LEAVING stop", 0},
			step{5500 * ms, Reload{two}, "add [10.0.0.101/24]; announce 5 [10.0.0.101/24]", 0},
			step{5800 * ms, says(n, 50, lower), "", 5800*ms + linger}, step{5800*ms + linger, Tick{}, "remove [10.0.0.100/32 10.0.0.101/24]; LEAVING->INIT stop", 0})},
		{"reload", "to an owner is a matter of priority", c, life(ruling(c),
			step{at + sec/2, Reload{with(c, func(c *Config) { c.Priority = 255 })}, "priority 255", at + sec})},
	})
}

// sent are the advertisements among effects, as password and addresses.
func sent(out []Effect) string {
	var all []string
	for _, e := range out {
		if e.Do == Advertise {
			text := strings.TrimRight(string(e.Auth.Data[:]), "\x00")
			for _, a := range e.Addrs {
				text += " " + a.String()
			}
			all = append(all, text)
		}
	}
	return strings.Join(all, ", ")
}

// TestRolloverOfPassword: the master says everything twice, the backup takes either, until an hour has passed.
func TestRolloverOfPassword(t *testing.T) {
	old, at := tutorial(), down2
	fresh := with(old, func(c *Config) { c.Keys = []Key{{1, [8]byte{'n', 'e', 'w'}}} })
	m := told(t, old, ruling(old))
	m.Handle(epoch.Add(at), Reload{fresh})
	if got := sent(m.Handle(epoch.Add(at+sec), Tick{})); got != "1111 10.0.0.100, new 10.0.0.100" {
		t.Errorf("master says %q", got)
	}
	if got := sent(m.Handle(epoch.Add(at+1500*ms), HandOver{})); got != "1111 10.0.0.100, new 10.0.0.100" {
		t.Errorf("a leaving master says %q", got)
	}
	b := told(t, old, begun(old))
	b.Handle(epoch, Reload{fresh})
	for i, from := range []Config{old, fresh} {
		b.Handle(epoch.Add(time.Duration(i+1)*sec), says(from, 200, higher))
		if want := epoch.Add(time.Duration(i+1)*sec + down2); b.due[tDown] != want {
			t.Errorf("password %d: %v, want %v", i, b.due[tDown], want)
		}
	}
	b.Handle(epoch.Add(time.Hour), Tick{})
	if b.Handle(epoch.Add(time.Hour), says(old, 200, higher)); b.Status().Rejected[AuthData] != 1 {
		t.Error("the old password is good for ever:", b.Status().Rejected)
	}
	none := told(t, old, ruling(old))
	none.Handle(epoch.Add(at), Reload{with(fresh, func(c *Config) { c.Rollover = -1 })})
	if got := sent(none.Handle(epoch.Add(at+sec), Tick{})); got != "new 10.0.0.100" {
		t.Errorf("without a rollover: %q", got)
	}
	stopped := told(t, old, begun(old))
	stopped.Handle(epoch, Stop{})
	stopped.Handle(epoch, Reload{fresh})
	stopped.Handle(epoch, Start{})
	if got := sent(stopped.Handle(epoch.Add(at), Tick{})); got != "1111 10.0.0.100, new 10.0.0.100" {
		t.Errorf("stopped and started again it says %q", got)
	}
}

// TestRolloverOfAddresses: both lists are advertised, until an hour has passed.
func TestRolloverOfAddresses(t *testing.T) {
	old, at := tutorial(), down2
	fresh := with(old, func(c *Config) { c.Addresses = extra[:1] })
	m := told(t, old, ruling(old))
	m.Handle(epoch.Add(at), Reload{fresh})
	if got := sent(m.Handle(epoch.Add(at+sec), Tick{})); got != "1111 10.0.0.100, 1111 10.0.0.101" {
		t.Errorf("after the reload: %q", got)
	}
	m.Handle(epoch.Add(at+1100*ms), Reload{with(fresh, func(c *Config) { c.Keys = []Key{{1, [8]byte{'2'}}} })})
	if got := sent(m.Handle(epoch.Add(at+2*sec), Tick{})); got != "1111 10.0.0.100, 1111 10.0.0.101, 2 10.0.0.101" {
		t.Errorf("after the next one: %q", got)
	}
	m.Handle(epoch.Add(at+2*time.Hour), Tick{})
	if got := sent(m.Handle(epoch.Add(at+2*time.Hour+2*sec), Tick{})); got != "2 10.0.0.101" {
		t.Errorf("two hours later: %q", got)
	}
	none := told(t, old, ruling(old))
	none.Handle(epoch.Add(at), Reload{with(fresh, func(c *Config) { c.Rollover = -1 })})
	if got := sent(none.Handle(epoch.Add(at+sec), Tick{})); got != "1111 10.0.0.101" {
		t.Errorf("without a rollover: %q", got)
	}
	// either list is ours: the peer need not be known, and nothing is to be said about it
	b := told(t, old, begun(old))
	b.Handle(epoch, Reload{fresh})
	for i, list := range [][]netip.Prefix{old.Addresses, fresh.Addresses} {
		out := b.Handle(epoch.Add(time.Duration(i+1)*sec), says(with(old, func(c *Config) { c.Addresses = list }), 200, higher))
		if want := epoch.Add(time.Duration(i+1)*sec + down2); b.due[tDown] != want || len(out) != 0 {
			t.Errorf("list %d: %v, want %v; %v", i, b.due[tDown], want, out)
		}
	}
}

// TestRolloverOfInterval: version 2 says both intervals, at the pace of the shorter one; whoever learns takes the new one.
func TestRolloverOfInterval(t *testing.T) {
	for _, fresh := range []time.Duration{10 * sec, sec} {
		old := with(plain(), func(c *Config) { c.Interval = 11*sec - fresh })
		m := told(t, old, []step{{0, up, "", 0}, {0, Start{}, "", 0}, {40 * sec, Tick{}, "", 0}})
		m.Handle(epoch.Add(41*sec), Reload{with(old, func(c *Config) { c.Interval = fresh })})
		for i := range 20 {
			var got []time.Duration
			for _, e := range m.Handle(epoch.Add(time.Duration(42+i)*sec), Tick{}) {
				if e.Do == Advertise {
					got = append(got, e.Interval)
				}
			}
			if !slices.Equal(got, []time.Duration{old.Interval, fresh}) {
				t.Fatalf("advertisement %d: %v", i, got)
			}
		}
		m.Handle(epoch.Add(62*sec), says(old, 50, lower))
		if _, told := m.said[reportKey{IntervalDiffers, lower}]; told || m.counts.Conflicts != 1 {
			t.Error("the old interval is worth a report:", m.said)
		}
	}
	// version 3 learns: nothing is said twice
	m := told(t, v3(), ruling(v3()))
	m.Handle(epoch.Add(down3), Reload{with(v3(), func(c *Config) { c.Interval = sec })})
	if len(m.voices) != 1 || m.voices[0].interval != sec {
		t.Error(m.voices)
	}
	// and both lists are said with the one interval there is
	m.Handle(epoch.Add(down3), Reload{with(v3(), func(c *Config) { c.Interval, c.Addresses = 2*sec, extra })})
	m.Handle(epoch.Add(down3), Reload{with(v3(), func(c *Config) { c.Interval, c.Addresses = 3*sec, extra })})
	if len(m.voices) != 2 || m.voices[0].interval != 3*sec || m.voices[1].interval != 3*sec || m.step() != 100*ms {
		t.Error(m.voices, m.step())
	}
}

// TestRolloverOfVersion: both are said and accepted, version 2 only with its password; the skew is that of the new one.
func TestRolloverOfVersion(t *testing.T) {
	two, three, at := tutorial(), with(v3(), func(c *Config) { c.NoPreempt = true }), down2
	m := told(t, two, ruling(two))
	m.Handle(epoch.Add(at), Reload{three})
	var got []string
	for _, e := range m.Handle(epoch.Add(at+100*ms), Tick{}) {
		if e.Do == Advertise {
			got = append(got, fmt.Sprint(e.Version, e.Interval, e.Auth.Type))
		}
	}
	if !slices.Equal(got, []string{"2 1s 1", "3 100ms 0"}) {
		t.Error(got)
	}
	b := told(t, two, begun(two))
	b.Handle(epoch, Reload{three})
	for i, c := range []struct {
		a    *Advert
		want time.Duration
	}{
		{says(three, 200, higher), 300*ms + 156*100*ms/256},
		{says(two, 200, higher), 3*sec + 156*sec/256},
		{says(two, 0, higher), 156 * sec / 256},
		{says(three, 200, higher), 300*ms + 156*100*ms/256},
		{says(three, 0, higher), 156 * 100 * ms / 256},
		{says(two, 200, higher, func(a *Advert) { a.Auth.Data[0] = 'x' }), 0},
		{says(plain(), 200, higher), 0},
	} {
		now, before := epoch.Add(sec+time.Duration(i)*ms), b.due[tDown]
		b.Handle(now, c.a)
		if c.want == 0 && b.due[tDown] != before || c.want != 0 && b.due[tDown] != now.Add(c.want) {
			t.Errorf("message %d: %v", i, b.due[tDown].Sub(now))
		}
	}
	back := told(t, three, begun(three))
	back.Handle(epoch, Reload{two})
	if back.Handle(epoch.Add(sec), says(three, 200, higher)); back.counts.Received != 1 {
		t.Error(back.rejected)
	}
	back.Handle(epoch.Add(time.Hour), Tick{})
	if back.Handle(epoch.Add(time.Hour), says(three, 200, higher)); back.counts.Received != 1 || back.rejected[VersionDiffers] != 1 {
		t.Error(back.rejected)
	}
}

// TestVoicesAreBounded: and none is said twice.
func TestVoicesAreBounded(t *testing.T) {
	m := told(t, tutorial(), ruling(tutorial()))
	for i := range 100 {
		m.Handle(epoch.Add(down2), Reload{with(tutorial(), func(c *Config) { c.Keys = []Key{{1, [8]byte{byte(i % 50)}}} })})
	}
	if len(m.voices) != mostVoices {
		t.Error(m.voices)
	}
	m.Handle(epoch.Add(down2), Reload{tutorial()})
	if m.Handle(epoch.Add(down2), Reload{with(tutorial(), func(c *Config) { c.Keys = []Key{{1, [8]byte{49}}} })}); len(m.voices) != mostVoices || m.voices[1].key != tutorial().Keys[0] {
		t.Error(m.voices)
	}
	m.Handle(epoch.Add(down2), Reload{with(v3(), func(c *Config) { c.Addresses = []netip.Prefix{netip.MustParsePrefix("fe80::64/64")} })})
	if len(m.voices) != 1 {
		t.Error("another family cannot be said:", m.voices)
	}
}

// TestReloadIsAsOften as one likes: a hundred of them leave nothing behind.
func TestReloadIsAsOften(t *testing.T) {
	m := told(t, tutorial(), ruling(tutorial()))
	before := m.due
	for range 100 {
		if out := m.Handle(epoch.Add(down2+sec/2), Reload{tutorial()}); len(out) != 0 {
			t.Fatal(out)
		}
	}
	if m.due != before || len(m.voices) != 1 || m.state != Master {
		t.Error(m.Status())
	}
}
