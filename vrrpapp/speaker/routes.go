package speaker

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// putRoutes adds the routes and rules of a holder. Those that are there already stay: the kernel may have dropped some
// together with an address, in silence. What an earlier configuration wanted goes first, because a route that only leads another
// way would become a second one.
func (l *Local) putRoutes(r *router) {
	l.removeRoutes(r, without(r.routes, r.cfg.Routes), without(r.rules, r.cfg.Rules))
	r.routes, r.rules, r.routed = r.cfg.Routes, r.cfg.Rules, true
	for _, x := range r.cfg.Routes {
		if err := l.host.AddRoute(x); err != nil {
			l.complain(r, fmt.Sprintf("route %v", x.Dst), err)
		}
	}
	for _, x := range r.cfg.Rules {
		if err := l.host.AddRule(x); err != nil {
			l.complain(r, fmt.Sprintf("rule %+v", x), err)
		}
	}
}

// takeRoutes removes what is in place.
func (l *Local) takeRoutes(r *router) {
	l.removeRoutes(r, r.routes, r.rules)
	r.routes, r.rules, r.routed = nil, nil, false
}

func (l *Local) removeRoutes(r *router, routes []netif.Route, rules []netif.Rule) {
	for _, x := range slices.Backward(rules) {
		if _, err := l.host.RemoveRule(x); err != nil {
			l.complain(r, fmt.Sprintf("rule %+v", x), err)
		}
	}
	for _, x := range slices.Backward(routes) {
		if _, err := l.host.RemoveRoute(x); err != nil {
			l.complain(r, fmt.Sprintf("route %v", x.Dst), err)
		}
	}
}

// restoreRoutes puts back what may have gone.
func (l *Local) restoreRoutes() {
	for _, r := range l.routers {
		if !r.holds() {
			continue
		}
		for _, x := range r.cfg.Routes {
			if !x.NoTrack {
				l.complain(r, fmt.Sprintf("route %v", x.Dst), l.host.AddRoute(x))
			}
		}
		for _, x := range r.cfg.Rules {
			if !x.NoTrack {
				l.complain(r, fmt.Sprintf("rule %+v", x), l.host.AddRule(x))
			}
		}
	}
	l.restoreStatics()
}

// without is what of list is not in those.
func without[T any](list, those []T) (rest []T) {
	for _, x := range list {
		if !slices.ContainsFunc(those, func(y T) bool { return reflect.DeepEqual(x, y) }) {
			rest = append(rest, x)
		}
	}
	return rest
}
