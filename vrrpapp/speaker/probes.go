package speaker

import (
	"net/netip"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// defaultProbe is the time between two questions who holds an address.
const defaultProbe = 10 * time.Second

// probeSteps is in how many parts a round of questions is asked, so that many addresses make no burst.
const probeSteps = 10

// mostAnswers bounds what is heard between two questions. Each is compared with all routers: more would hold the loop up.
const mostAnswers = 1024

// probes asks who answers for the virtual addresses (RFC 5227, RFC 4861 7.2): on a master nobody else may, on a backup only one.
type probes struct {
	out  *netif.Prober // nil: never
	next *alarm
	step int

	mu         sync.Mutex
	fill, read []netif.Answer
}

// witness is what was seen of an address in this round and the one before.
type witness struct {
	first   netif.MAC // who answered in this round
	foreign netif.MAC // who should not have; it stays for a round
	fresh   bool      // foreign is of this round
}

// setProbe begins, changes or ends the questions.
func (l *Local) setProbe(every time.Duration) {
	p := &l.probes
	if every < 0 {
		l.stopProbe()
		return
	}
	if p.out == nil {
		err := l.ns.Do(func() (err error) {
			p.out, err = netif.NewProber(l.hearAnswer)
			return err
		})
		if err != nil {
			l.complain(nil, "probe", err)
			return
		}
		p.next = l.newAlarm(l.probe)
	}
	p.next.at = time.Now().Add(l.probeStep())
}

func (l *Local) stopProbe() {
	if l.probes.out != nil {
		l.probes.out.Close()
		l.endAlarm(l.probes.next)
		l.probes.out = nil
	}
}

func (l *Local) probeStep() time.Duration {
	every := l.cfg.Probe
	if every == 0 {
		every = defaultProbe
	}
	return max(every/probeSteps, time.Millisecond)
}

// hearAnswer is called by the prober.
func (l *Local) hearAnswer(a netif.Answer) {
	l.probes.mu.Lock()
	if len(l.probes.fill) < mostAnswers {
		l.probes.fill = append(l.probes.fill, a)
	}
	l.probes.mu.Unlock()
}

// probe hears the answers to the last questions and asks the next part of a round.
func (l *Local) probe(now time.Time) {
	p := &l.probes
	p.next.at = now.Add(l.probeStep())
	l.takeAnswers()
	p.step = (p.step + 1) % probeSteps
	for i, r := range l.routers {
		if s := r.machine.State(); s != fsm.Master && s != fsm.Backup {
			continue
		}
		for j, q := range r.spokenPrefixes() {
			if (i+j)%probeSteps == p.step {
				l.ask(r, q)
			}
		}
	}
}

func (l *Local) ask(r *router, p netip.Prefix) {
	w := r.witnesses[p]
	if !w.fresh {
		w.foreign = netif.MAC{}
	}
	w.first, w.fresh = netif.MAC{}, false
	r.witnesses[p] = w
	lk := l.links[r.dev(r.wanted[p])]
	if lk == nil || !lk.exists || !lk.now.Usable() || !lk.now.Announces() || p.Addr().Is6() && !lk.source6.IsValid() {
		return
	}
	l.complain(r, "probe", l.probes.out.Probe(lk.now, lk.source6, p.Addr()))
}

func (l *Local) takeAnswers() {
	p := &l.probes
	p.mu.Lock()
	p.fill, p.read = p.read[:0], p.fill
	p.mu.Unlock()
	for _, a := range p.read {
		if !l.virtual(a.Addr) {
			continue // the answer to somebody else's question
		}
		for _, r := range l.routers {
			l.witness(r, a)
		}
	}
}

// handedOver is how long the former master may still answer beside its successor.
const handedOver = 100 * time.Millisecond

// fresh says that an answer which is read now may be the former master's.
func (l *Local) fresh(r *router) bool {
	return r.machine.State() == fsm.Master && time.Since(r.since) < l.probeStep()+handedOver
}

// witness judges an answer. Our own kernel's answers are not heard.
func (l *Local) witness(r *router, a netif.Answer) {
	if l.fresh(r) {
		return
	}
	for p, x := range r.wanted {
		lk := l.links[r.dev(x)]
		if p.Addr() != a.Addr || lk == nil || !lk.exists || lk.now.Index != a.Index || lk.now.MAC == a.MAC {
			continue
		}
		w := r.witnesses[p]
		alone := w.first == (netif.MAC{}) || w.first == a.MAC
		if w.first == (netif.MAC{}) {
			w.first = a.MAC
		}
		if r.machine.State() == fsm.Master || !alone {
			w.foreign, w.fresh = a.MAC, true
			l.notice(r, HeldElsewhere, a.Addr, func() string { return a.MAC.String() + " on " + lk.name })
		}
		r.witnesses[p] = w
	}
}
