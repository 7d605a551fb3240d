package speaker

import (
	"net/netip"
	"slices"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// differences are the settings of a peer that are not as here.
type differences uint8

const (
	differentAddresses differences = 1 << iota
	differentInterval
	differentVersion
	differentAuthType
	differentAuthPass
	differentVRID
	differentKind
)

var differenceNames = [...]string{"addresses", "interval", "version", "auth_type", "auth_pass", "vrid", "kind"}

func (d differences) names() (list []string) {
	for i, name := range differenceNames {
		if d&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return list
}

// peer is another node as its last message showed it.
type peer struct {
	PeerStatus
	differs  differences
	compared bool
}

// peers are the nodes that were heard. Strangers can make it remember only so many.
type peers []peer

const mostPeers = 32

// staleAfter is for how long what a peer said last counts as its settings: a backup is silent, and may have been mended since.
const staleAfter = 10 * time.Minute

// at is the entry of an address; the one that was silent for longest makes room.
func (list *peers) at(source netip.Addr) *peer {
	oldest := 0
	for i := range *list {
		p := &(*list)[i]
		if p.Address == source {
			return p
		}
		if p.Last.Before((*list)[oldest].Last) {
			oldest = i
		}
	}
	if len(*list) < mostPeers {
		*list = append(*list, peer{})
		oldest = len(*list) - 1
	}
	p := &(*list)[oldest]
	*p = peer{PeerStatus: PeerStatus{Address: source}}
	return p
}

// refused notes a message that is no sound one.
func (list *peers) refused(source netip.Addr, at time.Time, why fsm.Reason) {
	p := list.at(source)
	p.Last, p.Rejected = at, why
}

// overheard notes a message that no router here listens to, but that is about its address.
func (list *peers) overheard(m *wire.Packet, source netip.Addr, at time.Time, why fsm.Reason) {
	p := list.at(source)
	p.Last, p.Rejected = at, why
	p.Priority, p.Version, p.Interval = m.Priority, m.Version, m.Interval
	p.differs = differentVRID
	if why == KindDiffers {
		p.differs = differentKind
	}
}

// heard notes a sound message. What it says differs is compared with the configuration, not with what a rollover adds to it.
func (list *peers) heard(r *router, a *fsm.Advert, refused fsm.Reason) {
	if refused == fsm.OwnAddress {
		return
	}
	p := list.at(a.Source)
	p.Last, p.Rejected, p.Priority, p.Version, p.Interval = a.Received, refused, a.Priority, a.Version, a.Interval
	was := p.differs & differentAddresses
	p.differs = r.compare(a)
	if r.cfg.SkipSameAddresses && p.compared {
		p.differs = p.differs&^differentAddresses | was
	}
	p.compared = true
}

// review forgets what differed from a configuration that was changed. Silent peers cannot be compared anew.
func (list peers) review() {
	for i := range list {
		list[i].differs, list[i].compared = 0, false
	}
}

// alike says whether peers would be compared with the same.
func alike(a, b fsm.Config) bool {
	return a.Version == b.Version && a.Interval == b.Interval && slices.Equal(a.Keys, b.Keys) && slices.Equal(a.Addresses, b.Addresses)
}

// status is a copy, the last one first.
func (list peers) status(now time.Time) []PeerStatus {
	all := make([]PeerStatus, len(list))
	for i, p := range list {
		all[i] = p.PeerStatus
		if now.Sub(p.Last) < staleAfter {
			all[i].Differs = p.differs.names()
		}
	}
	slices.SortFunc(all, func(a, b PeerStatus) int { return b.Last.Compare(a.Last) })
	return all
}

// compare finds what a message says otherwise than the configuration.
func (r *router) compare(a *fsm.Advert) (d differences) {
	if a.Version != r.spoken.Version {
		return differentVersion
	}
	if a.Interval != r.spoken.Interval {
		d |= differentInterval
	}
	if key := r.spoken.Keys[0]; a.Version == 2 {
		switch {
		case a.Auth.Type != key.Type:
			d |= differentAuthType
		case key.Type != 0 && a.Auth.Data != key.Data:
			d |= differentAuthPass
		}
	}
	if !sameAddresses(a.Addrs, r.spoken.Addresses) {
		d |= differentAddresses
	}
	return d
}

// sameAddresses compares as sets; the order is rarely another one.
func sameAddresses(list []netip.Addr, want []netip.Prefix) bool {
	if len(list) != len(want) {
		return false
	}
	for i, p := range want {
		if list[i] != p.Addr() && !slices.Contains(list, p.Addr()) {
			return false
		}
	}
	return true
}
