package vrrpapp

import (
	"net/netip"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

var scopes = map[string]netif.Scope{
	"": netif.ScopeGlobal, "global": netif.ScopeGlobal, "site": netif.ScopeSite, "link": netif.ScopeLink, "host": netif.ScopeHost,
	"nowhere": netif.ScopeNowhere,
}

var lifetimes = map[string]netif.Lifetime{"": netif.DefaultLifetime, "forever": netif.Forever, "0": netif.Expired}

func (c *compiler) addresses(where string, list []VirtualAddress) (out []speaker.Address) {
	for i := range list {
		if a, ok := c.address(where, i, &list[i]); ok {
			out = append(out, a)
		}
	}
	return out
}

// address compiles one virtual address.
func (c *compiler) address(where string, n int, v *VirtualAddress) (a speaker.Address, ok bool) {
	before := len(c.errs)
	prefix, err := ParsePrefix(v.Address)
	if err != nil {
		c.failf("%s %d: %v", where, n+1, err)
		return a, false
	}
	a.Prefix, a.Label, a.Dev, a.VMAC, a.NoTrack = prefix, v.Label, v.Dev, v.UseVMAC, v.NoTrack
	if a.Scope, ok = scopes[v.Scope]; !ok {
		c.failf("%s %s: scope %s: site, link, host, nowhere or global", where, v.Address, v.Scope)
	}
	if a.Preferred, ok = lifetimes[v.PreferredLifetime]; !ok {
		c.failf("%s %s: preferred_lft %s: 0 or forever", where, v.Address, v.PreferredLifetime)
	}
	c.broadcast(where, v, &a)
	if v.Peer != "" {
		peer, err := ParsePrefix(v.Peer)
		if err != nil {
			c.failf("%s %s: peer %v", where, v.Address, err)
		}
		a.Peer = peer.Addr()
		if strings.Contains(v.Peer, "/") {
			a.Prefix = netip.PrefixFrom(a.Prefix.Addr(), peer.Bits())
		}
	}
	for flag, on := range map[netif.AddressFlags]bool{
		netif.Home: v.Home, netif.DAD: v.NoDAD, netif.ManageTempAddrs: v.ManageTempAddrs, netif.NoPrefixRoute: v.NoPrefixRoute,
		netif.MulticastAutoJoin: v.AutoJoin,
	} {
		if on {
			a.Flags |= flag
		}
	}
	if err := a.Check(); err != nil && len(c.errs) == before {
		c.failf("%s: %v", where, err)
	}
	return a, len(c.errs) == before
}

func (c *compiler) broadcast(where string, v *VirtualAddress, a *speaker.Address) {
	switch v.Broadcast {
	case "":
	case "+", "-":
		a.Broadcast = netif.Broadcast(a.Prefix, v.Broadcast == "+")
	default:
		b, err := netip.ParseAddr(v.Broadcast)
		if err != nil {
			c.failf("%s %s: brd %q is not an address", where, v.Address, v.Broadcast)
		}
		a.Broadcast = b
	}
}

// ParsePrefix reads an address as keepalived does: without a mask it is one host.
func ParsePrefix(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		return netip.ParsePrefix(s)
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// routes compiles lines of ip-route(8) words.
func (c *compiler) routes(where string, lines []string) []netif.Route {
	return parsed(c, where, lines, netif.ParseRoute)
}

// rules compiles lines of ip-rule(8) words.
func (c *compiler) rules(where string, lines []string) []netif.Rule {
	return parsed(c, where, lines, netif.ParseRule)
}

// parsed reads lines and checks what they say; P is *T.
func parsed[T any, P interface {
	*T
	Check() error
}](c *compiler, where string, lines []string, parse func([]string) (T, error)) (out []T) {
	for _, line := range lines {
		x, err := parse(strings.Fields(line))
		if err == nil {
			err = P(&x).Check()
		}
		if err != nil {
			c.failf("%s %q: %v", where, line, err)
			continue
		}
		out = append(out, x)
	}
	return out
}
