package netif

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// ErrNoNeighbours is the answer of Announce for an interface on which nobody asks for addresses: it is not Ethernet, or
// its flags say NOARP.
var ErrNoNeighbours = errors.New("netif: interface without ARP and neighbour discovery")

var broadcast = MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// allNodes is ff02::1 and the Ethernet address that belongs to it (RFC 2464 7).
var (
	allNodes    = netip.MustParseAddr("ff02::1").As16()
	allNodesMAC = MAC{0x33, 0x33, 0, 0, 0, 1}
)

const (
	frameARP = 42
	frameNA  = 86
)

// appendARP appends a gratuitous ARP as keepalived sends it: a request whose sender and target are the address, target
// hardware address ff:ff:ff:ff:ff:ff, to everybody (RFC 5798 6.4.1 item 125 wants it, RFC 5227 3 explains requests).
func appendARP(b []byte, from MAC, addr netip.Addr) []byte {
	a := addr.As4()
	b = append(b, broadcast[:]...)
	b = append(b, from[:]...)
	b = append(b, 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1)
	b = append(b, from[:]...)
	b = append(b, a[:]...)
	b = append(b, broadcast[:]...)
	return append(b, a[:]...)
}

// appendNA appends an unsolicited neighbour advertisement (RFC 4861 4.4): to all nodes, override set, solicited not set,
// with the target's link-layer address; router if the host forwards on that interface.
func appendNA(b []byte, from MAC, addr netip.Addr, router bool) []byte {
	a := addr.As16()
	flags := byte(0x20)
	if router {
		flags |= 0x80
	}
	b = append(b, allNodesMAC[:]...)
	b = append(b, from[:]...)
	b = append(b, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, 58, HopLimit)
	b = append(b, a[:]...)
	b = append(b, allNodes[:]...)
	icmp := len(b)
	b = append(b, 136, 0, 0, 0, flags, 0, 0, 0)
	b = append(b, a[:]...)
	b = append(b, 2, 1)
	b = append(b, from[:]...)
	binary.BigEndian.PutUint16(b[icmp+2:], checksum6(b[icmp-32:icmp], b[icmp:]))
	return b
}

// checksum6 is the checksum of an ICMPv6 message with its pseudo-header (RFC 8200 8.1); addrs are source and destination.
func checksum6(addrs, message []byte) uint16 {
	sum := uint32(len(message)) + 58
	for _, part := range [][]byte{addrs, message} {
		for i := 0; i+1 < len(part); i += 2 {
			sum += uint32(binary.BigEndian.Uint16(part[i:]))
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// checkAnnounce says why an address cannot be announced on an interface.
func checkAnnounce(on *Interface, addr netip.Addr) error {
	switch {
	case !addr.IsValid() || addr.Is4In6() || addr.IsMulticast() || addr.IsUnspecified():
		return fmt.Errorf("netif: %v cannot be announced", addr)
	case !on.Announces():
		return ErrNoNeighbours
	}
	return nil
}
