package netif

import (
	"errors"
	"net/netip"
	"time"
)

// Protocol is VRRP's number in the IP header (RFC 5798 5.1.1.4).
const Protocol = 112

// HopLimit is the only TTL and hop limit a multicast advertisement may arrive with (RFC 5798 5.1.1.3, 5.1.2.3).
const HopLimit = 255

// The groups that advertisements are sent to (RFC 5798 5.1.1.2, 5.1.2.2).
var (
	Group4 = netip.AddrFrom4([4]byte{224, 0, 0, 18})
	Group6 = netip.MustParseAddr("ff02::12")
)

// ErrUnsupported is what everything here returns where there is no Linux kernel.
var ErrUnsupported = errors.New("netif: VRRP needs Linux")

// SocketConfig says which packets a Socket carries. All instances of an interface, a family and a kind (multicast, or
// unicast with one own address) share one: the kernel gives every raw socket its own copy of every packet.
type SocketConfig struct {
	// Interface is what the socket is bound to. Multicast needs it, unicast can do without (Index 0).
	Interface Interface
	// IPv6 chooses the family.
	IPv6 bool
	// Group is the multicast group, vrrp_mcast_group4 and 6 of keepalived. Zero: 224.0.0.18 or ff02::12.
	Group netip.Addr
	// Unicast, if valid, makes it a socket for unicast_peer: it receives what is sent to this own address, which need not
	// exist yet, and nothing else.
	Unicast netip.Addr
	// VRIDs are the virtual routers whose packets are wanted; the kernel drops the others. Zero: all.
	VRIDs VRIDs
	// Buffer is the size of the receive buffer in bytes as the kernel accounts them. Default 2 MiB, some 2,000 packets.
	Buffer int
}

const defaultBuffer = 2 << 20

func (c *SocketConfig) group() netip.Addr {
	switch {
	case c.Group.IsValid():
		return c.Group
	case c.IPv6:
		return Group6
	}
	return Group4
}

func (c *SocketConfig) check() error {
	for _, a := range []netip.Addr{c.Unicast, c.Group} {
		if a.IsValid() && (a.Is4In6() || a.Is6() != c.IPv6) {
			return errors.New("netif: address " + a.String() + " is of the wrong family")
		}
	}
	switch {
	case c.Group.IsValid() && !c.Group.IsMulticast():
		return errors.New("netif: group " + c.Group.String() + " is not a multicast address")
	case !c.Unicast.IsValid() && c.Interface.Index == 0:
		return errors.New("netif: a multicast socket needs an interface")
	case c.Unicast.IsLinkLocalUnicast() && c.IPv6 && c.Interface.Index == 0:
		return errors.New("netif: a link-local address needs an interface")
	}
	return nil
}

// Packet is a VRRP message with what the IP header said about it.
type Packet struct {
	// Src and Dst are the header's addresses, without a zone. To send, Src is mcast_src_ip, unicast_src_ip or the
	// interface's primary (IPv6: link-local) address and must be valid; an invalid Dst means the group.
	Src, Dst netip.Addr
	// TTL is the TTL or hop limit. To send, 0 means 255.
	TTL uint8
	// Data is the message without the IP header and without Ethernet's padding. A received one is valid until the
	// function that got the packet returns.
	Data []byte
	// Truncated says that the message was longer than the longest one of VRRP.
	Truncated bool
	// Time is when the kernel received it, on the monotonic clock.
	Time time.Time
}

// longest is the longest message: 8 bytes, 255 IPv6 addresses, and an IPv4 header with options.
const longest = 8 + 255*16 + 60

// VRIDs is a set of virtual router numbers. It is comparable.
type VRIDs [256 / 32]uint32

// Add puts a number in.
func (v *VRIDs) Add(vrid uint8) { v[vrid/32] |= 1 << (vrid % 32) }

// Remove takes a number out.
func (v *VRIDs) Remove(vrid uint8) { v[vrid/32] &^= 1 << (vrid % 32) }

// Has reports whether a number is in.
func (v *VRIDs) Has(vrid uint8) bool { return v[vrid/32]&(1<<(vrid%32)) != 0 }
