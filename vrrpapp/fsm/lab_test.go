package fsm

import (
	"container/heap"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// lab is a segment with nodes under a virtual clock. Everything random comes from one seed.
type lab struct {
	rng   *rand.Rand
	now   time.Time
	todo  agenda
	seq   int
	nodes []*station
	loss  float64
	delay time.Duration
	cut   [5][5]bool
	// arrival is that of the last message under way.
	arrival time.Time
	trace   []string
	// spoke is who announced the addresses last: where the segment sends to.
	spoke int
	// wrong is what a node must never do.
	wrong string
	// slow has a successor advertise first and have the addresses only a moment later, as a keepalived.
	slow bool
	// watch is called after everything that happens.
	watch func()
}

// station is a host with a machine and a kernel: the kernel's addresses and its queue outlive the process.
type station struct {
	lab     *lab
	id      int
	addr    netip.Addr
	cfg     Config
	m       *Machine
	alive   bool // the process
	power   bool // the host
	link    bool
	frozen  time.Time
	inbox   []Advert
	pending []Event // of a frozen process
	has     map[netip.Prefix]bool
	life    int // of the process: what was scheduled for an earlier one is void
	tickAt  time.Time
	down    bool // its tracker
	held    bool
	started time.Time
	// followed is when it heard its successor, while it is Leaving.
	followed time.Time
}

type task struct {
	at  time.Time
	seq int
	do  func()
}

type agenda []task

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].seq < a[j].seq
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(task)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

var epoch = time.Unix(1_000_000, 0)

func newLab(seed uint64) *lab {
	return &lab{rng: rand.New(rand.NewPCG(seed, 1)), now: epoch, watch: func() {}}
}

func (l *lab) in(d time.Duration, do func()) {
	l.seq++
	heap.Push(&l.todo, task{l.now.Add(d), l.seq, do})
}

// run lets d pass.
func (l *lab) run(d time.Duration) {
	end := l.now.Add(max(d, 0))
	for len(l.todo) > 0 && !l.todo[0].at.After(end) {
		next := heap.Pop(&l.todo).(task)
		l.now = next.at
		next.do()
		l.watch()
	}
	l.now = end
}

// note keeps the last lines for the failure's message.
func (l *lab) note(format string, args ...any) {
	if len(l.trace) > 4000 {
		l.trace = append(l.trace[:0], l.trace[2000:]...)
	}
	l.trace = append(l.trace, fmt.Sprintf("%9.4f ", l.now.Sub(epoch).Seconds())+fmt.Sprintf(format, args...))
}

func (l *lab) story(lines int) string {
	for _, n := range l.nodes {
		at, _ := n.m.Deadline()
		l.note("%d alive %v link %v tracker down %v: %v priority %d down timer %v deadline %v %+v", n.id, n.alive, n.link, n.down, n.m.state, n.m.priority,
			n.m.due[tDown].Sub(epoch), at.Sub(epoch), n.m.heard)
	}
	return strings.Join(l.trace[max(0, len(l.trace)-lines):], "\n")
}

func (l *lab) add(c Config) *station {
	n := &station{lab: l, id: len(l.nodes), cfg: c, power: true, link: true, has: map[netip.Prefix]bool{}}
	n.addr = netip.AddrFrom4([4]byte{10, 0, 0, byte(n.id + 1)})
	l.nodes = append(l.nodes, n)
	return n
}

func (l *lab) span(d time.Duration) time.Duration { return time.Duration(l.rng.Int64N(int64(d) + 1)) }

// boot starts a process; what the kernel still has is found.
func (n *station) boot() {
	m, err := New(n.cfg)
	if err != nil {
		panic(err)
	}
	n.m, n.alive, n.power, n.held = m, true, true, false
	n.frozen, n.inbox, n.pending = time.Time{}, nil, nil
	n.life++
	n.started = n.lab.now
	n.lab.note("%d boots", n.id)
	n.tell(Interface{Up: n.link, Source: n.addr})
	for _, t := range n.cfg.Trackers {
		n.tell(Track{Name: t.Name, Up: !n.down})
	}
	n.tell(Start{Found: slices.Collect(maps.Keys(n.has))})
}

func (n *station) isFrozen() bool { return n.frozen.After(n.lab.now) }

// tell is the owner's loop.
func (n *station) tell(e Event) {
	if !n.alive {
		return
	}
	if n.isFrozen() {
		n.pending = append(n.pending, e)
		return
	}
	n.perform(n.m.Handle(n.lab.now, e))
	n.schedule()
}

func (n *station) schedule() {
	at, ok := n.m.Deadline()
	if !ok || at.Equal(n.tickAt) && at.After(n.lab.now) {
		return
	}
	n.tickAt = at
	life := n.life
	n.lab.in(max(0, at.Sub(n.lab.now)), func() {
		if n.life == life && n.alive && !n.isFrozen() {
			n.drain()
		}
	})
}

// drain empties the socket, then believes a timeout.
func (n *station) drain() {
	for len(n.inbox) > 0 {
		a := n.inbox[0]
		n.inbox = n.inbox[1:]
		n.perform(n.m.Handle(n.lab.now, &a))
	}
	for len(n.pending) > 0 {
		e := n.pending[0]
		n.pending = n.pending[1:]
		n.perform(n.m.Handle(n.lab.now, e))
	}
	if at, ok := n.m.Deadline(); ok && !at.After(n.lab.now) {
		n.perform(n.m.Handle(n.lab.now, Tick{}))
	}
	n.schedule()
}

func (n *station) perform(effects []Effect) {
	if !n.m.Succeeded() {
		n.followed = time.Time{}
	} else if n.followed.IsZero() {
		n.followed = n.m.successor.Received
	}
	late := time.Duration(0)
	if last := len(effects) - 1; n.lab.slow && last >= 0 && effects[last].Do == Transition && effects[last].Why == PriorityZero {
		late = n.lab.span(n.lab.moment())
	}
	for _, e := range effects {
		if e.Do != Announce && e.Do != Report || len(effects) < 3 {
			n.lab.note("%d %v", n.id, e)
		}
		switch e.Do {
		case Advertise:
			n.broadcast(e)
		case Announce:
			if late > 0 {
				break
			}
			n.lab.spoke = n.id
			if n.m.Succeeded() {
				n.lab.wrong = fmt.Sprintf("%d announces beside its successor", n.id)
			}
		case AddAddresses:
			if late > 0 {
				n.addIn(late, e.Prefixes)
				break
			}
			for _, p := range e.Prefixes {
				n.has[p] = true
			}
		case RemoveAddresses:
			for _, p := range e.Prefixes {
				delete(n.has, p)
			}
		}
	}
}

// moment is how long all nodes give a successor.
func (l *lab) moment() time.Duration {
	d := 40 * time.Millisecond
	for _, n := range l.nodes {
		d = min(d, n.cfg.Interval/2, n.m.step()/2) // also what an earlier configuration says is heard
	}
	return d
}

func (n *station) addIn(late time.Duration, list []netip.Prefix) {
	life := n.life
	n.lab.in(late, func() {
		if n.life != life || !n.m.state.Holds() {
			return
		}
		n.lab.note("%d has the addresses", n.id)
		n.lab.spoke = n.id
		for _, p := range list {
			n.has[p] = true
		}
	})
}

func (n *station) broadcast(e Effect) {
	l := n.lab
	for _, o := range l.nodes {
		if o == n || !n.link || l.cut[n.id][o.id] || l.rng.Float64() < l.loss {
			continue
		}
		a := Advert{Source: e.Source, TTL: 255, Version: e.Version, Priority: e.Priority, Interval: e.Interval, Auth: e.Auth, Addrs: slices.Clone(e.Addrs)}
		late := l.span(l.delay)
		if at := l.now.Add(late); at.After(l.arrival) {
			l.arrival = at
		}
		l.in(late, func() { o.receive(a) })
	}
}

// receive is the kernel's part.
func (n *station) receive(a Advert) {
	if !n.power || !n.link || !n.alive {
		return
	}
	a.Received = n.lab.now
	n.inbox = append(n.inbox, a)
	if !n.isFrozen() {
		n.drain()
	}
}

func (n *station) freeze(d time.Duration) {
	if n.alive && !n.isFrozen() {
		n.lab.note("%d freezes for %v", n.id, d)
		n.frozen = n.lab.now.Add(d)
		n.thawAt(d)
	}
}

func (n *station) thawAt(d time.Duration) {
	life := n.life
	n.lab.in(d, func() {
		if n.life == life && n.alive && !n.isFrozen() {
			n.lab.note("%d runs again", n.id)
			n.drain()
		}
	})
}

// kill ends the process: its addresses stay.
func (n *station) kill() {
	n.lab.note("%d is killed", n.id)
	n.alive = false
	n.life++
}

// off is a power loss.
func (n *station) off() {
	n.lab.note("%d loses power", n.id)
	n.alive, n.power = false, false
	n.life++
	clear(n.has)
}

func (n *station) setLink(up bool) {
	if n.link != up {
		n.lab.note("%d link %v", n.id, up)
		n.link = up
		n.tell(Interface{Up: up, Source: n.addr})
	}
}

func (n *station) setTracker(down bool) {
	n.down = down
	n.tell(Track{Name: "chk", Up: !down})
}

// able says that this node should hold the addresses if nobody else does.
func (n *station) able() bool {
	return n.alive && n.power && n.link && n.m.running && n.m.faults == 0 && n.m.holds == 0
}

func (l *lab) holders() (who []int) {
	for _, n := range l.nodes {
		if n.power && len(n.has) > 0 {
			who = append(who, n.id)
		}
	}
	return who
}
