package speaker

import (
	"fmt"
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// statics are what stays while the speaker runs (static_ipaddress, static_routes, static_rules).
type statics struct {
	addresses []Address
	routes    []netif.Route
	rules     []netif.Rule
}

// setStatics removes what the configuration no longer wants, and adds the rest.
func (l *Local) setStatics(want statics) {
	old := l.statics
	l.removeStatics(statics{without(old.addresses, want.addresses), without(old.routes, want.routes), without(old.rules, want.rules)})
	l.statics = want
	l.restoreStatics()
}

func (l *Local) dropStatics() { l.setStatics(statics{}) }

// restoreStatics adds what is not there.
func (l *Local) restoreStatics() {
	for _, a := range l.statics.addresses {
		if lk := l.link(a.Dev); lk.exists && !lk.has(a.Prefix) {
			_, err := l.host.AddAddress(lk.now.Index, a.Address)
			l.complain(nil, "static_ipaddress", err)
		}
	}
	for _, x := range l.statics.routes {
		l.complain(nil, fmt.Sprintf("static_routes %v", x.Dst), l.host.AddRoute(x))
	}
	for _, x := range l.statics.rules {
		l.complain(nil, fmt.Sprintf("static_rules %+v", x), l.host.AddRule(x))
	}
}

func (l *Local) removeStatics(old statics) {
	for _, x := range slices.Backward(old.rules) {
		_, err := l.host.RemoveRule(x)
		l.complain(nil, fmt.Sprintf("static_rules %+v", x), err)
	}
	for _, x := range slices.Backward(old.routes) {
		_, err := l.host.RemoveRoute(x)
		l.complain(nil, fmt.Sprintf("static_routes %v", x.Dst), err)
	}
	for _, a := range slices.Backward(old.addresses) {
		if lk := l.link(a.Dev); lk.exists {
			_, err := l.host.RemoveAddress(lk.now.Index, a.Address)
			l.complain(nil, "static_ipaddress", err)
		}
	}
}
