package sample

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// Sample is one typed value.
type Sample = txn.Sample

// Iter walks the occurrences of a fetch. A nil Iter asks for the one value that HAProxy takes outside of ACLs: the last
// occurrence of a header, the first of most others.
type Iter = txn.Iter

// Type is the type of a Sample.
type Type = txn.Type

// Types that only declarations use: a value never has them.
const (
	Any  Type = 0x40 + iota // every type; as an output: known at run time only
	Addr                    // IPv4 or IPv6
	Same                    // a converter's output has the type of its input
)

// TypeName is HAProxy's name of a type, as `haproxy -dKsmp` prints it.
func TypeName(t Type) string {
	switch t {
	case txn.Bool:
		return "bool"
	case txn.Int:
		return "sint"
	case txn.IPv4:
		return "ipv4"
	case txn.IPv6:
		return "ipv6"
	case txn.Str:
		return "str"
	case txn.Bin:
		return "bin"
	case txn.Meth:
		return "meth"
	case Any, Same:
		return "any"
	case Addr:
		return "addr"
	}
	return "none"
}
