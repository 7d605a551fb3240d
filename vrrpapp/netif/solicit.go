package netif

import (
	"net/netip"
)

const (
	neighbourSolicitation  = 135
	neighbourAdvertisement = 136
)

// solicitation is a neighbour solicitation (RFC 4861 4.3) without its checksum, which the kernel adds. It names the asker: who is
// asked without that answers to all nodes (RFC 4861 7.2.4), and a stranger would draw the clients to itself.
func solicitation(from MAC, addr netip.Addr) []byte {
	a := addr.As16()
	b := append([]byte{neighbourSolicitation, 0, 0, 0, 0, 0, 0, 0}, a[:]...)
	return append(append(b, 1, 1), from[:]...)
}

// solicitedNode is the group that everybody joins who has an address (RFC 4291 2.7.1).
func solicitedNode(addr netip.Addr) [16]byte {
	a := addr.As16()
	return [16]byte{0: 0xff, 1: 0x02, 11: 1, 12: 0xff, 13: a[13], 14: a[14], 15: a[15]}
}

// parseNeighbour reads a neighbour advertisement (RFC 4861 4.4); false: it is none, nobody has asked for it, or it does not say
// where its sender is.
func parseNeighbour(b []byte) (a Answer, ok bool) {
	const flags, target, options, solicited = 4, 8, 24, 0x40
	if len(b) < options || b[0] != neighbourAdvertisement || b[1] != 0 || b[flags]&solicited == 0 {
		return a, false
	}
	a.Addr = netip.AddrFrom16([16]byte(b[target:options]))
	for b = b[options:]; len(b) >= 8 && b[1] != 0 && int(b[1])*8 <= len(b); b = b[int(b[1])*8:] {
		if b[0] == 2 && b[1] == 1 {
			copy(a.MAC[:], b[2:])
			return a, true
		}
	}
	return a, false
}
