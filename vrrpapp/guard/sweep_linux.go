package guard

import (
	"errors"
	"net"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// sweep takes away the virtual addresses that a guard left behind, as far as they bear our mark.
func (g *Guard) sweep() {
	g.mu.Lock()
	c := g.memory.config
	g.mu.Unlock()
	if c == nil {
		return
	}
	ours := map[string]bool{}
	for _, r := range c.Routers {
		for _, a := range append(r.Addresses[:len(r.Addresses):len(r.Addresses)], r.Excluded...) {
			ours[a.Prefix.String()] = true
		}
	}
	err := g.place.Do(func() error {
		host, err := netif.OpenHost()
		if err != nil {
			return err
		}
		defer host.Close()
		interfaces, err := net.Interfaces()
		if err != nil {
			return err
		}
		var errs []error
		for _, i := range interfaces {
			there, err := host.Addresses(i.Index)
			errs = append(errs, err) // what was listed counts
			for _, a := range there {
				if !a.Ours() || !ours[a.Prefix.String()] {
					continue
				}
				if _, err := host.RemoveAddress(i.Index, a); err != nil {
					errs = append(errs, err) // the others are to go all the same
					continue
				}
				g.log.Warn("vrrp guard: address left behind, removed", "address", a.Prefix, "interface", i.Name)
			}
		}
		return errors.Join(errs...)
	})
	if err != nil {
		g.log.Error("vrrp guard: addresses left behind", "error", err)
	}
}
