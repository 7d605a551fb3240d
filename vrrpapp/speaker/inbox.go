package speaker

import (
	"net/netip"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// arrival is a packet on its way from a reader to the loop: a copy, because the reader goes on.
type arrival struct {
	sock *socket
	src  netip.Addr
	dst  netip.Addr
	ttl  uint8
	at   time.Time
	data []byte
}

// mostArrivals bounds the inbox: what does not fit is lost, as it would be in a full socket.
const mostArrivals = 8192

// inbox is what readers fill and the loop empties. Both lists and the memory of their packets are used again and again.
type inbox struct {
	mu         sync.Mutex
	fill, read []arrival
	lost       uint64

	packet   wire.Packet
	advert   fsm.Advert
	rejected fsm.Rejected
}

// put copies a packet.
func (b *inbox) put(s *socket, p *netif.Packet) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.fill)
	switch {
	case n == mostArrivals:
		b.lost++
		return
	case n < cap(b.fill):
		b.fill = b.fill[:n+1]
	default:
		b.fill = append(b.fill, arrival{})
	}
	a := &b.fill[n]
	a.sock, a.src, a.dst, a.ttl, a.at = s, p.Src, p.Dst, p.TTL, p.Time
	a.data = append(a.data[:0], p.Data...)
}

// take is what has come. It is valid until the next take.
func (b *inbox) take() []arrival {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill, b.read = b.read[:0], b.fill
	return b.read
}

// takePackets gives each packet to the machine of its VRID.
func (l *Local) takePackets() {
	list := l.inbox.take()
	for i := range list {
		l.receive(&list[i])
	}
}

// receive is one packet. The kernel's filter lets foreign ones pass for a moment while it changes.
func (l *Local) receive(a *arrival) {
	if len(a.data) < 2 {
		return
	}
	r := a.sock.router(a.data[1], a.src)
	if r == nil {
		a.sock.unknown++
		return
	}
	b := &l.inbox
	why := b.packet.Parse(a.data, wire.IP{Src: a.src, Dst: a.dst, TTL: a.ttl})
	if why != wire.OK {
		b.rejected = fsm.Rejected{Reason: fsm.Reason(why.String()), Source: a.src}
		l.tell(r, &b.rejected)
		r.peers.refused(a.src, a.at, b.rejected.Reason)
		return
	}
	p := &b.packet
	b.advert = fsm.Advert{
		Source: a.src, TTL: a.ttl, Version: p.Version, Priority: p.Priority, Interval: p.Interval,
		Auth: fsm.Key{Type: uint8(p.Auth), Data: p.Password}, Addrs: p.Addrs, Received: a.at,
	}
	l.tell(r, &b.advert)
	refused := r.machine.Refused()
	r.peers.heard(r, &b.advert, refused)
	if refused == "" && r.cfg.LearnChecksum && p.Version == 3 {
		r.checksum = p.Checksum
	}
}
