package sample

import (
	"bytes"
	"net/netip"
	"strconv"
)

// PathQuery gives the path and the query of a request target in any form; false for "*" and an authority.
func PathQuery(target []byte) ([]byte, bool) {
	if len(target) == 0 {
		return nil, false
	}
	if target[0] == '/' {
		return target, true
	}
	i := bytes.Index(target, []byte("://"))
	if i <= 0 {
		return nil, false
	}
	rest := target[i+3:]
	if i = bytes.IndexAny(rest, "/?"); i < 0 {
		return nil, false
	}
	return rest[i:], true
}

func untilQuery(p []byte) []byte {
	if i := bytes.IndexByte(p, '?'); i >= 0 {
		return p[:i]
	}
	return p
}

// URLAddr gives the IPv4 address and port that an absolute target names.
func URLAddr(target []byte) (netip.AddrPort, bool) {
	i := bytes.Index(target, []byte("://"))
	if i <= 0 {
		return netip.AddrPort{}, false
	}
	auth := target[i+3:]
	if i = bytes.IndexAny(auth, "/?"); i >= 0 {
		auth = auth[:i]
	}
	port := uint64(80)
	if i = bytes.IndexByte(auth, ':'); i >= 0 {
		p, err := strconv.ParseUint(text(auth[i+1:]), 10, 16)
		if err != nil {
			return netip.AddrPort{}, false
		}
		port, auth = p, auth[:i]
	}
	a, err := netip.ParseAddr(text(auth))
	if err != nil || !a.Is4() {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(a, uint16(port)), true
}
