package keepalivedconf

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// addressKind says which words an entry may have.
type addressKind int

const (
	virtualAddress addressKind = iota
	staticAddress
)

// addresses reads a block of IP addresses with the words of ip-address(8), and where each stands.
func (p *parser) addresses(l *line, kind addressKind) (list []vrrpapp.VirtualAddress, at []conf.Pos) {
	for _, s := range l.s.Block {
		entry := &line{p: p, s: s}
		if !entry.valid() {
			continue
		}
		if s.HasBlock {
			entry.errorf("an address has no block")
		}
		if a, ok := entry.address(kind); ok {
			list, at = append(list, a), append(at, s.Pos)
		}
	}
	return list, at
}

// address reads one entry. The address need not be the first word.
func (l *line) address(kind addressKind) (a vrrpapp.VirtualAddress, ok bool) {
	failed := len(l.p.diags.Errors())
	for w, more := l.optional(); more; w, more = l.optional() {
		l.addressWord(&a, w, kind)
	}
	if a.Address == "" && len(l.p.diags.Errors()) == failed {
		l.errorf("no IP address in '%s'", l.s.Text)
	}
	if len(l.p.diags.Errors()) > failed {
		return a, false
	}
	return a, l.checkAddress(&a)
}

func (l *line) addressWord(a *vrrpapp.VirtualAddress, w string, kind addressKind) {
	flags := map[string]*bool{
		"home": &a.Home, "-nodad": &a.NoDAD, "mngtmpaddr": &a.ManageTempAddrs, "noprefixroute": &a.NoPrefixRoute,
		"autojoin": &a.AutoJoin,
	}
	if kind == virtualAddress {
		flags["use_vmac"], flags["no_track"] = &a.UseVMAC, &a.NoTrack
	}
	values := map[string]*string{
		"dev": &a.Dev, "scope": &a.Scope, "label": &a.Label, "peer": &a.Peer, "preferred_lft": &a.PreferredLifetime,
		"brd": &a.Broadcast, "broadcast": &a.Broadcast,
	}
	switch flag, value := flags[w], values[w]; {
	case flag != nil:
		*flag = true
	case value != nil:
		v, ok := l.optional()
		if !ok {
			l.errorf("'%s' needs a word after it", w)
			return
		}
		*value = v
	case w == "track_group" && kind == staticAddress:
		l.optional()
	case a.Address == "":
		a.Address = w
	default:
		l.errorf("unknown word '%s' of the address %s", w, a.Address)
	}
}

// scopes are the numbers that keepalived takes for their names (/etc/iproute2/rt_scopes).
var scopes = map[string]string{"0": "global", "200": "site", "253": "link", "254": "host", "255": "nowhere"}

// checkAddress looks at the values.
func (l *line) checkAddress(a *vrrpapp.VirtualAddress) bool {
	prefix, ok := parsePrefix(a.Address)
	failed := len(l.p.diags.Errors())
	switch {
	case !ok:
		l.errorf("'%s' is no IP address; keepalived skips the line", a.Address)
		return false
	case prefix.Addr().IsUnspecified() || prefix.Addr().IsMulticast():
		l.errorf("'%s' cannot be the address of a host", a.Address)
		return false
	case a.Dev != "" && !l.ifname(a.Dev):
		return false
	}
	if name, ok := scopes[a.Scope]; ok {
		a.Scope = name
	} else if a.Scope != "" && !slices.Contains([]string{"site", "link", "host", "nowhere", "global"}, a.Scope) {
		l.errorf("scope '%s' of %s is none of site, link, host, nowhere, global", a.Scope, a.Address)
	}
	if b := a.Broadcast; b != "" {
		addr, err := netip.ParseAddr(b)
		switch {
		case prefix.Addr().Is6():
			l.errorf("brd of %s: IPv6 has no broadcast", a.Address)
		case (b == "+" || b == "-") && prefix.Bits() > 30:
			l.errorf("brd of %s: the prefix leaves no broadcast address", a.Address)
		case b != "+" && b != "-" && (err != nil || !addr.Is4()):
			l.errorf("brd '%s' of %s is neither an IPv4 address nor + nor -", b, a.Address)
		}
	}
	if a.Peer != "" {
		if q, err := netip.ParseAddr(a.Peer); err != nil || q.Is4() != prefix.Addr().Is4() {
			l.errorf("peer '%s' of %s is no address of the same family without a prefix", a.Peer, a.Address)
		} else if strings.Contains(a.Address, "/") {
			l.errorf("%s with a prefix and a peer; keepalived refuses it too", a.Address)
		}
	}
	if v := a.PreferredLifetime; v != "" && v != "0" && v != "forever" {
		l.errorf("preferred_lft '%s' of %s is neither 0 nor forever", v, a.Address)
	}
	if len(a.Label) > 15 {
		l.errorf("label '%s' of %s is longer than 15 bytes", a.Label, a.Address)
	}
	return len(l.p.diags.Errors()) == failed
}

// parsePrefix reads an address with or without a prefix.
func parsePrefix(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" || a.Is4In6() {
			return netip.Prefix{}, false
		}
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p, err == nil && !p.Addr().Is4In6()
}
