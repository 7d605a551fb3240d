package sample

import (
	"encoding/binary"
	"net/netip"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// castTo holds, by source type, the bits of the types it can be cast to, as the binary accepts converters.
var castTo = [...]uint32{
	txn.Bool: bit(txn.Bool, txn.Int, txn.Str, txn.Bin),
	txn.Int:  bit(txn.Bool, txn.Int, txn.IPv4, txn.IPv6, txn.Str, txn.Bin),
	txn.IPv4: bit(txn.Int, txn.IPv4, txn.IPv6, txn.Str, txn.Bin),
	txn.IPv6: bit(txn.IPv4, txn.IPv6, txn.Str, txn.Bin),
	txn.Str:  bit(txn.Bool, txn.Int, txn.IPv4, txn.IPv6, txn.Str, txn.Bin, txn.Meth),
	txn.Bin:  bit(txn.Str, txn.Bin, txn.Meth),
	txn.Meth: bit(txn.Str, txn.Bin, txn.Meth),
}

func bit(list ...Type) (m uint32) {
	for _, t := range list {
		m |= 1 << t
	}
	return m
}

// Castable says whether a value of type from can be cast to want at all: whether a converter can be applied.
func Castable(from, want Type) bool {
	switch {
	case from == Any || want == Any || from == want:
		return true
	case from == Addr:
		from = txn.IPv4
	case want == Addr:
		want = txn.IPv4
	}
	if want == Addr {
		want = txn.IPv4
	}
	return int(from) < len(castTo) && want < 32 && castTo[from]&(1<<want) != 0
}

// Cast turns s into type want, as HAProxy does between a fetch and a converter; false when that has no result.
func Cast(t *txn.Txn, s *Sample, want Type) bool {
	if s.Type == want {
		return true
	}
	switch want {
	case Any, Same:
		return true
	case txn.Str:
		return ToStr(t, s)
	case txn.Bin:
		return ToBin(t, s)
	case txn.Int:
		return ToInt(s)
	case txn.Bool:
		return ToBool(s)
	case Addr:
		return ToAddr(s)
	case txn.IPv4:
		return ToIPv4(s)
	case txn.IPv6:
		return ToIPv6(s)
	case txn.Meth:
		return toMeth(s)
	}
	return false
}

// ToStr casts to a string. Binary data ends at its first NUL.
func ToStr(t *txn.Txn, s *Sample) bool {
	switch s.Type {
	case txn.Str:
	case txn.Meth:
		s.Type = txn.Str
	case txn.Bin:
		s.Type = txn.Str
		s.Bytes = untilNUL(s.Bytes)
	case txn.Bool, txn.Int:
		s.SetStr(t.Keep(appendInt(t.Room(20), s.Int)))
	case txn.IPv4, txn.IPv6:
		s.SetStr(t.Keep(AppendAddr(t.Room(46), s.Addr)))
	default:
		return false
	}
	return true
}

// AppendText appends s as ToStr would make it, without scratch memory. Without a value it appends nothing.
func AppendText(dst []byte, s *Sample) []byte {
	switch s.Type {
	case txn.Str, txn.Meth:
		return append(dst, s.Bytes...)
	case txn.Bin:
		return append(dst, untilNUL(s.Bytes)...)
	case txn.Bool, txn.Int:
		return appendInt(dst, s.Int)
	case txn.IPv4, txn.IPv6:
		return AppendAddr(dst, s.Addr)
	}
	return dst
}

// ToBin casts to binary: integers are 8 bytes, addresses 4 or 16, all in network order.
func ToBin(t *txn.Txn, s *Sample) bool {
	switch s.Type {
	case txn.Bin:
	case txn.Str, txn.Meth:
		s.Type = txn.Bin
	case txn.Bool, txn.Int:
		s.SetBin(t.Keep(binary.BigEndian.AppendUint64(t.Room(8), uint64(s.Int))))
	case txn.IPv4:
		a := s.Addr.As4()
		s.SetBin(t.Keep(append(t.Room(4), a[:]...)))
	case txn.IPv6:
		a := s.Addr.As16()
		s.SetBin(t.Keep(append(t.Room(16), a[:]...)))
	default:
		return false
	}
	return true
}

// ToInt casts to an integer. A string gives its leading digits, 0 when there are none; an empty one has no value.
func ToInt(s *Sample) bool {
	switch s.Type {
	case txn.Int:
	case txn.Bool:
		s.Type = txn.Int
	case txn.IPv4:
		a := s.Addr.As4()
		s.SetInt(int64(binary.BigEndian.Uint32(a[:])))
	case txn.Str:
		if len(s.Bytes) == 0 {
			return false
		}
		s.SetInt(leadingInt(s.Bytes))
	default:
		return false
	}
	return true
}

// ToBool casts to a boolean: whether the integer is not 0.
func ToBool(s *Sample) bool {
	if s.Type == txn.Bool {
		return true
	}
	if s.Type == txn.IPv4 || !ToInt(s) {
		return false
	}
	s.SetBool(s.Int != 0)
	return true
}

// ToAddr casts to an address: of the family that a string has, IPv4 for an integer (its low 32 bits).
func ToAddr(s *Sample) bool {
	switch s.Type {
	case txn.IPv4, txn.IPv6:
		return true
	case txn.Int:
		var a [4]byte
		binary.BigEndian.PutUint32(a[:], uint32(s.Int))
		s.Type, s.Addr = txn.IPv4, netip.AddrFrom4(a)
		return true
	case txn.Str:
		a, ok := ParseAddr(s.Bytes)
		if !ok {
			return false
		}
		setAddr(s, a)
		return true
	}
	return false
}

// ToIPv4 casts to an IPv4 address; an IPv6 address must be a mapped one.
func ToIPv4(s *Sample) bool {
	if !ToAddr(s) {
		return false
	}
	if s.Type == txn.IPv6 {
		if !s.Addr.Is4In6() {
			return false
		}
		s.Type, s.Addr = txn.IPv4, s.Addr.Unmap()
	}
	return true
}

// ToIPv6 casts to an IPv6 address; an IPv4 address becomes a mapped one.
func ToIPv6(s *Sample) bool {
	if !ToAddr(s) {
		return false
	}
	if s.Type == txn.IPv4 {
		s.Type, s.Addr = txn.IPv6, netip.AddrFrom16(s.Addr.As16())
	}
	return true
}

func toMeth(s *Sample) bool {
	if s.Type != txn.Str && s.Type != txn.Bin {
		return false
	}
	s.Type = txn.Meth
	return true
}

// setAddr makes s that address; a mapped address stays IPv6.
func setAddr(s *Sample, a netip.Addr) {
	s.Addr, s.Type = a, txn.IPv6
	if a.Is4() {
		s.Type = txn.IPv4
	}
}
