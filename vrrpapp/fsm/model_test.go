package fsm

import (
	"net/netip"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

var (
	vip   = netip.MustParsePrefix("10.0.0.100/32")
	extra = []netip.Prefix{netip.MustParsePrefix("10.0.0.101/24"), netip.MustParsePrefix("10.0.0.102/24")}
)

// seeds are what a model test goes through: one that VRRP_SEED names, or as many as fit into the time.
func seeds(t *testing.T, long time.Duration, do func(t *testing.T, seed uint64) (faults int)) {
	t.Helper()
	if s := os.Getenv("VRRP_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		do(t, seed)
		return
	}
	if testing.Short() {
		long /= 4
	}
	began, faults, episodes := time.Now(), 0, 0
	first := uint64(began.UnixNano())
	for time.Since(began) < long && !t.Failed() {
		faults += do(t, first+uint64(episodes))
		episodes++
	}
	t.Logf("%d faults in %d elections, %.0f faults a second", faults, episodes, float64(faults)/time.Since(began).Seconds())
}

// shape is a random pair, or up to five: one version and interval, everything else as it comes.
func shape(l *lab) Config {
	c := Config{Version: 2, Interval: time.Second, Addresses: []netip.Prefix{vip}, Trackers: []Tracker{{Name: "chk"}}}
	switch l.rng.IntN(3) {
	case 0:
		c.Version, c.Interval = 3, 100*time.Millisecond
	case 1:
		c.Version, c.Interval = 3, 10*time.Millisecond
	}
	return c
}

func personal(l *lab, c Config) Config {
	c.Priority = uint8(1 + l.rng.IntN(255))
	if l.rng.IntN(4) == 0 {
		c.Priority = 100 // ties
	}
	c.StartMaster = l.rng.IntN(2) == 0
	c.NoPreempt, c.PreemptDelay = l.rng.IntN(2) == 0, 0
	if !c.NoPreempt && l.rng.IntN(4) == 0 {
		c.PreemptDelay = l.span(5 * c.Interval)
	}
	c.NoLastWord, c.AbruptLeave, c.QuietOnLower = l.rng.IntN(8) == 0, l.rng.IntN(8) == 0, l.rng.IntN(8) == 0
	return c
}

// era is the part of the configuration that is the same on all nodes once a rolling change is through.
type era struct {
	next     Config
	waiting  []*station
	slowest  time.Duration
	mixed    bool // nodes have had different intervals: a loser's last word may make a third node hasty
	password byte
}

func (e *era) roll(l *lab) {
	if len(e.waiting) == 0 {
		switch l.rng.IntN(4) {
		case 0:
			e.password++
			e.next.Keys = []Key{{Type: 1, Data: [8]byte{e.password}}}
		case 1:
			e.next.Addresses = []netip.Prefix{vip}
			for _, p := range extra {
				if l.rng.IntN(2) == 0 {
					e.next.Addresses = append(e.next.Addresses, p)
				}
			}
		case 2:
			e.mixed = true
			if e.next.Version == 2 {
				e.next.Interval = time.Duration(1+l.rng.IntN(3)) * time.Second
			} else {
				e.next.Interval = time.Duration(1+l.rng.IntN(20)) * 10 * time.Millisecond
			}
			e.slowest = max(e.slowest, e.next.Interval)
		case 3:
			e.mixed = true
			if e.next.Version = 5 - e.next.Version; e.next.Version == 2 {
				e.next.Interval = sec
			} else {
				e.next.Interval = 100 * ms
			}
			e.slowest = max(e.slowest, sec)
		}
		e.waiting = slices.Clone(l.nodes)
	}
	i := l.rng.IntN(len(e.waiting))
	n := e.waiting[i]
	e.waiting = slices.Delete(e.waiting, i, i+1)
	n.adopt(e.next)
}

// adopt reloads n with the part that all have in common.
func (n *station) adopt(c Config) {
	n.cfg.Version, n.cfg.Keys, n.cfg.Addresses, n.cfg.Interval = c.Version, c.Keys, c.Addresses, c.Interval
	n.lab.note("%d reloads: v%d %v %v %v", n.id, c.Version, c.Interval, c.Addresses, c.Keys)
	n.tell(Reload{n.cfg})
}

// mischief is one random fault.
func mischief(l *lab, e *era) {
	n := l.nodes[l.rng.IntN(len(l.nodes))]
	unit := e.next.Interval
	switch l.rng.IntN(20) {
	case 0:
		l.loss = l.rng.Float64() * 0.9
	case 1:
		l.loss = 0
	case 2:
		l.delay = l.span(2 * unit)
	case 3:
		a, b := l.rng.IntN(len(l.nodes)), l.rng.IntN(len(l.nodes))
		l.cut[a][b] = true
	case 4:
		l.cut = [5][5]bool{}
	case 5, 6:
		n.freeze(l.span(6 * unit))
	case 7:
		n.off()
	case 8:
		n.kill()
	case 9, 10:
		if !n.alive {
			n.boot()
		}
	case 11:
		keep := n.cfg
		n.cfg = personal(l, keep)
		l.note("%d priority %d nopreempt %v", n.id, n.cfg.Priority, n.cfg.NoPreempt)
		n.tell(Reload{n.cfg})
	case 12:
		e.roll(l)
	case 13:
		n.setTracker(!n.down)
	case 14:
		n.setLink(!n.link)
	case 15:
		n.tell(HandOver{})
	case 16:
		if n.held = !n.held && l.rng.IntN(2) == 0; n.held {
			n.tell(Hold{ByOperator})
		} else {
			n.tell(Resume{ByOperator})
		}
	case 17:
		var gone []netip.Prefix
		for p := range n.has {
			gone = append(gone, p)
		}
		clear(n.has)
		n.tell(Removed{gone})
	case 18:
		n.tell(Stop{})
		l.in(l.span(4*unit), func() { n.tell(Start{}) })
	case 19:
		noise(l, n)
	}
}

// noise are messages that must not matter: another cluster, another password, another version, our own echo.
func noise(l *lab, n *station) {
	a := Advert{Source: netip.AddrFrom4([4]byte{10, 0, 0, 99}), TTL: 255, Version: n.cfg.Version, Priority: uint8(l.rng.IntN(256)),
		Interval: n.cfg.Interval, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	if len(n.cfg.Keys) > 0 {
		a.Auth = n.cfg.Keys[0]
	}
	switch l.rng.IntN(4) {
	case 0:
		a.Version = 5 - a.Version
	case 1:
		a.Auth.Type ^= 3
		a.Version = 2
		a.Addrs = addrs(n.cfg.Addresses)
		if n.cfg.Version == 3 {
			n.tell(&Rejected{Reason: "checksum", Source: a.Source})
			return
		}
	case 2:
		a.Source = n.addr
	}
	n.tell(&a)
}

// peace ends all faults of the network and of the scheduler, and finishes a rolling change. Nodes that are off, held or in
// fault stay so.
func peace(l *lab, e *era) {
	l.note("peace")
	l.loss, l.delay, l.cut = 0, time.Millisecond, [5][5]bool{}
	for _, n := range l.nodes {
		if n.alive && n.isFrozen() {
			n.frozen = l.now
			n.drain()
		}
		n.tell(Start{})
		if n.power && !n.alive {
			n.boot() // a killed process leaves addresses behind: only its restart takes them away
		}
	}
	for len(e.waiting) > 0 {
		e.roll(l)
	}
}

// election is one episode: trouble, then four intervals of peace.
func election(t *testing.T, seed uint64) (faults int) {
	l := newLab(seed)
	common := shape(l)
	e := &era{next: common, slowest: common.Interval}
	for range 2 + l.rng.IntN(4) {
		l.add(personal(l, common)).boot()
	}
	for range 1 + l.rng.IntN(3) {
		for range 1 + l.rng.IntN(30) {
			mischief(l, e)
			faults++
			l.run(l.span(e.next.Interval * 2))
		}
		peace(l, e)
		l.run(l.arrival.Sub(l.now)) // of what is under way
		// a fault that ends later, after a fight for the addresses, does not count
		able := slices.DeleteFunc(slices.Clone(l.nodes), func(n *station) bool { return !n.able() })
		l.run(4*e.slowest + 10*time.Millisecond)
		if e.mixed {
			l.run(e.slowest)
		}
		if !judge(t, l, seed, able) {
			return faults
		}
		// and it stays so: nothing moves without a reason, apart from a higher priority that waited
		l.watch = func() {
			if who := l.holders(); len(who) > 1 && !handingOver(l) {
				t.Errorf("seed %d: %v hold the addresses\n%s", seed, who, l.story(120))
				l.watch = func() {}
			}
		}
		l.run(l.span(10 * e.slowest))
		l.watch = func() {}
		if t.Failed() {
			return faults
		}
	}
	return faults
}

// handingOver says that of the holders all but one are about to hear that it is so, within the delay of the network, or
// about to let go.
func handingOver(l *lab) bool {
	for _, n := range l.nodes {
		if n.alive && (n.m.state == Master && l.now.Sub(n.m.lastSent) <= l.delay || n.m.state == Leaving && !overstays(n)) {
			return true
		}
	}
	return false
}

// overstays says that it keeps the addresses beside its successor for longer than the moment which that one needs.
func overstays(n *station) bool {
	s := &n.m.successor
	return n.m.Succeeded() && n.lab.now.After(n.followed.Add(min(40*ms, n.cfg.Interval/2, s.Interval/2)))
}

func judge(t *testing.T, l *lab, seed uint64, since []*station) bool {
	who := l.holders()
	able := slices.ContainsFunc(since, (*station).able)
	leaving := slices.ContainsFunc(l.nodes, func(n *station) bool { return n.alive && n.m.state == Leaving })
	switch {
	case len(who) > 1 && !handingOver(l):
		t.Errorf("seed %d: %v hold the addresses four intervals after the last fault\n%s", seed, who, l.story(150))
	case len(who) == 0 && able:
		t.Errorf("seed %d: nobody holds the addresses four intervals after the last fault\n%s", seed, l.story(150))
	case len(who) == 1 && !slices.ContainsFunc(l.nodes, (*station).able) && !leaving:
		t.Errorf("seed %d: %v holds the addresses and should not\n%s", seed, who, l.story(150))
	}
	for _, i := range who {
		n := l.nodes[i]
		if len(n.has) != len(n.cfg.Addresses) {
			t.Errorf("seed %d: %d has %v and should have %v\n%s", seed, i, n.has, n.cfg.Addresses, l.story(150))
		}
	}
	return !t.Failed()
}

// TestElections: without loss there is at most one holder after four intervals, and one if any node is able.
func TestElections(t *testing.T) { seeds(t, 4*time.Second, election) }
