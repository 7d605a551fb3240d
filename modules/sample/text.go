package sample

import (
	"bytes"
	"math"
	"net/netip"
	"strconv"
	"unsafe"
)

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func untilNUL(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

// leadingInt reads an optional sign and the digits that b begins with; what does not fit saturates.
func leadingInt(b []byte) int64 {
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	var n uint64
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		if n > (math.MaxInt64-uint64(c-'0'))/10 {
			if neg {
				return math.MinInt64
			}
			return math.MaxInt64
		}
		n = n*10 + uint64(c-'0')
	}
	if neg {
		return -int64(n)
	}
	return int64(n)
}

// text views b as a string for the length of one call of a function that does not keep it.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// ParseAddr reads an address as HAProxy's cast from a string does: a port or a mask length behind an IPv4 address is
// ignored.
func ParseAddr(b []byte) (netip.Addr, bool) {
	if i := bytes.IndexByte(b, ':'); i >= 0 && bytes.IndexByte(b[i+1:], ':') < 0 {
		b = b[:i]
	}
	if i := bytes.IndexByte(b, '/'); i >= 0 {
		b = b[:i]
	}
	a, err := netip.ParseAddr(text(b))
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, false
	}
	return a, true
}

// constBytes views s as bytes that nobody writes to: converters make their results in scratch memory.
func constBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// ParseHeaderAddr reads an address from a header field as hdr_ip does.
func ParseHeaderAddr(b []byte) (netip.Addr, bool) { return ParseAddr(b) }
