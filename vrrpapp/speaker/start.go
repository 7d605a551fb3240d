package speaker

import (
	"net/netip"
	"slices"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// startNew starts the routers that were not there before: those that continue another at once, the others after
// vrrp_startup_delay, which only the first configuration knows.
func (l *Local) startNew(ch change) {
	for _, r := range ch.next {
		if o := ch.heirs[r]; o != nil {
			l.succeed(o, r)
		}
	}
	if !l.applied && l.cfg.StartupDelay > 0 {
		l.begin = l.newAlarm(func(time.Time) {
			l.endAlarm(l.begin)
			l.begin = nil
			l.startRest()
		})
		l.begin.at = time.Now().Add(l.cfg.StartupDelay)
		for _, r := range l.routers {
			if !r.started && l.adopts(r) {
				l.start(r, true)
			}
		}
	}
	if l.begin == nil {
		l.startRest()
	}
}

func (l *Local) startRest() {
	for _, r := range l.routers {
		if !r.started {
			l.start(r, !l.applied && l.adopts(r))
		}
	}
}

// adopts says whether r was master in a guard that died so shortly ago that nobody can have taken over. Its last advertisement may be
// an interval older than its death.
func (l *Local) adopts(r *router) bool {
	if !slices.Contains(l.opts.Adopt, r.cfg.Name) {
		return false
	}
	safe := time.Duration(r.spoken.DownAdverts-1) * r.spoken.Interval
	return time.Since(l.opts.Died) < safe
}

// start begins a router's life.
func (l *Local) start(r *router, adopt bool) {
	r.started = true
	found, foreign := l.findAddresses(r)
	l.tellVerdicts(r)
	l.connect(r)
	if !l.ready && !adopt {
		l.tell(r, fsm.Hold{By: fsm.ByStart})
	}
	l.tell(r, fsm.Start{Adopt: adopt, Found: found})
	if len(foreign) > 0 {
		l.tell(r, fsm.Appeared{Addrs: foreign})
	}
}

// findAddresses looks for virtual addresses that are there already: with our mark they are an earlier life's.
func (l *Local) findAddresses(r *router) (found, foreign []netip.Prefix) {
	for _, p := range r.spokenPrefixes() {
		a := r.wanted[p]
		lk := l.link(r.dev(a))
		for _, x := range lk.addrs {
			switch {
			case x.Prefix != p:
			case l.owners[place{lk.now.Index, p}] != nil:
				if r.held[p].index == lk.now.Index {
					found = append(found, p)
				}
			case x.Ours() && l.alone():
				l.own(r, holding{place{lk.now.Index, p}, lk.name, a})
				found = append(found, p)
			default:
				foreign = append(foreign, p)
			}
		}
	}
	return found, foreign
}

// succeed lets r go on as the master that o was.
func (l *Local) succeed(o, r *router) {
	goesOn := o.cfg.Name == r.cfg.Name
	o.keeping, o.goesOn = true, goesOn
	l.tell(o, fsm.Stop{Keep: true})
	o.keeping, o.goesOn = false, false
	l.herald.hush(o, netip.Addr{})
	r.routes, r.rules, r.routed = o.routes, o.rules, false
	for p, h := range o.held {
		delete(o.held, p)
		r.held[p] = h
		l.owners[h.place] = r
	}
	l.leaving = append(l.leaving, o)
	r.started = true
	l.tellVerdicts(r)
	l.connect(r)
	found := make([]netip.Prefix, 0, len(r.held))
	for p := range r.held {
		found = append(found, p)
	}
	if r.goesOn = goesOn; goesOn {
		r.history = o.history
	}
	l.tell(r, fsm.Start{Adopt: true, Found: found})
	r.goesOn = false
}

// sweep removes what an earlier life has left on the interfaces of the first configuration and nobody wants any more.
func (l *Local) sweep() {
	for _, k := range l.links {
		if k.name == "" || !k.exists {
			continue
		}
		for _, a := range k.addrs {
			if a.Ours() && l.owners[place{k.now.Index, a.Prefix}] == nil && !l.staticAddress(k.name, a.Prefix) && !l.vmacSource(k.name, a.Addr()) {
				_, err := l.host.RemoveAddress(k.now.Index, a)
				l.complain(nil, "leftover "+a.Prefix.String(), err)
			}
		}
	}
}

func (l *Local) staticAddress(dev string, p netip.Prefix) bool {
	return slices.ContainsFunc(l.statics.addresses, func(a Address) bool { return a.Dev == dev && a.Prefix == p })
}

func (l *Local) vmacSource(dev string, addr netip.Addr) bool { return l.vmacs[dev].Source == addr }

// stopAll stops every router.
func (l *Local) stopAll(e fsm.Stop) {
	l.endAlarm(l.begin)
	l.begin = nil
	for _, u := range l.units {
		l.tellAll(u, e)
	}
}

// bury ends routers that are no longer in the configuration once they have handed over, and tells Release when all have.
func (l *Local) bury() {
	idle := true
	for i := 0; i < len(l.leaving); i++ {
		r := l.leaving[i]
		if r.machine.State() != fsm.Init {
			idle = false
			continue
		}
		l.leaving = slices.Delete(l.leaving, i, i+1)
		i--
		l.detach(r, r.sock)
		l.endAlarm(r.retry)
		l.endAlarm(r.extra)
		l.endAlarm(r.echo)
		l.units = slices.DeleteFunc(l.units, func(u *unit) bool { return u == r.unit })
		l.dropVMACs()
		l.complain(nil, "firewall", l.setFirewall(l.routers, l.leaving))
	}
	if l.released == nil || !idle {
		return
	}
	for _, r := range l.routers {
		if r.machine.State() != fsm.Init {
			return
		}
	}
	close(l.released)
	l.released = nil
}
