package speaker

import (
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// company are other processes that run virtual routers in this network namespace. While there are any, an address that bears our
// mark may be a living one's and is left alone.
type company struct {
	presence *netif.Presence // nil: it could not be opened
	news     atomic.Pointer[[]int]
	others   []int
	owed     bool // the sweep is, for when we are alone
}

// bePresent begins to look for company.
func (l *Local) bePresent() (err error) {
	l.company.presence, err = netif.BePresent(l.ns, func(others []int) {
		l.company.news.Store(&others)
		l.rouse()
	})
	l.takeCompany()
	return err
}

// alone says that what bears our mark is this process's or nobody's.
func (l *Local) alone() bool { return len(l.company.others) == 0 }

// takeCompany hears who is there, and does what had to wait for us to be alone.
func (l *Local) takeCompany() {
	news := l.company.news.Swap(nil)
	if news == nil {
		return
	}
	l.company.others = *news
	if !l.alone() {
		list := strings.Trim(fmt.Sprint(l.company.others), "[]")
		l.notice(nil, NotAlone, netip.Addr{}, func() string { return "process " + list })
		return
	}
	if l.company.owed {
		l.company.owed = false
		l.sweep()
	}
	for _, r := range l.routers {
		if r.started && !r.holds() {
			l.tell(r, fsm.Appeared{Addrs: l.leftovers(r), Ours: true})
		}
	}
}

// leftovers are r's addresses that bear our mark and are nobody's.
func (l *Local) leftovers(r *router) (list []netip.Prefix) {
	for _, p := range r.spokenPrefixes() {
		lk := l.link(r.dev(r.wanted[p]))
		for _, x := range lk.addrs {
			if x.Prefix == p && x.Ours() && l.owners[place{lk.now.Index, p}] == nil {
				list = append(list, p)
			}
		}
	}
	return list
}
