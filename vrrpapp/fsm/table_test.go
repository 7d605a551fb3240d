package fsm

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// row is one rule: what it comes from, and a short life that shows it.
type row struct {
	clause string
	name   string
	config Config
	steps  []step
}

// step tells the machine something at a time since the epoch, and says what it must answer.
type step struct {
	at   time.Duration
	tell Event
	// want are the effects, by their String, joined by "; ".
	want string
	// next is the deadline afterwards; 0: it does not matter; never: none.
	next time.Duration
}

const (
	never = time.Duration(-1)
	micro = time.Microsecond
	ms    = time.Millisecond
	sec   = time.Second
)

var (
	us     = netip.MustParseAddr("10.0.0.5")
	higher = netip.MustParseAddr("10.0.0.9")
	lower  = netip.MustParseAddr("10.0.0.1")
	up     = Interface{Up: true, Source: us}
)

// tutorial is the pair of the tutorial: priority 100, one second, a password, no preemption.
func tutorial() Config {
	return Config{Priority: 100, NoPreempt: true, Keys: []Key{{1, [8]byte{'1', '1', '1', '1'}}}, Addresses: []netip.Prefix{vip}}
}

// plain is the same without a password and with preemption; v3 is its fast version.
func plain() Config { return Config{Priority: 100, Addresses: []netip.Prefix{vip}} }

func v3() Config {
	c := plain()
	c.Version, c.Interval = 3, 100*ms
	return c
}

// with changes a configuration.
func with(c Config, change func(*Config)) Config {
	change(&c)
	return c
}

// says is an advertisement of another node with the configuration c; change bends it.
func says(c Config, priority uint8, from netip.Addr, change ...func(*Advert)) *Advert {
	c = c.withDefaults()
	a := &Advert{Source: from, TTL: 255, Version: c.Version, Priority: priority, Interval: c.Interval, Auth: c.Keys[0], Addrs: addrs(c.Addresses)}
	for _, f := range change {
		f(a)
	}
	return a
}

// Common beginnings: a started backup, and a master since 3.609375 s (version 2) or 360.9375 ms (version 3, 100 ms).
const (
	down2 = 3*sec + 156*sec/256
	down3 = 300*ms + 156*100*ms/256
)

func begun(c Config) []step {
	next := down2
	if c.Version == 3 {
		next = 3*c.Interval + 156*c.Interval/256
	}
	return []step{{0, up, "", never}, {0, Start{}, "INIT->BACKUP start", next}}
}

const takes = "advertise 100; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; BACKUP->MASTER "

func ruling(c Config) []step {
	s := begun(c)
	at := s[1].next
	interval := c.Interval
	if interval == 0 {
		interval = sec
	}
	return append(s, step{at, Tick{}, takes + "master_down", at + interval})
}

// life is a beginning and what follows.
func life(s []step, more ...step) []step { return append(slices.Clip(s), more...) }

func play(t *testing.T, r row) {
	m, err := New(r.config)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range r.steps {
		var got []string
		for _, e := range m.Handle(epoch.Add(s.at), s.tell) {
			got = append(got, e.String())
		}
		if all := strings.Join(got, "; "); all != s.want {
			t.Fatalf("step %d, %v %T: (-want +got)\n-%s\n+%s", i, s.at, s.tell, s.want, all)
		}
		at, ok := m.Deadline()
		next := at.Sub(epoch)
		if !ok {
			next = never
		}
		if s.next != 0 && next != s.next {
			t.Fatalf("step %d, %v %T: deadline %v, want %v", i, s.at, s.tell, next, s.next)
		}
	}
}

func playAll(t *testing.T, rows []row) {
	for _, r := range rows {
		t.Run(r.clause+": "+r.name, func(t *testing.T) { play(t, r) })
	}
}

func TestBackup(t *testing.T) {
	c, n, f := plain(), tutorial(), v3()
	owner := with(c, func(c *Config) { c.Priority, c.StartMaster = 255, true })
	delay := with(c, func(c *Config) { c.PreemptDelay = 2 * sec })
	playAll(t, []row{
		{"RFC 3768 6.4.1", "a start sets the master down timer: 3 s and 156/256 s of skew", c, begun(c)},
		{"RFC 5798 6.1", "the skew of version 3 is a part of the interval", f, begun(f)},
		{"RFC 5798 6.4.1", "the owner is master at once", owner, []step{
			{0, up, "", never},
			{0, Start{}, "advertise 255; add [10.0.0.100/32]; announce 5 [10.0.0.100/32]; INIT->MASTER owner", sec},
		}},
		{"keepalived.conf(5) state", "the owner with state BACKUP waits like everybody", with(owner, func(c *Config) { c.StartMaster = false }), []step{
			{0, up, "", never}, {0, Start{}, "INIT->BACKUP start", 3*sec + sec/256},
		}},
		{"keepalived.conf(5) state", "state MASTER without 255 changes nothing", with(c, func(c *Config) { c.StartMaster = true }), begun(c)},
		{"keepalived.conf(5) down_timer_adverts", "it replaces the 3", with(c, func(c *Config) { c.DownAdverts = 5 }), []step{
			{0, up, "", never}, {0, Start{}, "INIT->BACKUP start", down2 + 2*sec},
		}},
		{"RFC 3768 6.4.2", "the master down timer fires: advertise, announce, be master", c, ruling(c)},
		{"RFC 5798 6.4.2", "the same in version 3", f, ruling(f)},
		{"RFC 5798 6.4.2", "an equal or higher priority resets the master down timer", c, life(begun(c),
			step{2 * sec, says(c, 100, higher), "", 2*sec + down2},
			step{3 * sec, says(c, 101, lower), "", 3*sec + down2},
		)},
		{"RFC 5798 6.4.2", "an equal priority does, whatever its address", c, life(begun(c), step{2 * sec, says(c, 100, lower), "", 2*sec + down2})},
		{"RFC 5798 6.4.2", "a lower priority is discarded: preemption", c, life(begun(c),
			step{2 * sec, says(c, 99, higher), "", down2},
			step{down2, Tick{}, takes + "master_down", down2 + sec},
		)},
		{"RFC 5798 6.4.2", "without preemption a lower priority resets the timer", n, life(begun(n), step{2 * sec, says(n, 50, lower), "", 2*sec + down2})},
		{"RFC 5798 6.4.2", "priority zero sets the timer to the skew", n, life(begun(n),
			step{2 * sec, says(n, 50, higher), "", 2*sec + down2},
			step{2*sec + 500*ms, says(n, 0, higher), "", 2*sec + 500*ms + 156*sec/256},
			step{2*sec + 500*ms + 156*sec/256, Tick{}, takes + "priority_zero", 3*sec + 500*ms + 156*sec/256},
		)},
		{"RFC 5798 6.4.2", "said twice, it does not wait longer", n, life(begun(n),
			step{2 * sec, says(n, 0, higher), "", 2*sec + 156*sec/256},
			step{2*sec + 20*ms, says(n, 0, higher), "", 2*sec + 156*sec/256},
			step{2*sec + 40*ms, says(n, 0, lower), "", 2*sec + 40*ms + 156*sec/256},
		)},
		{"RFC 5798 6.4.2", "and leaves again", n, life(begun(n),
			step{2 * sec, says(n, 0, higher), "", 2*sec + 156*sec/256},
			step{2*sec + 100*ms, says(n, 50, higher), "", 2*sec + 100*ms + down2},
			step{2*sec + 200*ms, says(n, 0, higher), "", 2*sec + 200*ms + 156*sec/256},
		)},
		{"RFC 5798 6.4.1", "after a fault the interval is our own again", f, life(begun(f),
			step{50 * ms, says(f, 200, higher, func(a *Advert) { a.Interval = sec }), "report interval_differs 10.0.0.9", 50*ms + 3*sec + 156*sec/256},
			step{60 * ms, Interface{}, "BACKUP->FAULT link_down", never}, step{70 * ms, up, "FAULT->BACKUP recovered", 70*ms + down3},
		)},
		{"hold", "what was missed before a fault does not count after it", c, life(begun(c),
			step{sec, Hold{ByOperator}, "", down2}, step{down2, Tick{}, "report held_without_master invalid IP", never},
			step{5 * sec, Interface{}, "BACKUP->FAULT link_down", never}, step{6 * sec, up, "FAULT->BACKUP recovered", 6*sec + down2},
			step{7 * sec, Resume{ByOperator}, "", 6*sec + down2},
		)},
		{"RFC 5798 6.4.2", "a master that comes back ends the skew", n, life(begun(n),
			step{2 * sec, says(n, 0, higher), "", 2*sec + 156*sec/256},
			step{2*sec + 100*ms, says(n, 50, lower), "", 2*sec + 100*ms + down2},
		)},
		{"RFC 5798 6.4.2", "Master_Adver_Interval is learnt from the master", f, life(begun(f),
			step{50 * ms, says(f, 200, higher, func(a *Advert) { a.Interval = sec }), "report interval_differs 10.0.0.9", 50*ms + 3*sec + 156*sec/256},
			step{60 * ms, says(f, 0, higher, func(a *Advert) { a.Interval = sec }), "", 60*ms + 156*sec/256},
			step{70 * ms, says(f, 0, lower), "", 70*ms + 156*100*ms/256},
		)},
		{"RFC 5798 6.4.2, with different intervals", "the last word of a loser does not shorten the wait for the winner", f, life(begun(f),
			step{50 * ms, says(f, 200, higher, func(a *Advert) { a.Interval = sec }), "report interval_differs 10.0.0.9", 50*ms + 3*sec + 156*sec/256},
			step{51 * ms, says(f, 150, lower), "", 50*ms + 3*sec + 156*sec/256},
			step{3300 * ms, says(f, 150, lower), "", 3300*ms + down3},
			step{3400 * ms, says(f, 150, lower), "", 3400*ms + down3},
		)},
		{"RFC 5798 6.4.2, with different intervals", "nor when the loser speaks two versions, in either order", f, life(begun(f),
			step{50 * ms, says(f, 200, higher, func(a *Advert) { a.Interval = sec }), "report interval_differs 10.0.0.9", 50*ms + 3*sec + 156*sec/256},
			step{51 * ms, says(f, 150, lower, func(a *Advert) { a.Interval = sec }), "report interval_differs 10.0.0.1", 51*ms + 3*sec + 156*sec/256},
			step{52 * ms, says(f, 150, lower), "", 51*ms + 3*sec + 156*sec/256},
			step{1050 * ms, says(f, 200, higher, func(a *Advert) { a.Interval = sec }), "", 1050*ms + 3*sec + 156*sec/256},
		)},
		{"RFC 5798 6.4.2, with different intervals", "a winner that leaves is not waited for", f, life(begun(f),
			step{50 * ms, says(f, 200, higher, func(a *Advert) { a.Interval = sec }), "report interval_differs 10.0.0.9", 50*ms + 3*sec + 156*sec/256},
			step{60 * ms, says(f, 0, higher, func(a *Advert) { a.Interval = sec }), "", 60*ms + 156*sec/256},
			step{70 * ms, says(f, 150, lower), "", 70*ms + down3},
		)},
		{"RFC 3768 7.1, differently", "another interval is learnt in version 2 too: a rolling change must not split the pair", n, life(begun(n),
			step{sec, says(n, 200, higher, func(a *Advert) { a.Interval = 5 * sec }), "report interval_differs 10.0.0.9", sec + 15*sec + 156*sec/256},
		)},
		{"RFC 5798 6.4.2", "the kernel's time of receipt counts", n, life(begun(n),
			step{3 * sec, says(n, 200, higher, func(a *Advert) { a.Received = epoch.Add(2500 * ms) }), "", 2500*ms + down2},
			step{3 * sec, says(n, 200, higher, func(a *Advert) { a.Received = epoch.Add(time.Hour) }), "", 3*sec + down2},
		)},
		{"keepalived.conf(5) preempt_delay", "the lower priority is left alone for the delay, then discarded", delay, life(begun(c),
			step{sec, says(c, 50, lower), "", sec + down2},
			step{2 * sec, says(c, 50, lower), "", 2*sec + down2},
			step{3 * sec, says(c, 50, lower), "", 2*sec + down2},
			step{2*sec + down2, Tick{}, takes + "master_down", 0},
		)},
		{"keepalived.conf(5) preempt_delay", "a higher priority starts the delay anew", delay, life(begun(c),
			step{sec, says(c, 50, lower), "", sec + down2},
			step{2 * sec, says(c, 150, higher), "", 2*sec + down2},
			step{4 * sec, says(c, 50, lower), "", 4*sec + down2},
		)},
		{"a late process does not insist", "a timer later than an interval listens for one more, once", c, life(begun(c),
			step{down2 + 1500*ms, Tick{}, "", down2 + 2500*ms},
			step{down2 + 5500*ms, Tick{}, "report timer_late 10.0.0.5; " + takes + "master_down", 0},
		)},
		{"a late process does not insist", "what it hears then counts", n, life(begun(n),
			step{down2 + 1500*ms, Tick{}, "", down2 + 2500*ms},
			step{down2 + 1900*ms, says(n, 50, lower), "", down2 + 1900*ms + down2},
		)},
		{"RFC 5798 6.4.2", "shutdown cancels the timer", c, life(begun(c), step{sec, Stop{}, "BACKUP->INIT stop", never}, step{2 * sec, says(c, 50, lower), "", never})},
		{"hold", "a held node never takes over, and does at once when it may", c, life(begun(c),
			step{sec, Hold{ByOperator}, "", down2},
			step{2 * sec, says(c, 50, higher), "", 2*sec + down2},
			step{2*sec + down2, Tick{}, "report held_without_master 10.0.0.9", never},
			step{20 * sec, Resume{ByOperator}, "", 20 * sec},
			step{20 * sec, Tick{}, takes + "master_down", 0},
		)},
		{"hold", "two holders: the last one frees it", c, []step{
			{0, Hold{ByStart | ByOperator}, "", never}, {0, up, "", never}, {0, Start{}, "INIT->BACKUP start", down2},
			{down2, Tick{}, "report held_without_master invalid IP", never},
			{5 * sec, Resume{ByStart}, "", never}, {6 * sec, Resume{ByOperator}, "", 6 * sec},
		}},
		{"hold", "a master that is heard keeps it waiting after the hold too", c, life(begun(c),
			step{sec, Hold{ByOperator}, "", down2}, step{down2, Tick{}, "report held_without_master invalid IP", never},
			step{5 * sec, says(c, 150, higher), "", 5*sec + down2}, step{6 * sec, Resume{ByOperator}, "", 5*sec + down2},
		)},
		{"hold", "an owner gated at its start is master when the gate opens", owner, []step{
			{0, Hold{ByStart}, "", never}, {0, up, "", never}, {0, Start{}, "INIT->BACKUP start", 3*sec + sec/256},
			{sec, Resume{ByStart}, "", sec},
		}},
		{"hold", "an owner with state BACKUP waits, as without a gate", with(owner, func(c *Config) { c.StartMaster = false }), []step{
			{0, Hold{ByStart}, "", never}, {0, up, "", never}, {0, Start{}, "INIT->BACKUP start", 3*sec + sec/256},
			{sec, Resume{ByStart}, "", 3*sec + sec/256},
		}},
		{"hold", "and state MASTER without 255 does", with(c, func(c *Config) { c.StartMaster = true }), []step{
			{0, Hold{ByStart}, "", never}, {0, up, "", never}, {0, Start{}, "INIT->BACKUP start", down2}, {sec, Resume{ByStart}, "", down2},
		}},
	})
}
