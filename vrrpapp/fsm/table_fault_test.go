package fsm

import (
	"net/netip"
	"testing"
)

func TestFault(t *testing.T) {
	c, n := plain(), tutorial()
	at := down2
	const cut = "remove [10.0.0.100/32]; MASTER->FAULT "
	tracked := with(n, func(c *Config) { c.Trackers = []Tracker{{Name: "chk"}} })
	list := []netip.Prefix{vip}
	const back = "add [10.0.0.100/32]; announce 5 [10.0.0.100/32]"
	playAll(t, []row{
		{"keepalived: fault", "a start without a link", c, []step{
			{0, Start{}, "INIT->FAULT link_down", never}, {sec, Interface{Up: true}, "", never}, {2 * sec, up, "FAULT->BACKUP recovered", 2*sec + down2}}},
		{"keepalived: fault", "a start without an interface", c, []step{
			{0, Interface{Missing: true}, "", never}, {0, Start{}, "INIT->FAULT no_interface", never},
			{sec, Interface{}, "", never}, {2 * sec, up, "FAULT->BACKUP recovered", 2*sec + down2}}},
		{"keepalived: fault", "a master's interface is deleted", c, life(ruling(c),
			step{at + sec, Interface{Missing: true}, cut + "no_interface", never}, step{at + 9*sec, up, "FAULT->BACKUP recovered", 0})},
		{"keepalived: fault", "a start without an address", c, []step{
			{0, Interface{Up: true}, "", never}, {0, Start{}, "INIT->FAULT no_address", never}, {2 * sec, up, "FAULT->BACKUP recovered", 2*sec + down2}}},
		{"keepalived: fault", "a backup's link goes and comes", c, life(begun(c),
			step{sec, Interface{}, "BACKUP->FAULT link_down", never}, step{2 * sec, up, "FAULT->BACKUP recovered", 2*sec + down2})},
		{"keepalived: track_script without weight", "a start waits for it, like keepalived's", tracked, []step{
			{0, up, "", never}, {0, Start{}, "INIT->FAULT tracker_down", never}, {sec, Track{Name: "chk", Up: true}, "FAULT->BACKUP recovered", sec + down2}}},
		{"keepalived: track_script without weight", "a backup whose script fails", tracked, []step{
			{0, up, "", never}, {0, Track{Name: "chk", Up: true}, "", never}, {0, Start{}, "INIT->BACKUP start", 0},
			{sec, Track{Name: "chk"}, "BACKUP->FAULT tracker_down", never},
			{2 * sec, Track{Name: "another", Up: true}, "", never},
			{3 * sec, Track{Name: "chk", Up: true}, "FAULT->BACKUP recovered", 3*sec + down2}}},
		{"carrier", "gone: nobody can be told, the addresses go at once", n, life(ruling(n),
			step{at + sec, Tick{}, "advertise 100", 0},
			step{at + 1500*ms, Interface{}, cut + "link_down", never})},
		{"carrier", "back before anybody can have taken over: master again", n, life(ruling(n),
			step{at + 1500*ms, Interface{}, cut + "link_down", never},
			step{at + 2*sec, up, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; FAULT->MASTER flap_over", at + 3*sec})},
		{"carrier", "back too late: backup", n, life(ruling(n),
			step{at + 1500*ms, Interface{}, cut + "link_down", never},
			step{at + 3*sec, up, "FAULT->BACKUP recovered", at + 3*sec + down2})},
		{"carrier", "back in time, but another master was heard", n, life(ruling(n),
			step{at + 1500*ms, Interface{}, cut + "link_down", never},
			step{at + 1600*ms, says(n, 50, lower), "", never},
			step{at + 2*sec, up, "FAULT->BACKUP recovered", 0})},
		{"carrier", "back in time, but held meanwhile", n, life(ruling(n),
			step{at + 1500*ms, Interface{}, cut + "link_down", never},
			step{at + 1600*ms, Hold{ByOperator}, "", never},
			step{at + 2*sec, up, "FAULT->BACKUP recovered", 0})},
		{"carrier", "a short flap once does not excuse a later one", n, life(ruling(n),
			step{at + 100*ms, Interface{}, cut + "link_down", never},
			step{at + 200*ms, up, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; FAULT->MASTER flap_over", 0},
			step{at + 300*ms, says(n, 200, higher), "report other_master 10.0.0.9; advertise 100; remove [10.0.0.100/32]; MASTER->BACKUP higher_priority", 0},
			step{at + 400*ms, Interface{}, "BACKUP->FAULT link_down", never},
			step{at + 500*ms, up, "FAULT->BACKUP recovered", 0})},
		{"own address", "gone: the source is kept for the farewell", n, life(ruling(n),
			step{5 * sec, Interface{Up: true}, "advertise 0; " + hush + "; MASTER->LEAVING no_address", 0},
			step{5800 * ms, says(n, 50, lower), "", 5800*ms + linger}, step{5800*ms + linger, Tick{}, "remove [10.0.0.100/32]; LEAVING->FAULT no_address", never})},
		{"addresses removed", "put back at once", n, life(ruling(n), step{4 * sec, Removed{list}, back + "; report addresses_removed invalid IP", 0})},
		{"addresses removed", "three times in exactly that", n, life(ruling(n),
			step{4 * sec, Removed{list}, back + "; report addresses_removed invalid IP", 0}, step{5 * sec, Removed{list}, back, 0},
			step{14 * sec, Removed{list}, back + "; advertise 0; " + hush + "; MASTER->LEAVING addresses_removed", 0},
			step{14600 * ms, says(n, 50, lower), "", 14600*ms + linger}, step{14600*ms + linger, Tick{}, "remove [10.0.0.100/32]; LEAVING->FAULT addresses_removed", 44 * sec},
			step{44 * sec, Tick{}, "FAULT->BACKUP recovered", 44*sec + down2},
			step{44*sec + down2, Tick{}, takes + "master_down", 0},
			step{48 * sec, Removed{list}, back, 0})},
		{"addresses removed", "a stop ends the fault", n, life(ruling(n),
			step{4 * sec, Removed{list}, back + "; report addresses_removed invalid IP", 0}, step{5 * sec, Removed{list}, back, 0},
			step{6 * sec, Removed{list}, back + "; advertise 0; " + hush + "; MASTER->LEAVING addresses_removed", 0},
			step{6600 * ms, says(n, 50, lower), "", 6600*ms + linger}, step{6600*ms + linger, Tick{}, "remove [10.0.0.100/32]; LEAVING->FAULT addresses_removed", 36 * sec},
			step{7 * sec, Stop{}, "FAULT->INIT stop", never}, step{8 * sec, Start{}, "INIT->BACKUP start", 8*sec + down2})},
		{"carrier", "a stop in between ends the excuse of a short flap", n, life(ruling(n),
			step{at + 100*ms, Interface{}, cut + "link_down", never}, step{at + 200*ms, Stop{}, "FAULT->INIT stop", never},
			step{at + 300*ms, Start{}, "INIT->FAULT link_down", never}, step{at + 400*ms, up, "FAULT->BACKUP recovered", 0})},
		{"fault", "while probing", n, []step{
			{0, up, "", never}, {0, Start{Found: list}, "INIT->PROBING found_addresses", 0}, {sec, Interface{Up: true}, "remove [10.0.0.100/32]; PROBING->FAULT no_address", never}}},
		{"fault", "while leaving: it goes on, unless the link is lost", n, life(ruling(n),
			step{5 * sec, Stop{}, "advertise 0; " + hush + "; MASTER->LEAVING stop", 0}, step{5100 * ms, Interface{Up: true}, "", 0},
			step{5200 * ms, Interface{}, "remove [10.0.0.100/32]; LEAVING->INIT stop", never})},
		{"addresses removed", "others than ours do not matter", n, life(ruling(n), step{4 * sec, Removed{extra}, "", 0})},
		{"addresses removed", "as a backup it does not matter", n, life(begun(n), step{2 * sec, Removed{list}, "", down2})},
		{"addresses removed", "three times in 10 s: somebody else may be luckier", n, life(ruling(n),
			step{4 * sec, Removed{list}, back + "; report addresses_removed invalid IP", 0},
			step{5 * sec, Removed{list}, back, 0},
			step{13900 * ms, Removed{list}, back + "; advertise 0; " + hush + "; MASTER->LEAVING addresses_removed", 0},
			step{14600 * ms, says(n, 50, lower), "", 14600*ms + linger}, step{14600*ms + linger, Tick{}, "remove [10.0.0.100/32]; LEAVING->FAULT addresses_removed", 43900 * ms},
			step{43900 * ms, Tick{}, "FAULT->BACKUP recovered", 43900*ms + down2})},
		{"addresses removed", "three times in more than that", n, life(ruling(n),
			step{4 * sec, Removed{list}, back + "; report addresses_removed invalid IP", 0},
			step{5 * sec, Removed{list}, back, 0},
			step{14100 * ms, Removed{list}, back, 0})},
		{"addresses removed", "without anybody luckier they come back", n, life(ruling(n),
			step{4 * sec, Removed{list}, back + "; report addresses_removed invalid IP", 0},
			step{5 * sec, Removed{list}, back, 0},
			step{6 * sec, Removed{list}, back + "; advertise 0; " + hush + "; MASTER->LEAVING addresses_removed", 0},
			step{7240 * ms, Tick{}, "report no_successor 10.0.0.5; advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; LEAVING->MASTER no_successor", 0},
			step{8 * sec, Removed{list}, back, 0})},
		{"addresses appeared", "on a backup: ours go, others' are named", n, life(begun(n),
			step{sec, Appeared{list, true}, "report found_addresses 10.0.0.100; remove [10.0.0.100/32]", 0},
			step{2 * sec, Appeared{extra, false}, "report found_addresses 10.0.0.101", 0})},
		{"addresses appeared", "before the start nothing is ours", n, []step{{0, up, "", never}, {0, Appeared{list, true}, "", never}}},
		{"addresses appeared", "on the master they belong", n, life(ruling(n), step{5 * sec, Appeared{list, true}, "", 0})},
		{"found at the start", "silence for an interval: they stay", n, []step{
			{0, up, "", never}, {0, Start{Found: list}, "INIT->PROBING found_addresses", 1125 * ms},
			{1125 * ms, Tick{}, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; PROBING->MASTER nobody_else", 0}}},
		{"found at the start", "another master: they go, whatever its priority", c, []step{
			{0, up, "", never}, {0, Start{Found: list}, "INIT->PROBING found_addresses", 1125 * ms},
			{500 * ms, says(c, 1, lower), "remove [10.0.0.100/32]; PROBING->BACKUP other_master", 500*ms + down2}}},
		{"found at the start", "a master that leaves shortens the wait", c, []step{
			{0, up, "", never}, {0, Start{Found: list}, "INIT->PROBING found_addresses", 1125 * ms},
			{100 * ms, says(c, 0, lower), "", 100*ms + 156*sec/256}}},
		{"found at the start", "nothing is left of an earlier life", v3(), life(begun(v3()),
			step{50 * ms, says(v3(), 200, higher, func(a *Advert) { a.Interval = sec }), "report interval_differs 10.0.0.9", 0},
			step{60 * ms, Stop{}, "BACKUP->INIT stop", never}, step{70 * ms, Start{Found: list}, "INIT->PROBING found_addresses", 70*ms + 112500*micro},
			step{80 * ms, says(v3(), 0, lower), "", 80*ms + 156*100*ms/256})},
		{"found at the start", "the master's interval is learnt from its first word", v3(), []step{
			{0, up, "", never}, {0, Start{Found: list}, "INIT->PROBING found_addresses", 112500 * micro},
			{50 * ms, says(v3(), 200, higher, func(a *Advert) { a.Interval = sec }), "report interval_differs 10.0.0.9; remove [10.0.0.100/32]; PROBING->BACKUP other_master", 50*ms + 3*sec + 156*sec/256}}},
		{"found at the start", "late twice, it does not wait for ever", c, []step{
			{0, up, "", never}, {0, Start{Found: list}, "INIT->PROBING found_addresses", 1125 * ms},
			{2200 * ms, Tick{}, "", 3200 * ms},
			{5 * sec, Tick{}, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; PROBING->MASTER nobody_else", 0}}},
		{"found at the start", "late, it listens once more", c, []step{
			{0, up, "", never}, {0, Start{Found: list}, "INIT->PROBING found_addresses", 1125 * ms},
			{2200 * ms, Tick{}, "", 3200 * ms},
			{3200 * ms, Tick{}, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; PROBING->MASTER nobody_else", 0}}},
		{"found at the start", "those of an earlier configuration go", n, []step{
			{0, up, "", never}, {0, Start{Found: append(list, extra...)}, "remove [10.0.0.101/24 10.0.0.102/24]; INIT->PROBING found_addresses", 1125 * ms}}},
		{"found at the start", "in fault all go", n, []step{
			{0, Interface{}, "", never}, {0, Start{Found: list}, "remove [10.0.0.100/32]; INIT->FAULT link_down", never}}},
		{"found at the start", "they stay until the process is ready", n, []step{
			{0, up, "", never}, {0, Hold{ByStart}, "", never}, {0, Start{Found: list}, "INIT->PROBING found_addresses", 1125 * ms},
			{1125 * ms, Tick{}, "", 2125 * ms}, {2 * sec, Resume{ByStart}, "", 2125 * ms},
			{2125 * ms, Tick{}, "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; PROBING->MASTER nobody_else", 0}}},
		{"found at the start", "a stop or a hold takes them away", n, []step{
			{0, up, "", never}, {0, Start{Found: list}, "INIT->PROBING found_addresses", 0},
			{sec, Hold{ByOperator}, "remove [10.0.0.100/32]; PROBING->BACKUP hold", 0}, {2 * sec, Stop{}, "BACKUP->INIT stop", never},
			{3 * sec, Resume{ByOperator}, "", never}, {3 * sec, Start{Found: list}, "INIT->PROBING found_addresses", 0}, {4 * sec, Stop{}, "remove [10.0.0.100/32]; PROBING->INIT stop", never}}},
	})
}

func TestPriority(t *testing.T) {
	weights := func(list ...Tracker) Config { return with(plain(), func(c *Config) { c.Trackers = list }) }
	set := func(name string, up bool, value int) Track { return Track{Name: name, Up: up, Value: value} }
	for _, c := range []struct {
		name     string
		base     uint8
		trackers []Tracker
		news     []Track
		want     uint8
		fault    bool
	}{
		{"positive: added while up", 100, []Tracker{{Name: "a", Weight: 10}}, []Track{set("a", true, 0)}, 110, false},
		{"positive: nothing while down", 100, []Tracker{{Name: "a", Weight: 10}}, []Track{set("a", false, 0)}, 100, false},
		{"positive: nothing before it has spoken", 100, []Tracker{{Name: "a", Weight: 10}}, nil, 100, false},
		{"negative: nothing while up", 100, []Tracker{{Name: "a", Weight: -10}}, []Track{set("a", true, 0)}, 100, false},
		{"negative: taken away while down", 100, []Tracker{{Name: "a", Weight: -10}}, []Track{set("a", false, 0)}, 90, false},
		{"init_fail: not before it has spoken", 100, []Tracker{{Name: "a", Weight: -10, InitFail: true}}, nil, 100, false},
		{"init_fail: then it is", 100, []Tracker{{Name: "a", Weight: -10, InitFail: true}}, []Track{set("a", false, 0)}, 90, false},
		{"init_fail of a positive", 100, []Tracker{{Name: "a", Weight: 10, InitFail: true}}, nil, 100, false},
		{"init_fail, reversed", 100, []Tracker{{Name: "a", Weight: -10, Reverse: true, InitFail: true}}, nil, 100, false},
		{"init_fail without weight: a fault until it has spoken", 100, []Tracker{{Name: "a", InitFail: true}}, nil, 100, true},
		{"init_fail without weight, up", 100, []Tracker{{Name: "a", InitFail: true}}, []Track{set("a", true, 0)}, 100, false},
		{"reverse of a positive", 100, []Tracker{{Name: "a", Weight: 10, Reverse: true}}, []Track{set("a", true, 0)}, 90, false},
		{"reverse of a negative", 100, []Tracker{{Name: "a", Weight: -10, Reverse: true}}, []Track{set("a", false, 0)}, 110, false},
		{"several", 100, []Tracker{{Name: "a", Weight: 10}, {Name: "b", Weight: -20}, {Name: "c", Weight: 5}}, []Track{set("a", true, 0), set("b", false, 0), set("c", false, 0)}, 90, false},
		{"the least is 1", 100, []Tracker{{Name: "a", Weight: -200}}, []Track{set("a", false, 0)}, 1, false},
		{"the most is 254", 100, []Tracker{{Name: "a", Weight: 253}}, []Track{set("a", true, 0)}, 254, false},
		{"the owner's never changes (RFC 5798 5.2.4)", 255, []Tracker{{Name: "a", Weight: -200}}, []Track{set("a", false, 0)}, 255, false},
		{"no weight: down is a fault", 100, []Tracker{{Name: "a"}}, []Track{set("a", false, 0)}, 100, true},
		{"no weight: up is none", 100, []Tracker{{Name: "a"}}, []Track{set("a", true, 0)}, 100, false},
		{"no weight, not yet known", 100, []Tracker{{Name: "a"}}, nil, 100, true},
		{"no weight, reversed: up is a fault", 100, []Tracker{{Name: "a", Reverse: true}}, []Track{set("a", true, 0)}, 100, true},
		{"the owner's fault too", 255, []Tracker{{Name: "a"}}, []Track{set("a", false, 0)}, 255, true},
		{"track_file: value times weight", 100, []Tracker{{Name: "f", Weight: 2, Scaled: true}}, []Track{set("f", false, -20)}, 60, false},
		{"track_file: reversed", 100, []Tracker{{Name: "f", Weight: 2, Scaled: true, Reverse: true}}, []Track{set("f", false, -20)}, 140, false},
		{"track_file: less than -253 is a fault", 100, []Tracker{{Name: "f", Weight: 1, Scaled: true}}, []Track{set("f", false, -254)}, 1, true},
		{"track_file: -253 is none", 100, []Tracker{{Name: "f", Weight: 1, Scaled: true}}, []Track{set("f", false, -253)}, 1, false},
		{"track_file: huge", 100, []Tracker{{Name: "f", Weight: 254, Scaled: true}}, []Track{set("f", false, 1<<30)}, 254, false},
		{"track_file without weight: not 0 is a fault", 100, []Tracker{{Name: "f", Scaled: true}}, []Track{set("f", true, 3)}, 100, true},
		{"track_file without weight: 0 is none", 100, []Tracker{{Name: "f", Scaled: true}}, []Track{set("f", false, 0)}, 100, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := New(with(weights(c.trackers...), func(x *Config) { x.Priority = c.base }))
			if err != nil {
				t.Fatal(err)
			}
			m.Handle(epoch, up)
			for _, n := range c.news {
				m.Handle(epoch, n)
			}
			if s := m.Status(); s.Priority != c.want || (len(s.Faults) > 0) != c.fault {
				t.Errorf("priority %d, faults %v; want %d, %v", s.Priority, s.Faults, c.want, c.fault)
			}
		})
	}
	playAll(t, []row{
		{"keepalived: weight", "a master says its new priority with the next advertisement, and keeps the addresses", weights(Tracker{Name: "a", Weight: -60}), life(ruling(plain()),
			step{4 * sec, set("a", false, 0), "priority 40", down2 + sec},
			step{down2 + sec, Tick{}, "advertise 40", 0},
			step{5 * sec, says(plain(), 50, lower), "report other_master 10.0.0.1; advertise 40; remove [10.0.0.100/32]; MASTER->BACKUP higher_priority", 5*sec + 3*sec + 216*sec/256})},
		{"RFC 5798 6.1", "the skew follows the priority", weights(Tracker{Name: "a", Weight: -60}), life(begun(plain()),
			step{sec, set("a", false, 0), "priority 40", down2},
			step{2 * sec, says(plain(), 50, lower), "", 2*sec + 3*sec + 216*sec/256})},
	})
}
