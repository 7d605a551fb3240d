package fsm

import (
	"slices"
	"testing"
	"time"
)

// TestPlannedMoves: while the network is fine and another node is able, no order, tracker, reload, restart or noise leaves
// the addresses without a holder for a moment (RFC 3768 and 5798 6.4.3 leave them without one for the skew).
func TestPlannedMoves(t *testing.T) { seeds(t, 2*time.Second, moves) }

func moves(t *testing.T, seed uint64) (count int) {
	l := newLab(seed)
	l.delay = time.Millisecond
	common := shape(l)
	e := &era{next: common, slowest: common.Interval}
	for range 2 + l.rng.IntN(4) {
		c := personal(l, common)
		c.AbruptLeave = false
		l.add(c).boot()
	}
	l.slow = len(l.nodes) == 2 // a third one may take over from the second in that moment
	settle := func() { l.run(8*e.slowest + 2*time.Second) }
	settle()
	both := time.Time{}
	l.watch = func() {
		switch who := l.holders(); {
		case t.Failed():
		case l.wrong != "":
			t.Errorf("seed %d: %s\n%s", seed, l.wrong, l.story(80))
		case len(who) == 0:
			t.Errorf("seed %d: nobody holds the addresses\n%s", seed, l.story(80))
		case len(who) == 1:
			both = time.Time{}
		case both.IsZero():
			both = l.now
		case l.now.Sub(both) > 2*time.Second+2*e.slowest:
			t.Errorf("seed %d: %v hold the addresses since %v\n%s", seed, who, both.Sub(epoch), l.story(80))
		}
	}
	for range 1 + l.rng.IntN(20) {
		move(l, e, l.nodes[l.rng.IntN(len(l.nodes))])
		count++
		for range l.rng.IntN(50) {
			noise(l, l.nodes[l.rng.IntN(len(l.nodes))])
			l.run(l.span(e.next.Interval / 5))
		}
		settle()
		if t.Failed() {
			break
		}
		if who := l.holders(); len(who) == 1 && l.spoke != who[0] {
			t.Errorf("seed %d: %v holds the addresses, %d announced them last\n%s", seed, who, l.spoke, l.story(80))
			break
		}
	}
	return count
}

// move orders something that must not cost anything. Somebody else can always take over.
func move(l *lab, e *era, n *station) {
	others := 0
	for _, o := range l.nodes {
		if o != n && o.able() && o.m.state != Fault {
			others++
		}
	}
	switch do := l.rng.IntN(8); {
	case do == 0:
		n.tell(HandOver{})
	case do == 1:
		for len(e.waiting) > 0 {
			e.roll(l)
			l.run(l.span(e.next.Interval))
		}
		e.roll(l)
	case do == 2:
		keep := n.cfg
		n.cfg = personal(l, keep)
		n.cfg.AbruptLeave = false
		n.tell(Reload{n.cfg})
	case do == 3 && len(n.has) > 0:
		n.tell(Removed{slices.Clone(n.m.all)})
	case n.held:
		n.held = false
		n.tell(Resume{ByOperator})
	case n.down:
		n.setTracker(false)
	case !n.m.running:
		n.tell(Start{})
	case others == 0:
	case do == 4:
		n.setTracker(true)
	case do == 5:
		n.held = true
		n.tell(Hold{ByOperator})
	case do == 6:
		n.tell(Stop{})
	case do == 7 && n.m.state == Master:
		// a flap so short that nobody has noticed: the addresses are away for that time only
		l.note("%d flaps", n.id)
		n.perform(n.m.Handle(l.now, Interface{Up: false}))
		n.perform(n.m.Handle(l.now, Interface{Up: true, Source: n.addr}))
		n.schedule()
	}
}
