package netif

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// firewallTable is the nftables table that is ours alone, one in a namespace.
const firewallTable = "caddy_vrrp"

// SetFirewall puts a firewall in place of the one before, at one stroke; an empty one leaves nothing behind. It must be called on a
// thread of the namespace.
func SetFirewall(f Firewall) error {
	c, err := nftables.New()
	if err != nil {
		return fmt.Errorf("netif: nftables: %w", explain(err))
	}
	table := &nftables.Table{Family: nftables.TableFamilyINet, Name: firewallTable}
	if f.Empty() {
		c.DelTable(table)
		if err := c.Flush(); err != nil && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EOPNOTSUPP) {
			return fmt.Errorf("netif: nftables: %w", explain(err))
		}
		return nil
	}
	// Added first, so that there is one to delete.
	c.AddTable(table)
	c.DelTable(table)
	c.AddTable(table)
	accept := nftables.ChainPolicyAccept
	chain := func(name string, hook *nftables.ChainHook) *nftables.Chain {
		return c.AddChain(&nftables.Chain{Name: name, Table: table, Type: nftables.ChainTypeFilter, Hooknum: hook, Priority: nftables.ChainPriorityFilter, Policy: &accept})
	}
	rule := func(to *nftables.Chain, verdict expr.VerdictKind, match ...expr.Any) {
		c.AddRule(&nftables.Rule{Table: table, Chain: to, Exprs: append(match, &expr.Verdict{Kind: verdict})})
	}
	in := chain("input", nftables.ChainHookInput)
	if len(f.Deaf) > 0 {
		for kind := byte(133); kind <= 137; kind++ { // router and neighbour discovery (RFC 4861)
			rule(in, expr.VerdictAccept, icmp6(kind)...)
		}
	}
	for _, a := range f.Deaf {
		rule(in, expr.VerdictDrop, toward(a)...)
	}
	out := chain("output", nftables.ChainHookOutput)
	for _, name := range f.Mute {
		rule(out, expr.VerdictDrop, append(leaving(name), carrying(unix.IPPROTO_IGMP)...)...)
		for _, kind := range []byte{131, 132, 143} { // MLD (RFC 2710, RFC 3810)
			rule(out, expr.VerdictDrop, append(leaving(name), icmp6(kind)...)...)
		}
	}
	if err := c.Flush(); err != nil {
		return fmt.Errorf("netif: nftables: %w", explain(err))
	}
	return nil
}

func equal(data []byte) *expr.Cmp { return &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: data} }

// carrying matches a protocol of layer 4.
func carrying(number byte) []expr.Any {
	return []expr.Any{&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1}, equal([]byte{number})}
}

// icmp6 matches a type of ICMPv6.
func icmp6(kind byte) []expr.Any {
	return append(carrying(unix.IPPROTO_ICMPV6), &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 0, Len: 1}, equal([]byte{kind}))
}

// leaving matches packets that leave by an interface, which need not exist.
func leaving(name string) []expr.Any {
	data := make([]byte, unix.IFNAMSIZ)
	copy(data, name)
	return []expr.Any{&expr.Meta{Key: expr.MetaKeyOIFNAME, Register: 1}, equal(data)}
}

// toward matches packets to an address.
func toward(a netip.Addr) []expr.Any {
	family, offset, size := byte(unix.NFPROTO_IPV4), uint32(16), uint32(4)
	if a.Is6() {
		family, offset, size = unix.NFPROTO_IPV6, 24, 16
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1}, equal([]byte{family}),
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: size}, equal(a.AsSlice()),
	}
}
