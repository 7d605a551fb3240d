package speaker

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

func (r *Router) toPeer(list ...string) {
	r.Unicast, r.FSM.Peers = true, nil
	for _, p := range list {
		r.FSM.Peers = append(r.FSM.Peers, fsm.Peer{Addr: ip(p)})
	}
}

func (r *Router) inIPv6() { r.IPv6, r.Addresses = true, []Address{addressOf("fe80::80/128")} }

// overheard are the reports of an ear.
func (n *node) overheard() []Report {
	return slices.DeleteFunc(n.reports(Noticed), func(r Report) bool {
		return r.Why != VRIDDiffers && r.Why != KindDiffers && r.Why != ForeignVRID
	})
}

// deafness are pairs of which each is master, and what they say about each other.
var deafness = []struct {
	name          string
	change        func(a, b *Router)
	why           fsm.Reason
	detail, other string // a's and b's; "": it cannot know
	from          string // a's address, 10.9.0.1 if empty
}{
	{
		name: "VRID", change: func(_, b *Router) { b.VRID = 81 }, why: VRIDDiffers,
		detail: "virtual_router_id 81 on eth0, not 80, announces 10.9.0.100", other: "virtual_router_id 80 on eth0, not 81, announces 10.9.0.100",
	}, {
		name: "VRID and version", change: func(_, b *Router) { b.VRID, b.FSM.Version, b.FSM.Interval = 81, 2, time.Second }, why: VRIDDiffers,
		detail: "virtual_router_id 81 on eth0, not 80, announces 10.9.0.100", other: "virtual_router_id 80 on eth0, not 81, announces 10.9.0.100",
	}, {
		name: "VRID, one address of several", why: VRIDDiffers, change: func(a, b *Router) {
			b.VRID = 81
			a.Addresses = append(a.Addresses, addressOf("10.9.0.101/32"))
			b.Addresses = []Address{addressOf("10.9.0.102/32"), addressOf("10.9.0.101/32")}
		},
		detail: "virtual_router_id 81 on eth0, not 80, announces 10.9.0.101", other: "virtual_router_id 80 on eth0, not 81, announces 10.9.0.101",
	}, {
		name: "VRID of IPv6", change: func(a, b *Router) { a.inIPv6(); b.inIPv6(); b.VRID = 81 }, why: VRIDDiffers, from: "fe80::1",
		detail: "virtual_router_id 81 on eth0, not 80, announces fe80::80", other: "virtual_router_id 80 on eth0, not 81, announces fe80::80",
	}, {
		name: "VRID of unicast", why: VRIDDiffers, change: func(a, b *Router) { a.toPeer("10.9.0.2"); b.toPeer("10.9.0.1"); b.VRID = 81 },
		detail: "virtual_router_id 81 on eth0, not 80, announces 10.9.0.100", other: "virtual_router_id 80 on eth0, not 81, announces 10.9.0.100",
	}, {
		name: "VRID of unicast without an interface", why: VRIDDiffers, change: func(a, b *Router) {
			a.toPeer("10.9.0.2")
			a.Interface, a.Source, a.Addresses[0].Dev = "", ip("10.9.0.1"), "eth0"
			b.toPeer("10.9.0.1")
			b.VRID = 81
		},
		detail: "virtual_router_id 81 on eth0, not 80, announces 10.9.0.100", other: "virtual_router_id 80 on eth0, not 81, announces 10.9.0.100",
	}, {
		name: "VRID of macvlans", why: VRIDDiffers, change: func(a, b *Router) { a.VMAC, b.VMAC, b.VRID = &VMAC{}, &VMAC{}, 81 },
		detail: "virtual_router_id 81 on eth0, not 80, announces 10.9.0.100", other: "virtual_router_id 80 on eth0, not 81, announces 10.9.0.100",
	}, {
		name: "unicast on one node", change: func(a, _ *Router) { a.toPeer("10.9.0.2") }, why: KindDiffers,
		detail: "sent to 224.0.0.18 on eth0, 10.9.0.1 is listened to", other: "sent to 10.9.0.2 on eth0, 224.0.0.18 is listened to",
	}, {
		name: "unicast on one node of IPv6", change: func(a, b *Router) { a.inIPv6(); b.inIPv6(); a.toPeer("fe80::2") }, why: KindDiffers, from: "fe80::1",
		detail: "sent to ff02::12 on eth0, fe80::1 is listened to", other: "sent to fe80::2 on eth0, ff02::12 is listened to",
	}, {
		name: "unicast on one node, other addresses", why: KindDiffers, change: func(a, b *Router) {
			a.toPeer("10.9.0.2")
			b.Addresses = []Address{addressOf("10.9.0.102/32")}
		},
		detail: "sent to 224.0.0.18 on eth0, 10.9.0.1 is listened to", other: "sent to 10.9.0.2 on eth0, 224.0.0.18 is listened to",
	}, {
		name: "group on one node", change: func(a, _ *Router) { a.MulticastGroup = ip("224.0.0.77") }, why: KindDiffers,
		detail: "sent to 224.0.0.18 on eth0, 224.0.0.77 is listened to",
	}, {
		name: "group of both, VRID", why: VRIDDiffers, change: func(a, b *Router) {
			a.MulticastGroup, b.MulticastGroup, b.VRID = ip("224.0.0.77"), ip("224.0.0.77"), 81
		},
		detail: "virtual_router_id 81 on eth0, not 80, announces 10.9.0.100", other: "virtual_router_id 80 on eth0, not 81, announces 10.9.0.100",
	}, {
		name: "unicast to another address of the peer", why: KindDiffers, change: func(a, b *Router) { a.toPeer("10.9.0.2"); b.toPeer("10.9.0.1"); b.Source = ip("10.9.0.22") },
		other: "sent to 10.9.0.2 on eth0, 10.9.0.22 is listened to",
	},
}

// Who cannot hear a peer by its own sockets names it all the same, without log_unknown_vrids. It stays master: no machine hears.
func TestPeersThatAreNotHeard(t *testing.T) {
	for _, row := range deafness {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			lab := lab(t, "a", "b")
			lab.Node("b").IP("addr add 10.9.0.22/24 dev eth0")
			ra, rb := quick(200), quick(100)
			row.change(&ra, &rb)
			a, b := speak(t, lab.Node("a"), one(ra)), speak(t, lab.Node("b"), one(rb))
			at := netip.MustParseAddr("10.9.0.1")
			if row.from != "" {
				at = ip(row.from)
			}
			of := at.Next()
			if row.name == "unicast to another address of the peer" {
				of = ip("10.9.0.22")
			}
			for _, side := range []struct {
				node   *node
				detail string
				peer   netip.Addr
			}{{a, row.detail, of}, {b, row.other, at}} {
				if side.detail == "" {
					continue
				}
				n := side.node.noticed(row.why)
				if n.Peer != side.peer || n.Detail != side.detail || n.Router != "V" {
					t.Errorf("%+v, want %v: %s", n, side.peer, side.detail)
				}
				s := side.node.status("V")
				if len(s.Peers) != 1 || s.Peers[0].Address != side.peer || s.Peers[0].Rejected != row.why || s.Peers[0].Priority == 0 ||
					strings.Join(s.Peers[0].Differs, " ")+"_differs" != string(row.why) {
					t.Errorf("peers %+v", s.Peers)
				}
				if s.Unknown == 0 || s.Counts.Received != 0 || len(s.Rejected) != 0 {
					t.Errorf("%+v", s)
				}
			}
			for _, n := range []*node{a, b} {
				n.reaches("V", fsm.Master)
				if list := n.reports(Failed); len(list) != 0 {
					t.Errorf("failed %+v", list)
				}
			}
		})
	}
}

// Other clusters on the wire are none of our business: they are counted.
func TestNeighboursAreNotNamed(t *testing.T) {
	for name, change := range map[string]func(a, b *Router){
		"another VRID":                     func(_, b *Router) { b.VRID = 81 },
		"another VRID by unicast":          func(_, b *Router) { b.VRID = 81; b.toPeer("10.9.0.1") },
		"another VRID without any address": func(_, b *Router) { b.VRID, b.Excluded, b.Addresses = 81, b.Addresses, nil },
		"another VRID and version":         func(_, b *Router) { b.VRID, b.FSM.Version, b.FSM.Interval = 81, 2, time.Second },
		"our VRID by multicast":            func(a, _ *Router) { a.toPeer("10.9.0.3") },
		"our VRID in another group": func(a, b *Router) {
			a.MulticastGroup = ip("224.0.0.77")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := lab(t, "a", "b")
			ra, rb := quick(200), quick(100)
			rb.Addresses = []Address{addressOf("10.9.0.101/32")}
			change(&ra, &rb)
			a := speak(t, lab.Node("a"), one(ra))
			speak(t, lab.Node("b"), one(rb))
			if !nstest.Within(soon, func() bool { return a.status("V").Unknown > 0 }) {
				t.Error("not counted")
			}
			if list := a.overheard(); len(list) != 0 {
				t.Errorf("%+v", list)
			}
			if s := a.status("V"); len(s.Peers) != 0 {
				t.Errorf("%+v", s.Peers)
			}
		})
	}
}

// The ear follows a reload, and what has been put right is no longer said.
func TestEarFollowsReload(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	a := speak(t, lab.Node("a"), one(quick(200)))
	rb := quick(100)
	rb.VRID = 81
	b := speak(t, lab.Node("b"), one(rb))
	a.noticed(VRIDDiffers)
	b.noticed(VRIDDiffers)
	ra := quick(200)
	ra.VRID = 81
	a.apply(one(ra))
	b.reaches("V", fsm.Backup)
	if !nstest.Within(soon, func() bool {
		p := b.status("V").Peers
		return len(p) == 1 && len(p[0].Differs) == 0 && p[0].Rejected == ""
	}) {
		t.Errorf("%+v", b.status("V").Peers)
	}
	ra.toPeer("10.9.0.2")
	a.apply(one(ra))
	if n := b.noticed(KindDiffers); n.Peer != ip("10.9.0.1") {
		t.Errorf("%+v", n)
	}
	if n := a.noticed(KindDiffers); n.Peer != ip("10.9.0.2") {
		t.Errorf("%+v", n)
	}
}

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

// aboutUs is a sound message of another VRID from 10.9.0.3 with our address.
func aboutUs(t testing.TB) []byte {
	p := wire.Packet{Version: 3, VRID: 99, Priority: 255, Interval: 100 * time.Millisecond, Addrs: []netip.Addr{vip}}
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
	flood(t, lab.Node("c"), count, aboutUs(t))
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
	for i := 2; i < len(aboutUs(t)); i++ {
		b := aboutUs(t)
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
	e := &ear{heard: []netif.Heard{{To: wire.Group4}}}
	e.heard[0].VRIDs.Add(80)
	r := &router{cfg: quick(200), ear: e, sock: &socket{key: socketKey{group: wire.Group4}}}
	l := &Local{
		said: map[saying]said{}, named: map[saying]said{}, opts: Options{Report: func(r Report) { *list = append(*list, r) }},
		routers: []*router{r}, virtuals: map[netip.Addr][]*router{vip: {r}},
	}
	return l, e, list
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
		p := &netif.Packet{Src: ip("10.9.0.3"), Dst: wire.Group4, TTL: wire.TTL, Data: aboutUs(t), Time: time.Now()}
		change(l, p)
		if n := testing.AllocsPerRun(1000, func() { l.overheard(e, p) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkOverheard(b *testing.B) {
	l, e, _ := overhearing()
	p := &netif.Packet{Src: ip("10.9.0.3"), Dst: wire.Group4, TTL: wire.TTL, Data: aboutUs(b), Time: time.Now()}
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
