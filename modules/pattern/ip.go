package pattern

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// bits128 is an address as a number; an IPv4 address has only the low 32 bits.
type bits128 struct{ hi, lo uint64 }

func (a bits128) less(b bits128) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

func bits4(a [4]byte) bits128 { return bits128{lo: uint64(binary.BigEndian.Uint32(a[:]))} }

func bits16(a [16]byte) bits128 {
	return bits128{binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(a[8:])}
}

// masked is an IPv4 network whose mask has gaps.
type masked struct {
	addr, mask uint64
	index      int
}

// addresses is the method ip. The longest network decides, then networks whose mask has gaps.
type addresses struct {
	noDNS bool
	v4    networks
	v6    networks
	odd   []masked
}

func (m *addresses) add(word string, index int, _ bool) error {
	host, suffix, hasMask := strings.Cut(word, "/")
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() && a.Zone() == "" {
		n, ok := maskBits(suffix, hasMask, 128)
		if !ok {
			return badAddress(word)
		}
		m.v6.add(bits16(a.As16()), n, 128, index)
		return nil
	}
	mask, ok := mask4(suffix, hasMask)
	if !ok {
		return badAddress(word)
	}
	a, ok := m.host(host)
	if !ok {
		return badAddress(word)
	}
	m.add4(bits4(a), mask, index)
	return nil
}

func badAddress(word string) error {
	return fmt.Errorf("'%s' is not a valid IPv4 or IPv6 address", word)
}

func (m *addresses) add4(a bits128, mask uint32, index int) {
	n := 0
	for n < 32 && mask&(1<<(31-n)) != 0 {
		n++
	}
	if n < 32 && mask<<n != 0 {
		m.odd = append(m.odd, masked{a.lo & uint64(mask), uint64(mask), index})
		return
	}
	m.v4.add(a, n, 32, index)
}

// maskBits reads a number of bits.
func maskBits(s string, present bool, most int) (int, bool) {
	if !present {
		return most, true
	}
	v, ok := parseDigits(s)
	return int(v), ok && v <= int64(most)
}

// mask4 reads a number of bits or a dotted mask.
func mask4(s string, present bool) (uint32, bool) {
	if strings.Contains(s, ".") {
		a, err := netip.ParseAddr(s)
		if err != nil || !a.Is4() {
			return 0, false
		}
		b := a.As4()
		return binary.BigEndian.Uint32(b[:]), true
	}
	n, ok := maskBits(s, present, 32)
	if !ok {
		return 0, false
	}
	return uint32(uint64(0xffffffff) << (32 - n)), true
}

// resolveTimeout bounds the resolution of one host name while loading.
const resolveTimeout = 5 * time.Second

// host reads an IPv4 address. What is not a plain one is a host name for HAProxy, and its resolver is where the short
// forms (10.12, 127.1) come from: -n forbids them as well.
func (m *addresses) host(s string) ([4]byte, bool) {
	if a, err := netip.ParseAddr(s); err == nil && a.Is4() {
		return a.As4(), true
	}
	if m.noDNS || s == "" {
		return [4]byte{}, false
	}
	if strings.Trim(s, "0123456789.") == "" {
		return shortAddress(s)
	}
	ctx, cancel := context.WithTimeout(context.Background(), resolveTimeout)
	defer cancel()
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", s)
	if err != nil || len(list) == 0 {
		return [4]byte{}, false
	}
	return list[0].Unmap().As4(), true
}

// shortAddress reads numbers and dots as inet_aton(3) does: up to four parts, the last one fills what is left, a
// leading 0 means octal.
func shortAddress(s string) (a [4]byte, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return a, false
	}
	for i, p := range parts {
		base := 10
		if len(p) > 1 && p[0] == '0' {
			base = 8
		}
		size := 8
		if i == len(parts)-1 {
			size = 8 * (4 - i)
		}
		v, err := strconv.ParseUint(p, base, size)
		if err != nil {
			return a, false
		}
		if i < len(parts)-1 {
			a[i] = byte(v)
			continue
		}
		for j := 3; j >= i; j-- {
			a[j] = byte(v)
			v >>= 8
		}
	}
	return a, true
}

func (m *addresses) done() {
	m.v4.done(32)
	m.v6.done(128)
}

func (m *addresses) match(_ *txn.Txn, s *txn.Sample) int {
	switch s.Type {
	case txn.IPv4:
		a := s.Addr.Unmap()
		if !a.Is4() {
			return -1
		}
		if i := m.match4(bits4(a.As4())); i >= 0 {
			return i
		}
		return m.v6.find(bits16(netip.AddrFrom16(a.As16()).As16()))
	case txn.IPv6:
		if !s.Addr.IsValid() {
			return -1
		}
		b := s.Addr.As16()
		if i := m.v6.find(bits16(b)); i >= 0 {
			return i
		}
		if a, ok := embedded(b); ok {
			return m.match4(bits4(a))
		}
	}
	return -1
}

func (m *addresses) match4(a bits128) int {
	if i := m.v4.find(a); i >= 0 {
		return i
	}
	for i := range m.odd {
		if a.lo&m.odd[i].mask == m.odd[i].addr {
			return m.odd[i].index
		}
	}
	return -1
}

// embedded is the IPv4 address in 2002:IPV4::, ::IPV4 and ::ffff:IPV4 (configuration.txt 7.1.6).
func embedded(b [16]byte) ([4]byte, bool) {
	if b[0] == 0x20 && b[1] == 0x02 {
		return [4]byte(b[2:6]), true
	}
	v := bits16(b)
	if v.hi == 0 && (v.lo>>32 == 0 || v.lo>>32 == 0xffff) {
		return [4]byte(b[12:]), true
	}
	return [4]byte{}, false
}
