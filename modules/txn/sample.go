package txn

import "net/netip"

// Type is the type of a Sample (configuration.txt 7.2).
type Type uint8

// The types a sample can have at run time.
const (
	None Type = iota // no value
	Bool             // Int is 0 or 1
	Int              // Int, 64 bit signed
	IPv4             // Addr
	IPv6             // Addr
	Str              // Bytes, text
	Bin              // Bytes, binary
	Meth             // Bytes, an HTTP method
)

// Sample is one typed value: what a fetch extracts, a converter turns into another, and a variable keeps.
// Bytes may point into the heads or into the transaction's scratch memory: it is valid until the transaction ends.
type Sample struct {
	Type  Type
	More  bool // the fetch has further occurrences: ask again with the same Iter
	Int   int64
	Addr  netip.Addr
	Bytes []byte
}

// SetBool makes s a boolean.
func (s *Sample) SetBool(v bool) {
	s.Type, s.Int = Bool, 0
	if v {
		s.Int = 1
	}
}

// SetInt makes s an integer.
func (s *Sample) SetInt(v int64) { s.Type, s.Int = Int, v }

// SetStr makes s a string that shares b.
func (s *Sample) SetStr(b []byte) { s.Type, s.Bytes = Str, b }

// SetBin makes s binary data that shares b.
func (s *Sample) SetBin(b []byte) { s.Type, s.Bytes = Bin, b }

// SetAddr makes s an IPv4 or IPv6 address. An IPv4-mapped address counts as IPv4.
func (s *Sample) SetAddr(a netip.Addr) {
	a = a.Unmap()
	s.Addr = a
	if a.Is4() {
		s.Type = IPv4
	} else {
		s.Type = IPv6
	}
}

// Iter walks the occurrences of a fetch that can have several (each Host value of `hdr(host)`, ...).
// The zero value asks for the first; its fields belong to the fetch.
type Iter struct {
	Index, Off int
}
