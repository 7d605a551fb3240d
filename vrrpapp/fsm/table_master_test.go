package fsm

import (
	"net/netip"
	"testing"
	"time"
)

func TestMaster(t *testing.T) {
	c, n, f := plain(), tutorial(), v3()
	mute := with(c, func(c *Config) { c.NoLastWord, c.QuietOnLower = true, true })
	owner := with(c, func(c *Config) { c.Priority, c.StartMaster = 255, true })
	owns := []step{{0, up, "", never}, {0, Start{}, "advertise 255; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; INIT->MASTER owner", sec}}
	const gone = "remove [10.0.0.100/32]; MASTER->BACKUP "
	at := down2
	playAll(t, []row{
		{"RFC 5798 6.4.3", "the advertisement timer's schedule is absolute", c, life(ruling(c),
			step{at + sec + 3*ms, Tick{}, "advertise 100", at + 2*sec},
			step{at + 2*sec + 400*ms, Tick{}, "advertise 100", at + 3*sec},
			step{at + 4*sec + 100*ms, Tick{}, "advertise 100", at + 5*sec},
			step{at + 5*sec, Tick{}, "announce 5 [10.0.0.100/32]", at + 5*sec + 100*ms},
		)},
		{"RFC 5798 6.4.3", "priority zero is answered at once, and the schedule stays", c, life(ruling(c),
			step{at + 500*ms, says(c, 0, lower), "advertise 100", at + sec},
			step{at + 510*ms, says(c, 0, lower), "", at + 600*ms},
			step{at + 600*ms, Tick{}, "advertise 100", at + sec},
		)},
		{"RFC 5798 6.4.3", "a higher priority wins: backup, with the sender's interval", f, life(ruling(f),
			step{down3 + 50*ms, says(f, 101, lower, func(a *Advert) { a.Interval = sec }),
				"report interval_differs 10.0.0.1; report other_master 10.0.0.1; advertise 100; " + gone + "higher_priority", down3 + 50*ms + 3*sec + 156*sec/256},
		)},
		{"RFC 5798 6.4.3", "of equal priorities the greater address wins", c, life(ruling(c),
			step{at + sec/2, says(c, 100, higher), "report other_master 10.0.0.9; report equal_priority 10.0.0.9; advertise 100; " + gone + "higher_priority", at + sec/2 + down2},
		)},
		{"RFC 5798 6.4.3", "and the smaller one loses", c, life(ruling(c),
			step{at + sec/2, says(c, 100, lower), "report other_master 10.0.0.1; report equal_priority 10.0.0.1; advertise 100; lower_priority other_master 10.0.0.1; announce 5 [10.0.0.100/32]", at + sec},
		)},
		{"RFC 5798 6.4.3", "addresses compare as unsigned numbers in network order: fe80::80 is greater than fe80::7f", with(f, func(c *Config) {
			c.Addresses = []netip.Prefix{netip.MustParsePrefix("fe80::64/128")}
		}), []step{
			{0, Interface{Up: true, Source: netip.MustParseAddr("fe80::7f")}, "", never}, {0, Start{}, "INIT->BACKUP start", down3},
			{down3, Tick{}, "advertise 100; add [fe80::64/128]; announce 5 [fe80::64/128]; BACKUP->MASTER master_down", 0},
			{down3 + 50*ms, says(with(f, func(c *Config) { c.Addresses = []netip.Prefix{netip.MustParsePrefix("fe80::64/128")} }), 100, netip.MustParseAddr("fe80::80")),
				"report other_master fe80::80; report equal_priority fe80::80; advertise 100; remove [fe80::64/128]; MASTER->BACKUP higher_priority", 0},
		}},
		{"RFC 3768 6.4.3 without the last word", "stepping down in silence", mute, life(ruling(c),
			step{at + sec/2, says(c, 101, lower), "report other_master 10.0.0.1; " + gone + "higher_priority", at + sec/2 + down2},
		)},
		{"RFC 5798 6.4.3", "nopreempt does not matter to a master", n, life(ruling(n),
			step{at + sec/2, says(n, 101, lower), "report other_master 10.0.0.1; advertise 100; " + gone + "higher_priority", at + sec/2 + down2},
		)},
		{"RFC 9568 6.4.3", "a lower priority is answered at once; the announcement is repeated now and after its delay", c, life(ruling(c),
			step{at + sec/2, says(c, 99, lower), "report other_master 10.0.0.1; advertise 100; lower_priority other_master 10.0.0.1; announce 5 [10.0.0.100/32]", at + sec},
			step{at + sec, Tick{}, "advertise 100", at + 2*sec},
			step{at + 2*sec, Tick{}, "advertise 100", at + 3*sec},
			step{at + 3*sec, Tick{}, "advertise 100", at + 4*sec},
			step{at + 4*sec, Tick{}, "advertise 100", at + 5*sec},
			step{at + 5*sec, Tick{}, "advertise 100", at + 5*sec + sec/2},
			step{at + 5*sec + sec/2, Tick{}, "announce 5 [10.0.0.100/32]", at + 6*sec},
		)},
		{"RFC 3768 6.4.3 (lower_prio_no_advert)", "a lower priority is discarded, the announcement still repeated", mute, life(ruling(c),
			step{at + sec/2, says(c, 99, lower), "report other_master 10.0.0.1; announce 5 [10.0.0.100/32]", at + sec},
		)},
		{"noise", "a loser that floods gets one answer per tenth of an interval, and four announcements a second", c, life(ruling(c),
			step{at + 300*ms, says(c, 99, lower), "report other_master 10.0.0.1; advertise 100; lower_priority other_master 10.0.0.1; announce 5 [10.0.0.100/32]", at + sec},
			step{at + 301*ms, says(c, 99, lower), "lower_priority other_master 10.0.0.1", at + 400*ms},
			step{at + 302*ms, says(c, 99, lower), "", at + 400*ms},
			step{at + 400*ms, Tick{}, "advertise 100", at + 550*ms},
			step{at + 401*ms, says(c, 99, lower), "lower_priority other_master 10.0.0.1", at + 500*ms},
			step{at + 500*ms, Tick{}, "advertise 100", at + 550*ms},
			step{at + 550*ms, Tick{}, "announce 5 [10.0.0.100/32]", at + sec},
			step{at + sec, Tick{}, "advertise 100", 0}, step{at + 2*sec, Tick{}, "advertise 100", 0}, step{at + 3*sec, Tick{}, "advertise 100", 0},
			step{at + 4*sec, Tick{}, "advertise 100", 0}, step{at + 5*sec, Tick{}, "advertise 100", at + 5550*ms},
			step{at + 5550*ms, Tick{}, "announce 5 [10.0.0.100/32]", at + 6*sec}, step{at + 6*sec, Tick{}, "advertise 100", 0},
			step{at + 7*sec, Tick{}, "advertise 100", 0}, step{at + 8*sec, Tick{}, "advertise 100", 0}, step{at + 9*sec, Tick{}, "advertise 100", 0},
			step{at + 10*sec, Tick{}, "advertise 100", at + 11*sec}, step{at + 11*sec, Tick{}, "advertise 100", at + 12*sec},
		)},
		{"noise", "a loser right after the takeover waits for an answer and for its announcement", c, life(ruling(c),
			step{at + 1*ms, says(c, 99, lower), "report other_master 10.0.0.1; lower_priority other_master 10.0.0.1", at + 100*ms},
			step{at + 100*ms, Tick{}, "advertise 100", at + 250*ms},
			step{at + 250*ms, Tick{}, "announce 5 [10.0.0.100/32]", at + sec},
		)},
		{"garp_lower_prio_repeat", "none, once without a second time", with(c, func(c *Config) { c.Announce.LowerRepeat = -1 }), life(ruling(c),
			step{at + 300*ms, says(c, 99, lower), "report other_master 10.0.0.1; advertise 100; lower_priority other_master 10.0.0.1", at + sec},
		)},
		{"garp_lower_prio_delay", "none: the second round of the takeover goes too", with(c, func(c *Config) { c.Interval, c.Announce.LowerDelay = 10*sec, -1 }), []step{
			{0, up, "", never}, {0, Start{}, "INIT->BACKUP start", 0}, {31 * sec, Tick{}, takes + "master_down", 36 * sec},
			{33 * sec, says(with(c, func(c *Config) { c.Interval = 10 * sec }), 99, lower), "report other_master 10.0.0.1; advertise 100; lower_priority other_master 10.0.0.1; announce 5 [10.0.0.100/32]", 41 * sec},
		}},
		{"no addresses", "nothing to do with them", with(c, func(c *Config) { c.Addresses = nil }), []step{
			{0, up, "", never}, {0, Start{}, "INIT->BACKUP start", 0}, {at, Tick{}, "advertise 100; BACKUP->MASTER master_down", at + sec},
			{5 * sec, Interface{}, "MASTER->FAULT link_down", never},
		}},
		{"two owners", "the greater address wins, where RFC 3768 7.1 leaves two masters", owner, life(owns,
			step{sec / 2, says(c, 255, higher), "report other_master 10.0.0.9; report equal_priority 10.0.0.9; advertise 255; " + gone + "higher_priority", 0},
		)},
		{"two owners", "soon after each other: the loser hears the winner a tenth of an interval after its last word", owner, life(owns,
			step{86 * ms, says(c, 255, lower), "report other_master 10.0.0.1; report equal_priority 10.0.0.1; lower_priority other_master 10.0.0.1", 100 * ms},
			step{100 * ms, Tick{}, "advertise 255", 250 * ms},
			step{250 * ms, Tick{}, "announce 5 [10.0.0.100/32]", sec},
		)},
		{"an answer that waits", "another advertisement is one", c, life(ruling(c),
			step{at + 50*ms, says(c, 99, lower), "report other_master 10.0.0.1; lower_priority other_master 10.0.0.1", at + 100*ms},
			step{at + 60*ms, Reload{with(c, func(c *Config) { c.Interval, c.Rollover = 10*sec, -1 })}, "advertise 100", at + 250*ms},
		)},
		{"an answer that waits", "ends with the mastership", c, life(ruling(c),
			step{at + 50*ms, says(c, 99, lower), "report other_master 10.0.0.1; lower_priority other_master 10.0.0.1", at + 100*ms},
			step{at + 60*ms, Interface{}, "remove [10.0.0.100/32]; MASTER->FAULT link_down", never},
			step{at + 70*ms, up, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; FAULT->MASTER flap_over", at + 1070*ms},
		)},
		{"an answer that waits", "a late process does not insist by it", n, life(ruling(n),
			step{at + 50*ms, says(n, 99, lower), "report other_master 10.0.0.1; lower_priority other_master 10.0.0.1", at + 100*ms},
			step{at + 4500*ms, Tick{}, "announce 5 [10.0.0.100/32]; report timer_late 10.0.0.5; MASTER->PROBING timer_late", at + 4500*ms + 1125*ms},
		)},
		{"RFC 5798 6.4.3", "an owner yields to nothing else", owner, life(owns,
			step{sec / 2, says(c, 254, higher), "report other_master 10.0.0.9; advertise 255; lower_priority other_master 10.0.0.9; announce 5 [10.0.0.100/32]", sec},
		)},
		{"a late process does not insist", "without preemption it listens before it goes on, with the addresses", n, life(ruling(n),
			step{at + 4500*ms, Tick{}, "report timer_late 10.0.0.5; MASTER->PROBING timer_late", at + 4500*ms + 1125*ms},
			step{at + 4500*ms + 1125*ms, Tick{}, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; PROBING->MASTER nobody_else", 0},
		)},
		{"a late process does not insist", "whoever took over keeps the addresses", n, life(ruling(n),
			step{at + 3500*ms, Tick{}, "report timer_late 10.0.0.5; MASTER->PROBING timer_late", 0},
			step{at + 4*sec, says(n, 50, lower), "remove [10.0.0.100/32]; PROBING->BACKUP other_master", at + 4*sec + down2},
		)},
		{"a late process does not insist", "nor does it win against the queue: no last word against a lower priority", n, life(ruling(n),
			step{at + 3500*ms, says(n, 50, lower), "report other_master 10.0.0.1; " + gone + "other_master", at + 3500*ms + down2},
		)},
		{"a late process", "with preemption it would win at once anyway, and announces again", c, life(ruling(c),
			step{at + 3500*ms, Tick{}, "report timer_late 10.0.0.5; announce 5 [10.0.0.100/32]; advertise 100", at + 4500*ms},
		)},
		{"garp_master_delay, garp_master_refresh", "five, five after 5 s, one a minute", with(c, func(c *Config) { c.Interval = 100 * sec }), []step{
			{0, up, "", never}, {0, Start{}, "INIT->BACKUP start", 300*sec + 156*sec/256},
			{301 * sec, Tick{}, takes + "master_down", 306 * sec},
			{306 * sec, Tick{}, "announce 5 [10.0.0.100/32]", 361 * sec},
			{361 * sec, Tick{}, "announce 1 [10.0.0.100/32]", 401 * sec},
			{401 * sec, Tick{}, "advertise 100", 421 * sec},
			{421 * sec, Tick{}, "announce 1 [10.0.0.100/32]", 481 * sec},
		}},
		{"vrrp_min_garp", "one, and no more", with(c, func(c *Config) {
			c.Interval, c.Announce = 100*sec, Announcing{MasterRepeat: 1, MasterDelay: -1, Refresh: -1}
		}), []step{
			{0, up, "", never}, {0, Start{}, "INIT->BACKUP start", 0},
			{301 * sec, Tick{}, "advertise 100; add [10.0.0.100/32]; announce 1 [10.0.0.100/32]; BACKUP->MASTER master_down", 401 * sec},
		}},
	})
}

// left is a tutorial's master that has begun to leave at its second 5, by what the effect names.
func left(tell Event, why string) []step {
	s := ruling(tutorial())
	return append(s, step{5 * sec, tell, "advertise 0; MASTER->LEAVING " + why, 5*sec + 20*ms},
		step{5*sec + 20*ms, Tick{}, "advertise 0", 5*sec + 40*ms},
		step{5*sec + 40*ms, Tick{}, "advertise 0", 5*sec + 40*ms + sec + 200*ms})
}

func TestLeave(t *testing.T) {
	n := tutorial()
	const away, end = "remove [10.0.0.100/32]; LEAVING->", 6*sec + 240*ms
	tracked := with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "chk", InitFail: false}} })
	leftByTracker := append([]step{{0, Track{Name: "chk", Up: true}, "", never}}, left(Track{Name: "chk"}, "tracker_down")...)
	playAll(t, []row{
		{"RFC 5798 6.4.3, better", "shutdown: priority zero now, the addresses go when the successor speaks", n, life(left(Stop{}, "stop"),
			step{5800 * ms, says(n, 50, lower), hush, 5800*ms + linger}, step{5800*ms + linger, Tick{}, away + "INIT stop", never})},
		{"RFC 5798 6.4.3", "without a successor they go after the slowest skew and 200 ms", n, life(left(Stop{}, "stop"), step{end, Tick{}, away + "INIT stop", never})},
		{"RFC 5798 6.4.3", "the abrupt way is the RFC's", n, life(ruling(n), step{5 * sec, Stop{Abrupt: true}, "advertise 0; advertise 0; remove [10.0.0.100/32]; MASTER->INIT stop", never})},
		{"RFC 5798 6.4.3", "and can end a wait", n, life(left(Stop{}, "stop"), step{5500 * ms, Stop{Abrupt: true}, away + "INIT stop", never})},
		{"RFC 5798 6.4.3", "by configuration", with(n, func(c *Config) { c.AbruptLeave = true }), life(ruling(n),
			step{5 * sec, Stop{}, "advertise 0; advertise 0; remove [10.0.0.100/32]; MASTER->INIT stop", never})},
		{"reload that moves an instance", "its addresses stay for the machine that adopts them", n, life(ruling(n), step{5 * sec, Stop{Keep: true}, "advertise 0; advertise 0; MASTER->INIT stop", never})},
		{"reload that moves an instance", "the other one is master at once", n, []step{
			{0, up, "", never}, {0, Start{Adopt: true}, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; INIT->MASTER adopted", sec}}},
		{"priority zero", "another one that leaves is no successor", n, life(left(Stop{}, "stop"), step{5500 * ms, says(n, 0, lower), "", end})},
		{"successor", "what was under way when we left is not its voice", n, life(left(Stop{}, "stop"),
			step{5500 * ms, says(n, 50, lower, func(a *Advert) { a.Received = epoch.Add(4900 * ms) }), "", end})},
		{"start while it leaves", "takes the stop back before a successor speaks", n, life(left(Stop{}, "stop"),
			step{5500 * ms, Start{}, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; LEAVING->MASTER resume", 6500 * ms})},
		{"start while it leaves", "a hand-over that was under way before the stop goes on", n, life(left(HandOver{}, "handover"),
			step{5500 * ms, Stop{}, "", end}, step{5600 * ms, Start{}, "", end},
			step{5800 * ms, says(n, 50, lower), hush, 5800*ms + linger}, step{5800*ms + linger, Tick{}, away + "BACKUP handover", 5800*ms + down2})},
		{"start while it leaves", "the successor has spoken", n, life(left(Stop{}, "stop"), step{5800 * ms, says(n, 50, lower), hush, 5800*ms + linger},
			step{5810 * ms, Start{}, "", 5800*ms + linger}, step{5800*ms + linger, Tick{}, away + "BACKUP handover", 5800*ms + down2})},
		{"handover", "the successor is left alone although its priority is lower", plain(), life(ruling(plain()),
			step{5 * sec, HandOver{}, "advertise 0; MASTER->LEAVING handover", 0},
			step{5800 * ms, says(plain(), 50, lower), hush, 5800*ms + linger}, step{5800*ms + linger, Tick{}, away + "BACKUP handover", 5800*ms + down2},
			step{6800 * ms, says(plain(), 50, lower), "", 6800*ms + down2},
			step{7 * sec, Resume{ByOperator}, "", 6800*ms + down2},
			step{7800 * ms, says(plain(), 50, lower), "", 6800*ms + down2},
		)},
		{"handover", "who was master again is no longer reticent", plain(), life(ruling(plain()),
			step{5 * sec, HandOver{}, "advertise 0; MASTER->LEAVING handover", 0},
			step{5800 * ms, says(plain(), 50, lower), hush, 5800*ms + linger}, step{5800*ms + linger, Tick{}, away + "BACKUP handover", 5800*ms + down2},
			step{5800*ms + down2, Tick{}, takes + "master_down", 0},
			step{10 * sec, says(plain(), 200, higher), "report other_master 10.0.0.9; advertise 100; remove [10.0.0.100/32]; MASTER->BACKUP higher_priority", 10*sec + down2},
			step{11 * sec, says(plain(), 50, lower), "", 10*sec + down2},
		)},
		{"handover", "another machine goes on with it, told before its start or after", plain(), []step{
			{0, up, "", never}, {0, Yield{}, "", never}, {0, Start{}, "INIT->BACKUP start", down2},
			{sec, says(plain(), 50, lower), "", sec + down2}, {2 * sec, Resume{ByOperator}, "", sec + down2},
			{2 * sec, says(plain(), 50, lower), "", sec + down2}, {3 * sec, Yield{}, "", sec + down2},
			{3 * sec, says(plain(), 50, lower), "", 3*sec + down2},
			{4 * sec, Stop{}, "BACKUP->INIT stop", never}, {5 * sec, Start{}, "INIT->BACKUP start", 5*sec + down2},
			{6 * sec, says(plain(), 50, lower), "", 5*sec + down2}}},
		{"handover", "one that is master has nothing to go on with", plain(), life(ruling(plain()), step{5 * sec, Yield{}, "", 0},
			step{10 * sec, says(plain(), 200, higher), "report other_master 10.0.0.9; advertise 100; remove [10.0.0.100/32]; MASTER->BACKUP higher_priority", 10*sec + down2},
			step{11 * sec, says(plain(), 50, lower), "", 10*sec + down2})},
		{"handover", "without a successor it stays master", n, life(left(HandOver{}, "handover"),
			step{end, Tick{}, "report no_successor 10.0.0.5; advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; LEAVING->MASTER no_successor", 0})},
		{"hold", "a master hands over, and gives up without a successor too", n, life(left(Hold{ByOperator}, "hold"), step{end, Tick{}, away + "BACKUP no_successor", end + down2})},
		{"tracker", "a fault hands over", tracked, life(leftByTracker, step{5800 * ms, says(n, 50, lower), hush, 5800*ms + linger}, step{5800*ms + linger, Tick{}, away + "FAULT tracker_down", never})},
		{"tracker", "without a successor the addresses go", tracked, life(leftByTracker, step{end, Tick{}, away + "FAULT tracker_down", never})},
		{"tracker", "that recovers meanwhile: master again if nobody took over", tracked, life(leftByTracker,
			step{5500 * ms, Track{Name: "chk", Up: true}, "", end},
			step{end, Tick{}, "report no_successor 10.0.0.5; advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; LEAVING->MASTER no_successor", 0})},
		{"carrier", "lost while leaving: gone at once", n, life(left(Stop{}, "stop"), step{5500 * ms, Interface{}, away + "INIT stop", never})},
		{"version 3", "the wait is an interval and 200 ms, priority zero repeats within an eighth", v3(), life(ruling(v3()),
			step{400 * ms, Stop{}, "advertise 0; MASTER->LEAVING stop", 412500 * time.Microsecond},
			step{412500 * time.Microsecond, Tick{}, "advertise 0", 425 * ms},
			step{425 * ms, Tick{}, "advertise 0", 400*ms + 25*ms + 100*ms + 200*ms})},
	})
}
