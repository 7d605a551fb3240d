package lab

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/vishvananda/netlink"
)

// World is the network of one case.
type World struct {
	*scope
	Pair   Pair
	Timing Timing
	// VIP is the address that clients use.
	VIP netip.Addr
	// Members are the nodes by their names, in their order.
	Members  []*Member
	Client   *nstest.Node
	Intruder *nstest.Node

	lab    *nstest.Lab
	ear    *Ear
	hold   *nstest.Hold // of the whole life
	stalls *stalls
	span   *span // what is measured just now
	log    []string

	figures Figures
	missed  []string
}

// newWorld builds the network; nothing runs in it yet.
func newWorld(s *scope, pair Pair, t Timing, names []string) *World {
	w := &World{scope: s, Pair: pair, Timing: t, VIP: vip4}
	if t.IPv6 {
		w.VIP = vip6
	}
	w.lab = nstest.NewLab(s, append([]string{"client", "intruder"}, names...)...)
	w.Client, w.Intruder = w.lab.Node("client"), w.lab.Node("intruder")
	for _, n := range []*nstest.Node{w.Client, w.Intruder} {
		w.address(n)
	}
	for _, name := range names {
		m := &Member{Node: w.lab.Node(name), world: w, kind: pair.of(name), dir: s.Dir(), Config: tutorial(name, names, t)}
		m.file = m.dir + "/keepalived.conf"
		m.address()
		w.Members = append(w.Members, m)
	}
	w.settleIPv6()
	w.ear = w.listen()
	w.hold = w.lab.Hold(w.VIP)
	return w
}

func (w *World) address(n *nstest.Node) {
	n.IP(fmt.Sprintf("addr add %v dev eth0", ownAddress(n.Name, false)))
	n.IP(fmt.Sprintf("addr add %v dev eth0 nodad", ownAddress(n.Name, true)))
}

// settleIPv6 waits until the kernels have found their link-local addresses to be free.
func (w *World) settleIPv6() {
	if !w.Timing.IPv6 {
		return
	}
	for _, m := range w.Members {
		w.Must("link-local address of "+m.Name, soon, func() bool {
			return strings.Contains(m.IP("-6 addr show dev eth0 scope link -tentative"), "inet6")
		})
	}
}

// Member is the node of that name.
func (w *World) Member(name string) *Member {
	for _, m := range w.Members {
		if m.Name == name {
			return m
		}
	}
	w.Fatalf("no node %q", name)
	return nil
}

// Note writes a line into the record of the case, for evidence.
func (w *World) Note(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf("%s %s", time.Now().Format("15:04:05.000"), fmt.Sprintf(format, args...)))
}

// Up starts all nodes, a first, and waits until a is master and the client reaches it.
func (w *World) Up() {
	for _, m := range w.Members {
		m.Start()
	}
	a := w.Members[0]
	w.Must(a.Name+" holds the address", 2*w.Timing.Down(1)+soon, a.Holds)
	w.Reach(a)
}

// favour is for all nodes; those that a case starts later have the ordinary priority.
func (w *World) favour() {
	for _, m := range w.Members {
		m.favour()
	}
}

// Reach waits until the client reaches the address at this node.
func (w *World) Reach(m *Member) {
	p := w.Client.Ping(w.VIP, 5*time.Millisecond)
	w.Must("answers of "+m.Name, soon, func() bool { return p.Answered() > 0 && w.Neighbour() == m.Name })
	p.Stop()
}

// Holders are the nodes that have the address, joined by "+".
func (w *World) Holders() string { return strings.Join(w.hold.Now(), "+") }

// Neighbour is the node whose MAC address the client sends packets for the virtual address to; "" if it has none.
func (w *World) Neighbour() (name string) {
	w.Client.Do(func() error {
		list, err := netlink.NeighList(0, netlink.FAMILY_ALL)
		for _, n := range list {
			if ip, _ := netip.AddrFromSlice(n.IP); ip.Unmap() == w.VIP && len(n.HardwareAddr) > 0 {
				name = w.named(n.HardwareAddr.String())
			}
		}
		return err
	})
	return name
}

// named is the node that has a MAC address, or the address itself.
func (w *World) named(mac string) string {
	for _, m := range w.Members {
		if m.mac == mac {
			return m.Name
		}
	}
	return mac
}

// Phase waits until that fraction of an interval has passed since an advertisement of a: what an outage lasts depends on it.
func (w *World) Phase(fraction float64) { w.phaseOf("a", fraction) }

func (w *World) phaseOf(node string, fraction float64) {
	before := w.ear.count(node)
	w.Must("an advertisement of "+node, 3*w.Timing.Interval+soon, func() bool { return w.ear.count(node) > before })
	w.Pass(time.Until(w.ear.last(node).Add(time.Duration(fraction * float64(w.Timing.Interval)))))
	if w.span != nil {
		w.Mark()
	}
}

// Miss says that something that the case wants is not so, and goes on.
func (w *World) Miss(format string, args ...any) {
	w.missed = append(w.missed, fmt.Sprintf(format, args...))
}

// Agree waits for at most d until exactly that node has the address.
func (w *World) Agree(node string, d time.Duration) bool {
	return w.Within(d, func() bool { return w.Holders() == node })
}
