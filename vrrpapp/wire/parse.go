package wire

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Parse reads msg, what follows the IP header up to the header's total length: no padding of the link. p keeps no part of
// msg. Without OK, p holds what was read so far: enough for a log line, for nothing else.
func (p *Packet) Parse(msg []byte, ip IP) Reason {
	addrs := p.Addrs[:0]
	*p = Packet{Addrs: addrs}
	if len(msg) < headLen {
		return Truncated
	}
	p.Version, p.VRID, p.Priority = msg[0]>>4, msg[1], msg[2]
	switch {
	case !ip.sound():
		return BadFamily
	case ip.TTL != TTL && ip.Dst.IsMulticast():
		return BadTTL
	case p.Version != 3 && (p.Version != 2 || ip.Src.Is6()):
		return BadVersion
	case msg[0]&15 != typeAdvert:
		return BadType
	case p.VRID == 0:
		return BadVRID
	}
	p.interval(msg)
	width := 4
	if ip.Src.Is6() {
		width = 16
	}
	n := int(msg[3])
	rest := msg[headLen:]
	if len(msg) != p.length(n, width) {
		return BadLength
	}
	way, ok := p.verify(msg, ip)
	if !ok {
		return BadChecksum
	}
	if p.Interval == 0 {
		return ZeroInterval
	}
	p.Checksum = way
	for ; n > 0; n-- {
		a, _ := netip.AddrFromSlice(rest[:width])
		p.Addrs = append(p.Addrs, a)
		rest = rest[width:]
	}
	copy(p.Password[:], rest)
	return OK
}

// interval reads the bytes that the versions use differently (RFC 3768 5.1, RFC 5798 5.1).
func (p *Packet) interval(msg []byte) {
	if p.Version == 2 {
		p.Auth = Auth(msg[4])
		p.Interval = time.Duration(msg[5]) * time.Second
		return
	}
	// the four reserved bits are ignored (RFC 5798 5.2.6)
	p.Interval = time.Duration(binary.BigEndian.Uint16(msg[4:])&0xfff) * centisecond
}

// length is that of a message with n addresses.
func (p *Packet) length(n, width int) int {
	n = headLen + n*width
	if p.Version == 2 {
		n += authLen
	}
	return n
}
