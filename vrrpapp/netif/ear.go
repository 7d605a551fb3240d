package netif

import (
	"errors"
	"net/netip"
)

// EarConfig says what an Ear hears: every VRRP message that an interface receives for a group or for any own address, but
// for those that somebody else hears.
type EarConfig struct {
	// Interface must be there.
	Interface Interface
	// IPv6 chooses the family.
	IPv6 bool
	// Groups are joined beside the RFC's. The kernel allows 20 for a socket (igmp_max_memberships): the first 15 count.
	Groups []netip.Addr
	// Heard are the messages that an open Socket receives. The kernel drops them here, or else each would be had twice.
	Heard []Heard
	// Buffer is the size of the receive buffer in bytes as the kernel accounts them. Default 32 KiB, some dozens of packets:
	// what comes when it is full is only counted, so a flood costs next to nothing.
	Buffer int
}

// Heard are the messages of some virtual routers to one destination: a group, or an own address.
type Heard struct {
	To    netip.Addr
	VRIDs VRIDs
}

const (
	earBuffer  = 32 << 10
	mostGroups = 16
)

func (c *EarConfig) check() error {
	if c.Interface.Index == 0 {
		return errors.New("netif: an ear needs an interface")
	}
	for _, g := range c.Groups {
		if !g.IsMulticast() || g.Is6() != c.IPv6 || g.Is4In6() {
			return errors.New("netif: group " + g.String() + " is not a multicast address of the family")
		}
	}
	return nil
}
