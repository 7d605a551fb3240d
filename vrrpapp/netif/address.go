package netif

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// AddressProtocol tags the addresses that Host adds (IFA_PROTO, shown by `ip -d address` since Linux 5.18): who starts
// after a crash knows by it what its predecessor left, also when the configuration has changed. It is VRRP's own number;
// keepalived 2.2.7 does not tag.
const AddressProtocol = 112

// Address is an IP address of an interface, as it shall be or as it was seen. It is comparable.
type Address struct {
	// Prefix is the address with the length of its subnet; 32 or 128 where the user wrote none.
	Prefix netip.Prefix `json:"address,omitzero"`
	// Peer is the other end of a point-to-point address; the length belongs to it then.
	Peer netip.Addr `json:"peer,omitzero"`
	// Broadcast is the subnet's broadcast address (brd). Default none. See Broadcast for "brd +".
	Broadcast netip.Addr `json:"broadcast,omitzero"`
	// Scope is the area the address is valid in. Default global; IPv6 addresses know theirs by themselves.
	Scope Scope `json:"scope,omitzero"`
	// Label is the alias of an IPv4 address, at most 15 bytes, by custom eth0:1. Default the interface's name.
	Label string `json:"label,omitempty"`
	// Flags are options.
	Flags AddressFlags `json:"flags,omitzero"`
	// Preferred is preferred_lft. Default forever, but expired for an IPv6 /128, which so is never chosen as a source.
	Preferred Lifetime `json:"preferred,omitzero"`
	// Protocol is who added it (IFA_PROTO), as seen; what is added gets AddressProtocol.
	Protocol uint8 `json:"protocol,omitempty"`
}

// Addr is the address alone.
func (a Address) Addr() netip.Addr { return a.Prefix.Addr() }

// Ours reports whether it is tagged as one that Host added.
func (a Address) Ours() bool { return a.Protocol == AddressProtocol }

// Usable reports whether IPv6's duplicate detection has not failed and is not under way.
func (a Address) Usable() bool { return a.Flags&(Tentative|DADFailed) == 0 || a.Flags&Optimistic != 0 }

// AddressFlags are the kernel's IFA_F_*.
type AddressFlags uint32

// What may be asked for. Duplicate address detection is off unless DAD is set: an address that fails it in a split brain
// would stay unusable.
const (
	Home              AddressFlags = 1 << 4  // home (IPv6)
	ManageTempAddrs   AddressFlags = 1 << 8  // mngtmpaddr (IPv6)
	NoPrefixRoute     AddressFlags = 1 << 9  // noprefixroute
	MulticastAutoJoin AddressFlags = 1 << 10 // autojoin
	DAD               AddressFlags = 1 << 31 // -nodad; not the kernel's, which knows the opposite
	askable                        = Home | ManageTempAddrs | NoPrefixRoute | MulticastAutoJoin
	noDAD             AddressFlags = 1 << 1
)

// What may be seen beside them.
const (
	Secondary  AddressFlags = 1 << 0 // of IPv4: deleted with the primary one of its subnet
	Optimistic AddressFlags = 1 << 2
	DADFailed  AddressFlags = 1 << 3 // another node has it
	Deprecated AddressFlags = 1 << 5
	Tentative  AddressFlags = 1 << 6 // duplicate detection is under way
	Permanent  AddressFlags = 1 << 7 // set by somebody, not learnt from a router
)

// Scope is the kernel's number of an address's or a route's area.
type Scope uint8

// The scopes by their names of iproute2.
const (
	ScopeGlobal  Scope = 0
	ScopeSite    Scope = 200
	ScopeLink    Scope = 253
	ScopeHost    Scope = 254
	ScopeNowhere Scope = 255
)

// Lifetime is how long an address is preferred.
type Lifetime uint8

// Addresses that expire by themselves make no sense for a virtual one: keepalived's preferred_lft is 0 or forever here.
const (
	DefaultLifetime Lifetime = iota
	Forever
	Expired
)

// Broadcast is what "brd +" (all ones) and "brd -" (all zeros) mean for a prefix of IPv4; it is invalid where there is no
// room for one.
func Broadcast(p netip.Prefix, ones bool) netip.Addr {
	if !p.Addr().Is4() || p.Bits() < 0 || p.Bits() > 30 {
		return netip.Addr{}
	}
	b := p.Masked().Addr().As4()
	if ones {
		n := binary.BigEndian.Uint32(b[:]) | (1<<(32-p.Bits()) - 1)
		binary.BigEndian.PutUint32(b[:], n)
	}
	return netip.AddrFrom4(b)
}

// Check says what the kernel would refuse, in words.
func (a Address) Check() error {
	addr := a.Prefix.Addr()
	fail := func(format string, args ...any) error {
		return fmt.Errorf("address %v: %w", a.Prefix, fmt.Errorf(format, args...))
	}
	switch {
	case !a.Prefix.IsValid() || addr.Is4In6() || addr.Zone() != "":
		return errors.New("not an IP address with a prefix length")
	case addr.IsUnspecified() || addr.IsMulticast():
		return fail("not an address of a host")
	case a.Peer.IsValid() && (a.Peer.Is4() != addr.Is4() || a.Peer.Is4In6()):
		return fail("peer %v is of the other family", a.Peer)
	case a.Broadcast.IsValid() && (!addr.Is4() || !a.Broadcast.Is4()):
		return fail("broadcast addresses are of IPv4")
	case a.Label != "" && !addr.Is4():
		return fail("labels are of IPv4")
	case len(a.Label) > 15:
		return fail("label %q is longer than 15 bytes", a.Label)
	}
	return nil
}

// same reports whether the kernel keeps both under one key.
func (a Address) same(b Address) bool {
	if a.Addr().Is6() {
		return a.Addr() == b.Addr()
	}
	return a.Prefix == b.Prefix && a.Peer == b.Peer
}
