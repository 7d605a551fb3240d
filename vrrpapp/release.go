package vrrpapp

import (
	"errors"
	"fmt"
	"io"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// release removes addresses that bear our mark, unless a process runs whose they may be.
func release(out io.Writer) error {
	if err := alone(); err != nil {
		return err
	}
	host, err := netif.OpenHost()
	if err != nil {
		return err
	}
	defer host.Close()
	watcher, err := netif.Watch(netif.WatchConfig{}, func(netif.Event) {})
	if err != nil {
		return err
	}
	defer watcher.Close()
	var errs []error
	for _, i := range watcher.Interfaces() {
		for _, a := range watcher.Addresses(i.Index) {
			if !a.Ours() {
				continue
			}
			if _, err := host.RemoveAddress(i.Index, a); err != nil {
				errs = append(errs, err)
				continue
			}
			fmt.Fprintf(out, "%s removed from %s\n", a.Prefix, i.Name)
		}
	}
	return errors.Join(errs...)
}

// alone is an error if another process runs virtual routers in this network namespace: it looks after its addresses itself, also
// when it is a guard that hands them over this moment.
func alone() error {
	here, err := netif.CurrentNamespace()
	if err != nil {
		return err
	}
	defer here.Close()
	seen := make(chan []int, 1)
	p, err := netif.BePresent(here, func(others []int) {
		select {
		case seen <- others:
		default:
		}
	})
	if err != nil {
		return err
	}
	defer p.Close()
	select {
	case others := <-seen:
		return fmt.Errorf("nothing is removed: virtual routers run here, in process %d", others[0])
	default:
		return nil
	}
}
