package speaker

import (
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// herald announces addresses: gratuitous ARP and neighbour advertisements, with the pauses that are wanted on an interface.
// It has a goroutine of its own, so that the loop never waits.
type herald struct {
	out  *netif.Announcer
	fail func(r *router, on string, err error)
	wake chan struct{}
	quit chan struct{}
	done chan struct{}

	mu    sync.Mutex
	lanes map[string]*lane // see laneOf
	paces map[string]Pace
}

// lane is what waits to be said on one interface, or on several that share their pauses.
type lane struct {
	jobs []job
	next time.Time
}

// job is one address, so many times.
type job struct {
	owner  *router // only compared, never looked into: it is the loop's
	on     netif.Interface
	addr   netip.Addr
	router bool // the flag of neighbour advertisements
	rounds int
}

func newHerald(fail func(*router, string, error)) (*herald, error) {
	out, err := netif.NewAnnouncer()
	if err != nil {
		return nil, err
	}
	h := &herald{out: out, fail: fail, wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}), lanes: map[string]*lane{}}
	go h.run()
	return h, nil
}

func (h *herald) close() error {
	close(h.quit)
	<-h.done
	return h.out.Close()
}

// pace sets the pauses.
func (h *herald) pace(p map[string]Pace) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paces = p
}

// announce queues an address. Nothing is said where nobody would listen.
func (h *herald) announce(j job) {
	if !j.on.Announces() || j.rounds <= 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	name := h.laneOf(j.on.Name)
	l := h.lanes[name]
	if l == nil {
		l = &lane{}
		h.lanes[name] = l
	}
	for i := range l.jobs {
		if o := &l.jobs[i]; o.owner == j.owner && o.addr == j.addr && o.on.Name == j.on.Name {
			o.on, o.rounds = j.on, max(o.rounds, j.rounds)
			return
		}
	}
	l.jobs = append(l.jobs, j)
}

// laneOf is the lane of an interface. No interface has a name with a space.
func (h *herald) laneOf(on string) string {
	if p := h.paces[on]; p.Lane != "" {
		return "lane " + p.Lane
	}
	return on
}

// kick begins to say what was queued.
func (h *herald) kick() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// hush forgets what waits for a router's address, or for all of them if it is not valid. When it returns nothing more is said: an
// announcement after the address has gone would call its clients back.
func (h *herald) hush(owner *router, addr netip.Addr) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.lanes {
		kept := l.jobs[:0]
		for _, j := range l.jobs {
			if j.owner != owner || addr.IsValid() && j.addr != addr {
				kept = append(kept, j)
			}
		}
		l.jobs = kept
	}
}

func (h *herald) run() {
	defer close(h.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		wait := time.Hour
		if next := h.speak(time.Now()); !next.IsZero() {
			wait = time.Until(next)
		}
		timer.Reset(wait)
		select {
		case <-h.quit:
			return
		case <-h.wake:
		case <-timer.C:
		}
	}
}

// burst is how much is said without letting go of the mutex in between: the loop may want to hush.
const burst = 16

// speak says what is due, round by round, and when the next is; zero: nothing waits.
func (h *herald) speak(now time.Time) (next time.Time) {
	for {
		h.mu.Lock()
		said := 0
		next = time.Time{}
		for _, l := range h.lanes {
			for len(l.jobs) > 0 && said < burst && !l.next.After(now) {
				h.say(l, now)
				said++
			}
			if len(l.jobs) > 0 && (next.IsZero() || l.next.Before(next)) {
				next = l.next
			}
		}
		h.mu.Unlock()
		if said < burst {
			return next
		}
	}
}

// say sends the first of a lane and puts it behind the others, for its next round.
func (h *herald) say(l *lane, now time.Time) {
	j := l.jobs[0]
	name := j.on.Name
	err := h.out.Announce(j.on, j.addr, j.router)
	if err != nil && !errors.Is(err, netif.ErrNoNeighbours) {
		h.fail(j.owner, name, err)
	}
	copy(l.jobs, l.jobs[1:])
	l.jobs = l.jobs[:len(l.jobs)-1]
	if j.rounds--; j.rounds > 0 {
		l.jobs = append(l.jobs, j)
	}
	p, own := h.paces[name]
	if !own {
		p = h.paces[""]
	}
	pause := p.ARP
	if j.addr.Is6() {
		pause = p.NA
	}
	l.next = now.Add(pause)
}
