package speaker

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// flood sends messages from node c as fast as it can.
func flood(t *testing.T, c *nstest.Node, count int, message []byte) {
	t.Helper()
	c.Do(func() error {
		s, err := netif.Open(netif.SocketConfig{Interface: eth0(t)})
		if err != nil {
			return err
		}
		defer s.Close()
		for range count {
			if err := s.Send(&netif.Packet{Src: ip("10.9.0.3"), Data: message}); err != nil {
				return err
			}
		}
		return nil
	})
}

// aboutUs is a sound message from 10.9.0.3 with our address.
func aboutUs(t testing.TB, vrid uint8) []byte {
	p := wire.Packet{Version: 3, VRID: vrid, Priority: 255, Interval: 100 * time.Millisecond, Addrs: []netip.Addr{vip}}
	b, err := p.Append(nil, wire.IP{Src: ip("10.9.0.3"), Dst: wire.Group4, TTL: wire.TTL})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A flood of what concerns us is one line, and disturbs no machine.
func TestForeignFlood(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b", "c")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), one(quick(100)))
	b.reaches("V", fsm.Backup)
	const count = 20000
	flood(t, lab.Node("c"), count, aboutUs(t, 99))
	for _, n := range []*node{a, b} {
		// A network that is too slow may lose some. A full buffer counts what it is not for, too: some kernels filter after that.
		if !nstest.Within(soon, func() bool { u := n.status("V").Unknown; return u > count/2 && u <= count+count/100 }) {
			t.Errorf("%d of %d counted", n.status("V").Unknown, count)
		}
		if r := n.noticed(VRIDDiffers); r.Peer != ip("10.9.0.3") {
			t.Errorf("%+v", r)
		}
		if list := n.overheard(); len(list) != 1 {
			t.Errorf("lines %+v", list)
		}
		if s := n.status("V"); s.Counts.Transitions > 2 || len(s.Rejected) != 0 {
			t.Errorf("%+v", s)
		}
	}
	b.reaches("V", fsm.Backup)
}

// What is not sound is counted, and not looked into.
func TestUnsoundIsNotNamed(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "c")
	lab.Node("c").IP("addr add 10.9.0.3/24 dev eth0")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	want := uint64(0)
	for i := 2; i < len(aboutUs(t, 99)); i++ {
		b := aboutUs(t, 99)
		flood(t, lab.Node("c"), 1, b[:i])
		b[i] ^= 8
		flood(t, lab.Node("c"), 1, b)
		want += 2
	}
	if !nstest.Within(soon, func() bool { return a.status("V").Unknown >= want }) {
		t.Errorf("%d counted, want %d", a.status("V").Unknown, want)
	}
	if list := a.overheard(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// overhearing is a speaker without a network whose one router is on an ear.
func overhearing() (*Local, *ear, *[]Report) {
	list := new([]Report)
	e := &ear{on: netif.Interface{Name: "eth0"}, heard: []netif.Heard{{To: wire.Group4}}}
	e.heard[0].VRIDs.Add(80)
	r := &router{cfg: quick(200), ear: e, sock: &socket{key: socketKey{group: wire.Group4}}}
	l := &Local{
		said: map[saying]said{}, named: map[saying]said{}, opts: Options{Report: func(r Report) { *list = append(*list, r) }},
		routers: []*router{r}, virtuals: map[netip.Addr][]*router{vip: {r}},
	}
	return l, e, list
}

// What is overheard is named if it is sound and about us.
func TestOverheard(t *testing.T) {
	const named, other = "10.9.0.100", "10.9.0.101"
	for name, row := range map[string]struct {
		vrid    uint8
		address string
		to      string
		peer    string // of ours
		unsound bool
		want    fsm.Reason
	}{
		"our address under another VRID":             {vrid: 99, address: named, want: VRIDDiffers},
		"by unicast":                                 {vrid: 99, address: named, to: "10.9.0.1", want: VRIDDiffers},
		"our VRID and address in another group":      {vrid: 80, address: named, to: "224.0.0.77", want: KindDiffers},
		"our VRID and address by unicast":            {vrid: 80, address: named, to: "10.9.0.1", want: KindDiffers},
		"our VRID by unicast":                        {vrid: 80, address: other, to: "10.9.0.1", want: KindDiffers},
		"our VRID in another group, from our peer":   {vrid: 80, address: other, to: "224.0.0.77", peer: "10.9.0.3", want: KindDiffers},
		"our VRID in another group, from a stranger": {vrid: 80, address: other, to: "224.0.0.77", peer: "10.9.0.4", want: ForeignVRID},
		"another VRID":                               {vrid: 99, address: other, want: ForeignVRID},
		"another VRID by unicast from our peer":      {vrid: 99, address: other, to: "10.9.0.1", peer: "10.9.0.3", want: ForeignVRID},
		"our address, not sound":                     {vrid: 99, address: named, unsound: true, want: ForeignVRID},
		"our VRID by unicast, not sound":             {vrid: 80, address: named, to: "10.9.0.1", unsound: true, want: ForeignVRID},
		"what our socket hears":                      {vrid: 80, address: named},
	} {
		l, e, list := overhearing()
		l.cfg.LogUnknown = true
		if row.peer != "" {
			l.routers[0].spoken.Peers = []fsm.Peer{{Addr: ip(row.peer)}}
		}
		if row.to == "" {
			row.to = "224.0.0.18"
		}
		m := wire.Packet{Version: 3, VRID: row.vrid, Priority: 7, Interval: time.Second, Addrs: []netip.Addr{ip(row.address)}}
		b, err := m.Append(nil, wire.IP{Src: ip("10.9.0.3"), Dst: ip(row.to), TTL: wire.TTL})
		if err != nil {
			t.Fatal(err)
		}
		if row.unsound {
			b[6]++
		}
		p := &netif.Packet{Src: ip("10.9.0.3"), Dst: ip(row.to), TTL: wire.TTL, Data: b, Time: time.Now()}
		for range 3 {
			l.overheard(e, p)
		}
		if row.want == "" {
			if len(*list) != 0 || e.unknown != 0 {
				t.Errorf("%s: %+v, %d", name, *list, e.unknown)
			}
			continue
		}
		if len(*list) != 1 || (*list)[0].Why != row.want || (*list)[0].Peer != p.Src || e.unknown != 3 {
			t.Errorf("%s: %+v, %d counted", name, *list, e.unknown)
		}
		if peers := l.routers[0].peers; (len(peers) == 1) != (row.want != ForeignVRID) || len(peers) == 1 && peers[0].Priority != 7 {
			t.Errorf("%s: %+v", name, peers)
		}
	}
}

// Of two routers with the address the one with the VRID is concerned.
func TestOverheardOfTwo(t *testing.T) {
	l, e, list := overhearing()
	w := &router{cfg: quick(200), ear: e, sock: l.routers[0].sock}
	w.cfg.Name, w.cfg.VRID = "W", 81
	l.routers = append(l.routers, w)
	l.virtuals[vip] = append(l.virtuals[vip], w)
	for _, vrid := range []uint8{80, 81, 99} {
		l.overheard(e, &netif.Packet{Src: ip("10.9.0.3"), Dst: ip("224.0.0.77"), TTL: wire.TTL, Data: aboutUs(t, vrid), Time: time.Now()})
	}
	got := ""
	for _, r := range *list {
		got += fmt.Sprintf("%s %s %s; ", r.Router, r.Why, r.Detail)
	}
	want := "V kind_differs sent to 224.0.0.77 on eth0, 224.0.0.18 is listened to; W kind_differs sent to 224.0.0.77 on eth0, 224.0.0.18 is listened to; " +
		"V vrid_differs virtual_router_id 99 on eth0, not 80, announces 10.9.0.100; "
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// Nothing that is overheard costs an allocation, but for the line.
func TestEarDoesNotAllocate(t *testing.T) {
	for name, change := range map[string]func(*Local, *netif.Packet){
		"named":      func(*Local, *netif.Packet) {},
		"not ours":   func(l *Local, _ *netif.Packet) { clear(l.virtuals) },
		"logged":     func(l *Local, _ *netif.Packet) { clear(l.virtuals); l.cfg.LogUnknown = true },
		"not sound":  func(_ *Local, p *netif.Packet) { p.Data[0] = 0 },
		"heard":      func(_ *Local, p *netif.Packet) { p.Data[1] = 80 },
		"by unicast": func(_ *Local, p *netif.Packet) { p.Data[1], p.Dst = 80, ip("10.9.0.1") },
	} {
		l, e, _ := overhearing()
		p := &netif.Packet{Src: ip("10.9.0.3"), Dst: wire.Group4, TTL: wire.TTL, Data: aboutUs(t, 99), Time: time.Now()}
		change(l, p)
		if n := testing.AllocsPerRun(1000, func() { l.overheard(e, p) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkOverheard(b *testing.B) {
	l, e, _ := overhearing()
	p := &netif.Packet{Src: ip("10.9.0.3"), Dst: wire.Group4, TTL: wire.TTL, Data: aboutUs(b, 99), Time: time.Now()}
	b.ReportAllocs()
	for b.Loop() {
		l.overheard(e, p)
	}
}

// Invented sources make no more lines than are allowed in a minute, nor a larger memory.
func TestNamesAreBounded(t *testing.T) {
	l, _, list := overhearing()
	source := ip("10.0.0.1")
	say := func(why fsm.Reason, what string) {
		l.notice(nil, why, source, func() string { return what })
		source = source.Next()
	}
	for range 5000 {
		say(VRIDDiffers, "x")
	}
	last := source
	say(KindDiffers, "y")
	if len(*list) != mostNamed+2 || len(l.said) > mostSayings || len(l.named) != 2 {
		t.Fatalf("%d lines, %d remembered, %d", len(*list), len(l.said), len(l.named))
	}
	if more := (*list)[mostNamed]; more.Peer.IsValid() || more.Detail == "x" {
		t.Errorf("%+v", more)
	}
	if n := (*list)[mostNamed+1]; n.Peer != last || n.Detail != "y" {
		t.Errorf("another reason: %+v", n)
	}
	for i := range 5000 {
		say(fsm.Reason(fmt.Sprint(i)), "z")
	}
	if len(l.said) > mostSayings || len(l.named) > mostSayings {
		t.Errorf("%d and %d remembered", len(l.said), len(l.named))
	}
}
