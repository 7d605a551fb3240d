package speaker

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// wall adds what a router wants to be dropped.
func (c *Router) wall(f *netif.Firewall, names map[macvlanKey]string) {
	for _, m := range c.macvlans() {
		if name := names[m.macvlanKey]; !slices.Contains(f.Mute, name) {
			f.Mute = append(f.Mute, name)
		}
	}
	if !c.NoAccept || c.FSM.Priority == 255 {
		return
	}
	for _, list := range [][]Address{c.Addresses, c.Excluded} {
		for _, a := range list {
			f.Deaf = append(f.Deaf, a.Addr())
		}
	}
}

// setFirewall puts the firewall of these routers in place, if it is another one. Without no_accept it is a favour to switches, and
// its failure is only reported.
func (l *Local) setFirewall(lists ...[]*router) error {
	var f netif.Firewall
	for _, list := range lists {
		for _, r := range list {
			r.cfg.wall(&f, r.macvlans)
		}
	}
	if reflect.DeepEqual(f, l.firewall) && l.applied {
		return nil
	}
	err := l.ns.Do(func() error { return netif.SetFirewall(f) })
	switch {
	case err == nil:
		l.firewall = f
	case len(f.Deaf) > 0:
		return fmt.Errorf("no_accept: %w", err)
	case !f.Empty():
		l.complain(nil, "use_vmac: reports of group membership are not dropped", err)
	}
	return nil
}
