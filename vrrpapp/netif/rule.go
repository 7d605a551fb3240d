package netif

import (
	"errors"
	"fmt"
	"net/netip"
)

// Rule is a rule of policy routing with iproute2's words (keepalived.conf(5) virtual_rules).
type Rule struct {
	// IPv6 says the family of a rule without addresses ("inet6").
	IPv6 bool
	// Not turns the conditions around.
	Not bool
	// Type is what happens: lookup in Table (default), or blackhole, unreachable, prohibit of RouteTypes. Goto overrides it.
	Type RouteType
	// From and To are the packet's addresses.
	From, To netip.Prefix
	// IIF and OIF are interfaces' names, which need not exist.
	IIF, OIF string
	// TOS is the packet's type of service.
	TOS uint8
	// Mark and MarkMask are the firewall's mark; a mask of 0 beside a mark means all bits.
	Mark, MarkMask uint32
	// Table is the table's number.
	Table uint32
	// Priority is the rule's place ("preference"). Rules of equal words and different place are different; the kernel
	// chooses a place if it is 0, and then only a rule of the same words can be removed.
	Priority uint32
	// Goto is the place of the rule to go on with.
	Goto uint32
	// Realms are "[from/]to" as from<<16 + to.
	Realms uint32
	// TunnelID is the id of the tunnel that the packet came by.
	TunnelID uint64
	// SuppressPrefixLength and SuppressIfGroup reject routes that are too wide, or by an interface group; nil is not set.
	SuppressPrefixLength, SuppressIfGroup *uint32
	// L3MDev looks up in the table of the packet's VRF.
	L3MDev bool
	// UIDs are the users whose packets match; nil is all.
	UIDs *[2]uint32
	// IPProto is the protocol's number, SPorts and DPorts are port ranges; 0 is not set.
	IPProto        uint8
	SPorts, DPorts [2]uint16
	// Protocol is the tag. Default RouteProtocol.
	Protocol uint8
	// NoTrack lets the rule go when somebody removes it. Host takes no notice of it: it is for who watches.
	NoTrack bool
}

// v6 finds out the family.
func (r *Rule) v6() bool {
	switch {
	case r.From.IsValid():
		return r.From.Addr().Is6()
	case r.To.IsValid():
		return r.To.Addr().Is6()
	}
	return r.IPv6
}

// Check says what the kernel would refuse, in words.
func (r *Rule) Check() error {
	v6 := r.v6()
	for _, p := range []netip.Prefix{r.From, r.To} {
		if p.IsValid() && (p.Addr().Is6() != v6 || p.Addr().Is4In6()) {
			return fmt.Errorf("rule: %v is of the other family", p)
		}
	}
	switch {
	case r.IPv6 && !v6:
		return errors.New("rule: inet6 with IPv4 addresses")
	case r.Table == 0 && r.Goto == 0 && r.Type <= routeUnicast && !r.L3MDev:
		return errors.New("rule: no table")
	case r.L3MDev && r.Table != 0:
		return errors.New("rule: table beside l3mdev")
	case r.SPorts[1] < r.SPorts[0] || r.DPorts[1] < r.DPorts[0]:
		return errors.New("rule: port range ends before it begins")
	case len(r.IIF) > 15 || len(r.OIF) > 15:
		return errors.New("rule: name of an interface is longer than 15 bytes")
	}
	return nil
}
