package speaker

import (
	"fmt"
	"net/netip"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// addAddresses puts addresses where they belong, and their routes behind them.
func (l *Local) addAddresses(r *router, list []netip.Prefix) {
	for _, p := range list {
		if a, ok := r.wanted[p]; ok {
			l.addAddress(r, a)
		}
	}
	if r.holds() {
		l.putRoutes(r)
	}
}

// addAddress is one of them. One whose interface is not there (yet) comes with the interface.
func (l *Local) addAddress(r *router, a Address) {
	lk := l.links[r.dev(a)]
	if lk == nil || !lk.exists {
		l.complain(r, "address "+a.Prefix.String(), fmt.Errorf("interface %s does not exist", r.dev(a)))
		return
	}
	if _, err := l.host.AddAddress(lk.now.Index, a.Address); err != nil {
		l.complain(r, "address "+a.Prefix.String(), err)
		return
	}
	l.own(r, holding{place{lk.now.Index, a.Prefix}, lk.name, a})
}

// own remembers that an address is there for r. Where it was before it goes.
func (l *Local) own(r *router, h holding) {
	if old, ok := r.held[h.prefix]; ok && old.place != h.place && l.disown(r, old) {
		l.drop(r, old)
	}
	r.held[h.prefix] = h
	l.owners[h.place] = r
}

// disown forgets it, and says whether it was r's alone: another router may have taken the same address meanwhile.
func (l *Local) disown(r *router, h holding) (last bool) {
	if r.held[h.prefix].place == h.place {
		delete(r.held, h.prefix)
	}
	if l.owners[h.place] != r {
		return l.owners[h.place] == nil
	}
	delete(l.owners, h.place)
	for _, o := range l.routers {
		if o != r && o.held[h.prefix].place == h.place {
			l.owners[h.place] = o
			return false
		}
	}
	return true
}

// removeAddresses takes addresses off, and the routes before them when all go.
func (l *Local) removeAddresses(r *router, list []netip.Prefix) {
	if !r.holds() {
		l.herald.hush(r, netip.Addr{})
		l.takeRoutes(r)
	}
	for _, p := range list {
		l.herald.hush(r, p.Addr())
		l.removeAddress(r, p)
	}
}

func (l *Local) removeAddress(r *router, p netip.Prefix) {
	h, ok := r.held[p]
	if !ok {
		a, wanted := r.wanted[p]
		lk := l.links[r.dev(a)]
		if !wanted || lk == nil || !lk.exists || l.owners[place{lk.now.Index, p}] != nil {
			return
		}
		h = holding{place{lk.now.Index, p}, lk.name, a}
	}
	if l.disown(r, h) {
		l.drop(r, h)
	}
}

// drop takes an address off its interface.
func (l *Local) drop(r *router, h holding) {
	if _, err := l.host.RemoveAddress(h.index, h.address.Address); err != nil {
		l.complain(r, "address "+h.prefix.String(), err)
	}
}

// restore puts back what a holder's interface has lost, after it was made again or came up again.
func (l *Local) restore(r *router, lk *link) {
	if !r.holds() || !lk.exists {
		return
	}
	var missing []netip.Prefix
	for _, p := range r.spokenPrefixes() {
		if a := r.wanted[p]; r.dev(a) == lk.name && (r.held[p].index != lk.now.Index || !lk.has(p)) {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return
	}
	l.addAddresses(r, missing)
	l.announce(r, max(0, r.spoken.Announce.MasterRepeat), missing)
}

func (r *router) spokenPrefixes() []netip.Prefix {
	return append(append([]netip.Prefix(nil), r.spoken.Addresses...), r.spoken.Excluded...)
}

// addressRemoved is the news that an address went. It is asked for again, because our own changes make such news too, and
// somebody may have put it back.
func (l *Local) addressRemoved(e netif.Event) {
	at := place{e.Interface.Index, e.Address.Prefix}
	r := l.owners[at]
	if r == nil || !r.holds() {
		return
	}
	h, ok := r.held[at.prefix]
	if lk := l.links[h.dev]; !ok || h.place != at || !lk.exists || !lk.now.Up || l.present(at) {
		return // on an interface that is down it comes back with the interface
	}
	if h.address.NoTrack {
		l.disown(r, h)
		return
	}
	l.tell(r, fsm.Removed{Addrs: []netip.Prefix{at.prefix}})
}

// addressAdded is the news that an address came: one of a router that does not hold it is nobody's doing here.
func (l *Local) addressAdded(e netif.Event) {
	at := place{e.Interface.Index, e.Address.Prefix}
	if l.owners[at] != nil {
		return
	}
	for _, r := range l.routers {
		a, ok := r.wanted[at.prefix]
		if ok && r.started && !r.holds() && r.dev(a) == e.Interface.Name && l.present(at) {
			l.tell(r, fsm.Appeared{Addrs: []netip.Prefix{at.prefix}, Ours: e.Address.Ours() && l.alone()})
		}
	}
}

// present asks the kernel whether an address is there.
func (l *Local) present(at place) bool {
	list, err := l.host.Addresses(at.index)
	if err != nil {
		l.complain(nil, "list addresses", err)
	}
	for _, a := range list {
		if a.Prefix == at.prefix {
			return true
		}
	}
	return false
}
