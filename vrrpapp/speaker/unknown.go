package speaker

import (
	"fmt"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// unknownEvery is how often the sockets are looked at that see what is not for us: nobody is woken by it.
const unknownEvery = time.Second

// watchUnknown begins to count.
func (l *Local) watchUnknown() {
	var a *alarm
	a = l.newAlarm(func(now time.Time) {
		a.at = now.Add(unknownEvery)
		for _, s := range l.sockets {
			l.countUnknown(s)
		}
	})
	a.at = time.Now().Add(unknownEvery)
}

// countUnknown counts advertisements for VRIDs that are not ours: what the small buffer kept, and what did not fit.
func (l *Local) countUnknown(s *socket) {
	if s.others == nil {
		return
	}
	s.others.Drain(s.count)
	lost := s.others.Dropped()
	s.unknown += lost - s.missed
	s.missed = lost
}

// foreign is one of them.
func (l *Local) foreign(s *socket, p *netif.Packet) {
	if len(p.Data) < 2 || s.vrids.Has(p.Data[1]) {
		return // from before the filter was set
	}
	s.unknown++
	if l.cfg.LogUnknown {
		l.notice(nil, Report{Kind: Noticed, Why: ForeignVRID, Peer: p.Src, Detail: fmt.Sprintf("virtual_router_id %d on %s", p.Data[1], s.on)})
	}
}
