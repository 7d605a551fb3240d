package sample

import (
	"bytes"
	"net/netip"
	"strconv"
)

// ParseAddr reads an address as the cast from a string does: behind an IPv4 address anything may follow.
func ParseAddr(b []byte) (netip.Addr, bool) {
	if a, rest, ok := leadingIPv4(b); ok {
		return a, len(rest) == 0 || rest[0] != '.'
	}
	return parseIPv6(b)
}

// ParseHeaderAddr reads an address as hdr_ip does: a port may follow an IPv4 address, nothing else.
func ParseHeaderAddr(b []byte) (netip.Addr, bool) {
	a, rest, ok := leadingIPv4(b)
	if !ok {
		return parseIPv6(b)
	}
	return a, len(rest) == 0 || rest[0] == ':' && isPort(rest[1:])
}

// leadingIPv4 reads four numbers with dots between them; leading zeros are decimal. A fifth digit group is left in rest.
func leadingIPv4(b []byte) (a netip.Addr, rest []byte, ok bool) {
	var octets [4]byte
	for i := range octets {
		if i > 0 {
			if len(b) == 0 || b[0] != '.' {
				return a, nil, false
			}
			b = b[1:]
		}
		n, digits := 0, 0
		for digits < len(b) && '0' <= b[digits] && b[digits] <= '9' {
			if n = n*10 + int(b[digits]-'0'); n > 255 {
				return a, nil, false
			}
			digits++
		}
		if digits == 0 {
			return a, nil, false
		}
		octets[i] = byte(n)
		b = b[digits:]
	}
	return netip.AddrFrom4(octets), b, true
}

func isPort(b []byte) bool {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
		if n = n*10 + int(c-'0'); n > 65535 {
			return false
		}
	}
	return len(b) > 0
}

func parseIPv6(b []byte) (netip.Addr, bool) {
	// The longest text has 45 bytes; a colon tells it from a name, for which ParseAddr would make an error value.
	if len(b) < 2 || len(b) > 45 || bytes.IndexByte(b, ':') < 0 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(text(b))
	return a, err == nil && a.Is6() && a.Zone() == ""
}

// AppendAddr writes an address as the C library does: one with 96 leading zero bits ends in dotted decimal, unless it is
// below ::1:0.
func AppendAddr(dst []byte, a netip.Addr) []byte {
	if !a.Is6() {
		return a.AppendTo(dst)
	}
	b := a.As16()
	for _, c := range b[:12] {
		if c != 0 {
			return a.AppendTo(dst)
		}
	}
	if b[12] == 0 && b[13] == 0 {
		return a.AppendTo(dst)
	}
	dst = append(dst, "::"...)
	for i, c := range b[12:] {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, uint64(c), 10)
	}
	return dst
}
