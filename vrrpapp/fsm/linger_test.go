package fsm

import (
	"net/netip"
	"testing"
)

// hush belongs to leaving: what has not been announced by then never is.
const hush = "hush [10.0.0.100/32]"

// TestLinger: RFC 5798 6.4.2 has a new master advertise before it has the addresses, and so keepalived does. Who leaves keeps
// them for that moment.
func TestLinger(t *testing.T) {
	n, p, f := tutorial(), plain(), v3()
	at, list := 5800*ms, []netip.Prefix{vip}
	const away = "remove [10.0.0.100/32]; LEAVING->"
	follows := func(begun []step, more ...step) []step {
		return life(life(begun, step{at, says(n, 50, lower), "", at + linger}), more...)
	}
	stops, holds, yields := left(Stop{}, "stop"), left(Hold{ByOperator}, "hold"), left(HandOver{}, "handover")
	quick := with(f, func(c *Config) { c.Interval = 10 * ms })
	tracked := with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "chk"}} })
	two := with(n, func(c *Config) { c.Addresses = []netip.Prefix{vip, extra[0]} })
	playAll(t, []row{
		{"version 3", "as long", f, life(ruling(f), step{400 * ms, HandOver{}, "advertise 0; " + hush + "; MASTER->LEAVING handover", 0},
			step{410 * ms, says(f, 50, lower), "", 450 * ms}, step{450 * ms, Tick{}, away + "BACKUP handover", 410*ms + down3})},
		{"version 3", "half of the shorter interval", f, life(ruling(f), step{400 * ms, HandOver{}, "advertise 0; " + hush + "; MASTER->LEAVING handover", 0},
			step{410 * ms, says(quick, 50, lower), "report interval_differs 10.0.0.1", 415 * ms})},
		{"version 3", "5 ms at 10 ms", quick, life(ruling(quick), step{40 * ms, HandOver{}, "advertise 0; " + hush + "; MASTER->LEAVING handover", 0},
			step{48 * ms, says(quick, 50, lower), "", 53 * ms}, step{53 * ms, Tick{}, away + "BACKUP handover", 0})},
		{"by configuration", "not at all", with(n, func(c *Config) { c.NoLinger = true }), life(yields, step{at, says(n, 50, lower), away + "BACKUP handover", at + down2})},
		{"time", "counts from the kernel's receipt, and from the last word for the master down timer", n, life(yields,
			step{at + 10*ms, says(n, 50, lower, func(a *Advert) { a.Received = epoch.Add(at) }), "", at + linger},
			step{at + 20*ms, says(n, 50, lower, func(a *Advert) { a.Received = epoch.Add(at + 15*ms) }), "", at + linger},
			step{at + linger, Tick{}, away + "BACKUP handover", at + 15*ms + down2})},
		{"time", "a late process", n, follows(yields, step{at + 2*sec, Tick{}, away + "BACKUP handover", at + down2})},
		{"time", "a process so late that the successor may be dead listens first", n, follows(yields,
			step{at + 9*sec, Tick{}, away + "BACKUP handover; report timer_late 10.0.0.5", at + 10*sec})},
		{"the successor", "is heard before the repetitions of priority 0 are over: they end", n, life(ruling(n),
			step{5 * sec, Stop{}, "advertise 0; " + hush + "; MASTER->LEAVING stop", 5002 * ms}, step{5001 * ms, says(n, 254, higher), "", 5041 * ms},
			step{5041 * ms, Tick{}, away + "INIT stop", never})},
		{"the successor", "does not prolong it by further words", n, follows(stops,
			step{at + 10*ms, says(n, 50, lower), "", at + linger}, step{at + 39*ms, says(n, 50, lower), "", at + linger}, step{at + linger, Tick{}, away + "INIT stop", never})},
		{"the successor", "leaves again: that is a backup's matter", n, follows(yields,
			step{at + 10*ms, says(n, 0, lower), away + "BACKUP handover", at + 10*ms + 156*sec/256})},
		{"the successor", "another one that leaves is none", n, follows(yields, step{at + 10*ms, says(n, 0, higher), "", at + linger})},
		{"a second master", "ends it", n, follows(stops, step{at + 10*ms, says(n, 60, higher), away + "INIT stop", never})},
		{"a second master", "is obeyed", n, follows(yields, step{at + 10*ms, says(n, 60, higher), away + "BACKUP handover", at + 10*ms + down2})},
		{"a second master", "the same in fault", tracked, life(life([]step{{0, Track{Name: "chk", Up: true}, "", never}}, left(Track{Name: "chk"}, "tracker_down")...),
			step{at, says(n, 50, lower), "", at + linger}, step{at + 10*ms, says(n, 60, higher), away + "FAULT tracker_down", never})},
		{"orders", "Stop.Abrupt ends it", n, follows(stops, step{at + 10*ms, Stop{Abrupt: true}, away + "INIT stop", never})},
		{"orders", "Stop makes it end in INIT, Start takes that back", n, follows(yields, step{at + 10*ms, Stop{}, "", at + linger},
			step{at + 20*ms, Start{}, "", at + linger}, step{at + 30*ms, Stop{}, "", at + linger}, step{at + linger, Tick{}, away + "INIT stop", never})},
		{"orders", "Stop.Keep leaves the addresses", n, follows(yields, step{at + 10*ms, Stop{Keep: true}, "LEAVING->INIT stop", never})},
		{"orders", "Resume does not take the addresses back", n, follows(holds, step{at + 10*ms, Resume{ByOperator}, "", at + linger},
			step{at + linger, Tick{}, away + "BACKUP handover", at + down2})},
		{"orders", "a held node that lingered never takes over", n, follows(holds, step{at + linger, Tick{}, away + "BACKUP handover", at + down2},
			step{at + down2, Tick{}, "report held_without_master 10.0.0.1", never})},
		{"tracker", "up again: it is a backup all the same", tracked, life(life([]step{{0, Track{Name: "chk", Up: true}, "", never}}, left(Track{Name: "chk"}, "tracker_down")...),
			step{at, says(n, 50, lower), "", at + linger}, step{at + 10*ms, Track{Name: "chk", Up: true}, "", at + linger},
			step{at + linger, Tick{}, away + "BACKUP handover", at + down2})},
		{"carrier", "lost: gone at once", n, follows(yields, step{at + 10*ms, Interface{}, away + "FAULT link_down", never})},
		{"announcement", "addresses that are taken away come back unannounced", n, follows(stops,
			step{at + 10*ms, Removed{list}, "add [10.0.0.100/32]; report addresses_removed invalid IP", at + linger}, step{at + linger, Tick{}, away + "INIT stop", never})},
		{"announcement", "so do those of a reload", n, follows(stops,
			step{at + 10*ms, Reload{two}, "add [10.0.0.101/24]", at + linger}, step{at + linger, Tick{}, "remove [10.0.0.100/32 10.0.0.101/24]; LEAVING->INIT stop", 0})},
		{"announcement", "the next mastership has its own", p, life(ruling(p), step{5 * sec, HandOver{}, "advertise 0; " + hush + "; MASTER->LEAVING handover", 0},
			step{at, says(p, 50, lower), "", 0}, step{at + linger, Tick{}, away + "BACKUP handover", at + down2}, step{at + down2, Tick{}, takes + "master_down", 0})},
	})
}

// TestLingeringGroup: all other members are free, and the one that lingers follows them.
func TestLingeringGroup(t *testing.T) {
	c, at := plain(), epoch.Add(down2)
	g := ruled(t, c)
	g.Handle(at.Add(500*ms), 0, Interface{})
	expect(t, g.Handle(at.Add(600*ms), 1, says(second(c), 50, higher)), "")
	steps := g.Handle(at.Add(610*ms), 0, up)
	expect(t, steps, "a FAULT->MASTER flap_over; b LEAVING->MASTER sync_group_master")
	announced := 0
	for _, s := range steps {
		if s.Do == Announce {
			announced++
		}
	}
	if announced != 2 || g.members[1].Succeeded() {
		t.Errorf("%d members announce", announced)
	}
}
