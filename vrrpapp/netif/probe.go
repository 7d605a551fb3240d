package netif

import (
	"encoding/binary"
	"net/netip"
)

// Answer is an ARP reply or a neighbour advertisement: who says that an address is at its MAC.
type Answer struct {
	Index int // of the interface that it came in by
	Addr  netip.Addr
	MAC   MAC
}

// appendProbe appends an ARP probe (RFC 5227 1.1): a request without a sender address, so that nobody's cache learns
// anything from it.
func appendProbe(b []byte, from MAC, addr netip.Addr) []byte {
	a := addr.As4()
	b = append(b, broadcast[:]...)
	b = append(b, from[:]...)
	b = append(b, 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1)
	b = append(b, from[:]...)
	b = append(b, 0, 0, 0, 0)
	b = append(b, 0, 0, 0, 0, 0, 0)
	return append(b, a[:]...)
}

// parseAnswer reads an Ethernet frame; false: it is no ARP reply for IPv4.
func parseAnswer(b []byte) (a Answer, ok bool) {
	if len(b) < frameARP || binary.BigEndian.Uint16(b[12:]) != 0x0806 || string(b[14:22]) != "\x00\x01\x08\x00\x06\x04\x00\x02" {
		return a, false
	}
	copy(a.MAC[:], b[22:])
	a.Addr = netip.AddrFrom4([4]byte(b[28:32]))
	return a, true
}
