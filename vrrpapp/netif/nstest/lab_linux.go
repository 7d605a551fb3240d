package nstest

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/vishvananda/netlink"
)

// Lab is a switch (a bridge without spanning tree) and the nodes plugged into it.
type Lab struct {
	// Switch holds the bridge br0 and one port for each node, named as the node.
	Switch *Namespace

	nodes map[string]*Node
	t     testing.TB
}

// Node is a namespace whose eth0 is plugged into the lab's switch.
type Node struct {
	*Namespace
	lab *Lab
}

// NewLab makes a switch and a node for each name (at most 15 bytes). Nodes have no IPv4 address yet.
func NewLab(t testing.TB, names ...string) *Lab {
	t.Helper()
	l := &Lab{Switch: New(t, "switch"), nodes: map[string]*Node{}, t: t}
	l.Switch.Do(func() error {
		off := false
		br := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0"}, MulticastSnooping: &off}
		if err := netlink.LinkAdd(br); err != nil {
			return fmt.Errorf("bridge: %w", err)
		}
		return netlink.LinkSetUp(br)
	})
	for _, name := range names {
		l.plug(name)
	}
	return l
}

// plug makes a node and its cable.
func (l *Lab) plug(name string) {
	l.t.Helper()
	n := &Node{Namespace: New(l.t, name), lab: l}
	l.nodes[name] = n
	l.connect(n)
}

func (l *Lab) connect(n *Node) {
	l.t.Helper()
	name := n.Name
	l.Switch.Do(func() error {
		veth := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: name}, PeerName: "eth0", PeerNamespace: netlink.NsFd(n.f.Fd())}
		if err := netlink.LinkAdd(veth); err != nil {
			return fmt.Errorf("veth: %w", err)
		}
		if err := l.port(name, attach); err != nil {
			return err
		}
		return l.port(name, netlink.LinkSetUp)
	})
	n.Do(func() error { return onLink("eth0", netlink.LinkSetUp) })
}

// Node is the node of that name.
func (l *Lab) Node(name string) *Node {
	l.t.Helper()
	n := l.nodes[name]
	if n == nil {
		l.t.Fatalf("the lab has no node %q", name)
	}
	return n
}

func (l *Lab) port(name string, do func(netlink.Link) error) error { return onLink(name, do) }

func attach(port netlink.Link) error {
	br, err := netlink.LinkByName("br0")
	if err != nil {
		return err
	}
	return netlink.LinkSetMaster(port, br)
}

func onLink(name string, do func(netlink.Link) error) error {
	link, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("link %s: %w", name, err)
	}
	if err := do(link); err != nil {
		return fmt.Errorf("link %s: %w", name, err)
	}
	return nil
}

// Unplug takes the node's carrier away.
func (n *Node) Unplug() { n.atPort(netlink.LinkSetDown) }

// Plug gives the carrier back.
func (n *Node) Plug() { n.atPort(netlink.LinkSetUp) }

// Cut separates the node silently: it keeps its carrier and reaches nobody.
func (n *Node) Cut() { n.atPort(netlink.LinkSetNoMaster) }

// Heal ends Cut.
func (n *Node) Heal() { n.atPort(attach) }

func (n *Node) atPort(do func(netlink.Link) error) {
	n.t.Helper()
	n.lab.Switch.Do(func() error { return n.lab.port(n.Name, do) })
}

// Holds reports whether an interface of the namespace has the address.
func (n *Namespace) Holds(addr netip.Addr) bool {
	n.t.Helper()
	found := false
	n.Do(func() error {
		list, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
		for _, a := range list {
			ip, _ := netip.AddrFromSlice(a.IP)
			found = found || ip.Unmap() == addr
		}
		return err
	})
	return found
}

// Replug gives a node whose eth0 was deleted another one, without addresses.
func (l *Lab) Replug(name string) {
	l.t.Helper()
	l.connect(l.Node(name))
}
