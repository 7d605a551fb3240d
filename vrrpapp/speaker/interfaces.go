package speaker

import (
	"net/netip"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// link is an interface by its name, there or not: one that a router speaks on, has addresses on, or watches.
type link struct {
	name     string
	now      netif.Interface
	exists   bool
	up       bool   // usable, after the delay
	due      *alarm // the end of the delay; nil: it was never needed
	addrs    []netif.Address
	source4  netip.Addr
	source6  netip.Addr
	forwards bool // IPv6 packets
	dirty    bool
	fresh    bool // nobody had to do with it before
	anew     bool // made again or up again: addresses may be missing

	made  netif.Interface // by us, and not heard of yet; Index 0: not so
	doubt *alarm          // the end of that
}

// link is the entry of a name. The name "" stands for the whole host, for unicast without an interface.
func (l *Local) link(name string) *link {
	lk := l.links[name]
	if lk == nil {
		lk = &link{name: name, dirty: true, fresh: true}
		l.links[name] = lk
	}
	return lk
}

func (k *link) has(p netip.Prefix) bool {
	for _, a := range k.addrs {
		if a.Prefix == p {
			return true
		}
	}
	return false
}

func (k *link) hasAddr(addr netip.Addr) bool {
	for _, a := range k.addrs {
		if a.Addr() == addr && a.Usable() {
			return true
		}
	}
	return false
}

// refresh reads what the watcher knows, and says whether the interface is another one or went up or down.
func (l *Local) refresh(k *link) {
	k.dirty = false
	if k.name == "" {
		l.moved = true
		k.exists, k.up, k.addrs = true, true, nil
		for _, i := range l.watch.Interfaces() {
			k.addrs = append(k.addrs, l.watch.Addresses(i.Index)...)
		}
		return
	}
	was := k.now.Index
	k.now, k.exists = l.watch.Interface(k.name)
	k.believe()
	k.addrs, k.source4, k.source6 = nil, netip.Addr{}, netip.Addr{}
	if k.exists {
		k.addrs = l.watch.Addresses(k.now.Index)
		l.findSources(k)
	}
	if k.exists && k.now.Index != was {
		l.newInterface(k)
	}
	up := k.up
	l.debounce(k)
	k.anew = k.anew || k.exists && k.now.Index != was || k.up && !up
}

// newInterface is what is done once to an interface that has appeared.
func (l *Local) newInterface(k *link) {
	l.ns.Do(func() error {
		k.forwards = netif.Forwards(k.name)
		return nil
	})
	for _, r := range l.routers {
		l.promoteSecondaries(r, k)
	}
}

// promoteSecondaries sets the kernel's switch, if k is an interface of r's and r wants it.
func (l *Local) promoteSecondaries(r *router, k *link) {
	if r.cfg.PromoteSecondaries && k.exists && (k.name == r.cfg.Interface || k.name == r.cfg.device()) {
		l.complain(r, "promote_secondaries", l.ns.Do(func() error { return netif.PromoteSecondaries(k.name) }))
	}
}

// findSources finds the addresses that messages come from: the first of IPv4 that is not secondary, and the first link-local
// one of IPv6 that has passed its duplicate detection. A virtual address is none: it goes.
func (l *Local) findSources(k *link) {
	for _, a := range k.addrs {
		switch {
		case a.Ours() || a.Flags&netif.Secondary != 0 || l.virtual(a.Addr()):
		case a.Addr().Is4() && !k.source4.IsValid():
			k.source4 = a.Addr()
		case a.Addr().Is6() && a.Addr().IsLinkLocalUnicast() && a.Usable() && !k.source6.IsValid():
			k.source6 = a.Addr()
		}
	}
}

// virtual says whether an address is one of a router's.
func (l *Local) virtual(addr netip.Addr) bool {
	return len(l.virtuals[addr]) > 0
}

// debounce follows the interface, or begins to wait until it has been so for long enough (interface_up_down_delays). One that
// does not exist is down at once.
func (l *Local) debounce(k *link) {
	usable, delay := k.exists && k.now.Usable(), l.cfg.Delays[k.name].Down
	if usable {
		delay = l.cfg.Delays[k.name].Up
	}
	switch {
	case usable == k.up:
		if k.due != nil {
			k.due.at = time.Time{}
		}
	case delay <= 0 || !k.exists:
		k.up = usable
	default:
		if k.due == nil {
			k.due = l.newAlarm(func(time.Time) {
				k.up = k.exists && k.now.Usable()
				k.anew = k.up
				l.follow(k)
			})
		}
		if k.due.at.IsZero() {
			k.due.at = time.Now().Add(delay)
		}
	}
}

// follow tells everybody who depends on a link what it is now.
func (l *Local) follow(k *link) {
	l.trackInterface(k)
	for _, list := range [][]*router{l.routers, l.leaving} {
		for _, r := range list {
			if r.started && (r.cfg.Interface == k.name || r.cfg.voice() == k.name) {
				l.connect(r)
			}
		}
	}
	if !k.anew {
		return
	}
	k.anew = false
	for _, r := range l.routers {
		l.restore(r, k)
	}
}

// trackInterface is the verdict of a link that somebody tracks.
func (l *Local) trackInterface(k *link) {
	name := interfaceTracker(k.name)
	if last, known := l.verdicts[name]; !known || last.Up != k.up {
		l.judge(fsm.Track{Name: name, Up: k.up})
	}
}

// judge passes a tracker's verdict on to who has it, and keeps it for those to come.
func (l *Local) judge(t fsm.Track) {
	l.verdicts[t.Name] = t
	for _, r := range l.routers {
		if r.tracks(t.Name) {
			l.tell(r, t)
		}
	}
}

// resolve says what a router's interface is for its machine, and what its socket would be. Without a valid key there is no
// socket to be had.
func (l *Local) resolve(r *router) (state fsm.Interface, on netif.Interface, key socketKey, ok bool) {
	base, voice := l.links[r.cfg.Interface], l.links[r.cfg.voice()]
	if base == nil || voice == nil || !base.exists || !voice.exists {
		state.Missing = true
		return state, on, key, false
	}
	state.Up = base.up && voice.up || r.cfg.IgnoreInterface
	state.Source = r.cfg.Source
	switch {
	case !state.Source.IsValid() && r.cfg.IPv6:
		state.Source = base.source6
	case !state.Source.IsValid():
		state.Source = base.source4
	case r.cfg.TrackSource && !base.hasAddr(state.Source):
		state.Source = netip.Addr{}
	}
	on = voice.now
	key = socketKey{index: on.Index, ipv6: r.cfg.IPv6}
	if !r.cfg.Unicast {
		key.group = r.cfg.group()
		return state, on, key, true
	}
	key.unicast = r.cfg.Source
	if !key.unicast.IsValid() {
		key.unicast = state.Source
	}
	return state, on, key, key.unicast.IsValid()
}

// connect makes the socket and the machine follow the interface. The old socket stays until the machine has said its last
// word by it.
func (l *Local) connect(r *router) {
	state, on, key, ok := l.resolve(r)
	old := r.sock
	switch {
	case ok && (old == nil || old.key != key):
		if err := l.attach(r, on, key); err != nil {
			l.complain(r, "socket", err)
			state.Up = false
			l.retryLater(r)
		}
	case ok:
		old = nil
	default:
		state.Up = false
	}
	if !r.hearing || state != r.told {
		r.hearing, r.told = true, state
		l.tell(r, state)
	}
	if old != nil && old != r.sock {
		l.detach(r, old)
	} else if !ok && r.sock != nil {
		l.detach(r, r.sock)
	}
}

// retryLater tries again to open what could not be opened.
func (l *Local) retryLater(r *router) {
	if r.retry == nil {
		r.retry = l.newAlarm(func(time.Time) { l.connect(r) })
	}
	r.retry.at = time.Now().Add(time.Second)
}
