package netif

import (
	"fmt"
	"net"
)

// Interface is a network interface as it was at one moment. It is comparable.
type Interface struct {
	Name  string
	Index int // of the namespace; an interface that is deleted and made again gets another one
	// Parent is the index of the interface below (of a macvlan or VLAN), 0 without one. A veth's is its peer's index, which
	// counts in the peer's namespace.
	Parent int
	Kind   string // "macvlan", "veth", "bridge", ...; empty for hardware
	MTU    int    // bytes
	MAC    MAC    // zero if it is not Ethernet

	Up           bool // administratively: `ip link set up`
	Carrier      bool // IFF_RUNNING: up, and the driver says that the cable, the bridge's or the bond's port works
	Ethernet     bool // hardware type Ethernet; ARP and neighbour advertisements go out only here
	NoARP        bool
	Loopback     bool
	PointToPoint bool
	Multicast    bool
}

// Usable reports whether packets can leave: up, with carrier.
func (i Interface) Usable() bool { return i.Up && i.Carrier }

// Announces reports whether the interface's neighbours ask for addresses by ARP or neighbour discovery.
func (i Interface) Announces() bool { return i.Ethernet && !i.NoARP && !i.Loopback }

// MAC is an Ethernet address.
type MAC [6]byte

func (m MAC) String() string { return net.HardwareAddr(m[:]).String() }

// MarshalText is String.
func (m MAC) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads six bytes with colons.
func (m *MAC) UnmarshalText(b []byte) error {
	hw, err := net.ParseMAC(string(b))
	if err != nil || len(hw) != len(m) {
		return fmt.Errorf("netif: %q is no MAC address", b)
	}
	copy(m[:], hw)
	return nil
}

// VirtualMAC is a virtual router's own address (RFC 5798 7.3, RFC 3768 7.3): 00:00:5e:00:01:VRID for IPv4, 02 for IPv6.
func VirtualMAC(vrid uint8, ipv6 bool) MAC {
	family := byte(1)
	if ipv6 {
		family = 2
	}
	return MAC{0x00, 0x00, 0x5e, 0x00, family, vrid}
}
