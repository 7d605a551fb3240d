package netif

import (
	"errors"
	"fmt"
	"net/netip"
)

// Rule is a rule of policy routing with iproute2's words (keepalived.conf(5) virtual_rules).
type Rule struct {
	// IPv6 says the family of a rule without addresses ("inet6").
	IPv6 bool `json:"ipv6,omitempty"`
	// Not turns the conditions around.
	Not bool `json:"not,omitempty"`
	// Type is what happens: lookup in Table (default), or blackhole, unreachable, prohibit of RouteTypes. Goto overrides it.
	Type RouteType `json:"type,omitzero"`
	// From and To are the packet's addresses.
	From netip.Prefix `json:"from,omitzero"`
	To   netip.Prefix `json:"to,omitzero"`
	// IIF and OIF are interfaces' names, which need not exist.
	IIF string `json:"iif,omitempty"`
	OIF string `json:"oif,omitempty"`
	// TOS is the packet's type of service.
	TOS uint8 `json:"tos,omitempty"`
	// Mark and MarkMask are the firewall's mark; a mask of 0 beside a mark means all bits.
	Mark     uint32 `json:"mark,omitempty"`
	MarkMask uint32 `json:"mark_mask,omitempty"`
	// Table is the table's number.
	Table uint32 `json:"table,omitempty"`
	// Priority is the rule's place ("preference"). Rules of equal words and different place are different; the kernel
	// chooses a place if it is 0, and then only a rule of the same words can be removed.
	Priority uint32 `json:"priority,omitempty"`
	// Goto is the place of the rule to go on with.
	Goto uint32 `json:"goto,omitempty"`
	// Realms are "[from/]to" as from<<16 + to.
	Realms uint32 `json:"realms,omitempty"`
	// TunnelID is the id of the tunnel that the packet came by.
	TunnelID uint64 `json:"tunnel_id,omitempty"`
	// SuppressPrefixLength and SuppressIfGroup reject routes that are too wide, or by an interface group; nil is not set.
	SuppressPrefixLength *uint32 `json:"suppress_prefixlength,omitempty"`
	SuppressIfGroup      *uint32 `json:"suppress_ifgroup,omitempty"`
	// L3MDev looks up in the table of the packet's VRF.
	L3MDev bool `json:"l3mdev,omitempty"`
	// UIDs are the users whose packets match; nil is all.
	UIDs *[2]uint32 `json:"uids,omitempty"`
	// IPProto is the protocol's number, SPorts and DPorts are port ranges; 0 is not set.
	IPProto uint8     `json:"ipproto,omitempty"`
	SPorts  [2]uint16 `json:"sports,omitzero"`
	DPorts  [2]uint16 `json:"dports,omitzero"`
	// Protocol is the tag. Default RouteProtocol.
	Protocol uint8 `json:"protocol,omitempty"`
	// NoTrack lets the rule go when somebody removes it. Host takes no notice of it: it is for who watches.
	NoTrack bool `json:"no_track,omitempty"`
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
