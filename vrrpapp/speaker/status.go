package speaker

import (
	"slices"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// Status is Speaker's.
func (l *Local) Status() (list []Status, err error) {
	err = l.do(func() {
		for _, r := range l.routers {
			list = append(list, l.status(r))
		}
	})
	return list, err
}

func (l *Local) status(r *router) Status {
	s := Status{
		Name: r.cfg.Name, Group: r.unit.name, Interface: r.cfg.Interface, VRID: r.cfg.VRID, IPv6: r.cfg.IPv6, Status: r.machine.Status(),
		Since: r.since, Peers: r.peers.status(time.Now()), History: slices.Clone(r.history), SendErrors: r.errors, Addresses: []AddressStatus{},
	}
	slices.Reverse(s.History)
	for _, p := range r.spokenPrefixes() {
		dev := r.dev(r.wanted[p])
		present := false
		if i, ok := l.watch.Interface(dev); ok {
			for _, a := range l.watch.Addresses(i.Index) {
				present = present || a.Prefix == p
			}
		}
		x := AddressStatus{Address: p, Dev: dev, Present: present}
		if w := r.witnesses[p]; w.foreign != (netif.MAC{}) {
			x.Foreign = w.foreign.String()
		}
		s.Addresses = append(s.Addresses, x)
	}
	for _, t := range r.spoken.Trackers {
		v, known := l.verdicts[t.Name]
		s.Trackers = append(s.Trackers, TrackerStatus{Name: t.Name, Weight: t.Weight, Known: known, Up: v.Up, Value: v.Value})
	}
	if r.sock != nil {
		s.Unknown = r.sock.unknown
	}
	if r.ear != nil {
		s.Unknown += r.ear.unknown
	}
	return s
}
