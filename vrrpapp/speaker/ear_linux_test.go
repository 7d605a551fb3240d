package speaker

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
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
	from, of      string // a's address, 10.9.0.1 if empty, and b's, the next if empty
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
		of: "10.9.0.22", other: "sent to 10.9.0.2 on eth0, 10.9.0.22 is listened to",
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
			if row.of != "" {
				of = ip(row.of)
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
	before := a.status("V").Unknown // b is silent now
	flood(t, lab.Node("b"), 1, aboutUs(t, 80))
	if !nstest.Within(soon, func() bool { return a.status("V").Unknown > before }) {
		t.Error("the former VRID is not counted")
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

// Unicast without an interface is overheard where its address is, as soon as it is there.
func TestEarComesWithTheAddress(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	ra, rb := quick(200), quick(100)
	ra.toPeer("10.9.0.22")
	ra.VRID = 81
	rb.toPeer("10.9.0.1")
	rb.Interface, rb.Source, rb.Addresses[0].Dev = "", ip("10.9.0.22"), "eth0"
	a, b := speak(t, lab.Node("a"), one(ra)), speak(t, lab.Node("b"), one(rb))
	a.reaches("V", fsm.Master)
	lab.Node("b").IP("addr add 10.9.0.22/24 dev eth0")
	if n := b.noticed(VRIDDiffers); n.Peer != ip("10.9.0.1") {
		t.Errorf("%+v", n)
	}
}

// An ear is where the interface is, and closed with the last socket.
func TestEarFollowsInterface(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	appear := func() {
		n.IP("link add e1 type veth peer name e2")
		n.IP("addr add 10.9.1.1/24 dev e1")
		n.IP("link set e1 up")
		n.IP("link set e2 up")
	}
	appear()
	r := quick(200)
	r.Interface = "e1"
	a := speak(t, n, one(r))
	ears := func() (list []int) {
		a.do(func() {
			for key := range a.ears {
				list = append(list, key.index)
			}
		})
		return list
	}
	first := ears()
	if len(first) != 1 {
		t.Fatalf("ears %v", first)
	}
	n.IP("link del e1")
	if !nstest.Within(soon, func() bool { return len(ears()) == 0 }) {
		t.Errorf("ears %v without an interface", ears())
	}
	appear()
	if !nstest.Within(soon, func() bool { list := ears(); return len(list) == 1 && list[0] != first[0] }) {
		t.Errorf("ears %v, the first %v", ears(), first)
	}
	a.reaches("V", fsm.Master)
	a.apply(Config{})
	if !nstest.Within(soon, func() bool { return len(ears()) == 0 }) {
		t.Errorf("ears %v without a router", ears())
	}
	if list := a.reports(Failed); len(list) != 0 {
		t.Errorf("failed %+v", list)
	}
}
