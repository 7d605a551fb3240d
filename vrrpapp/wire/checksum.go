package wire

import (
	"encoding/binary"
	"net/netip"
)

// sum adds b to a ones' complement sum that is not folded yet (RFC 1071).
func sum(acc uint32, b []byte) uint32 {
	for len(b) >= 2 {
		acc += uint32(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		acc += uint32(b[0]) << 8
	}
	return acc
}

func fold(acc uint32) uint16 {
	for acc > 0xffff {
		acc = acc>>16 + acc&0xffff
	}
	return ^uint16(acc)
}

// pseudo4 is the sum of the pseudo-header that RFC 5798 5.2.8 takes from RFC 2460 8.1, in IPv4's form.
func pseudo4(src, dst netip.Addr, n int) uint32 {
	s, d := src.As4(), dst.As4()
	return sum(sum(uint32(Proto+n), s[:]), d[:])
}

// pseudo6 is the pseudo-header of RFC 8200 8.1.
func pseudo6(src, dst netip.Addr, n int) uint32 {
	s, d := src.As16(), dst.As16()
	return sum(sum(uint32(Proto+n), s[:]), d[:])
}

// start is the sum of what precedes a message of n bytes.
func (p *Packet) start(ip IP, n int, way Checksum) uint32 {
	switch {
	case p.Version == 2:
		return 0 // RFC 3768 5.3.8
	case ip.Src.Is6():
		return pseudo6(ip.Src, ip.Dst, n)
	case way == Plain:
		return 0
	case way == OldUnicast:
		return pseudo4(ip.Src, Group4, n)
	}
	return pseudo4(ip.Src, ip.Dst, n)
}

// verify finds the way in which msg's checksum is right.
func (p *Packet) verify(msg []byte, ip IP) (Checksum, bool) {
	body := sum(0, msg)
	for _, way := range [...]Checksum{Pseudo, Plain, OldUnicast} {
		if fold(p.start(ip, len(msg), way)+body) == 0 {
			return way, true
		}
	}
	return 0, false
}
