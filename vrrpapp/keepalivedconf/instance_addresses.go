package keepalivedconf

import (
	"net/netip"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// What keepalived 2.2.7 puts into a message at most: what a byte can count of IPv4, and what an Ethernet frame takes of IPv6.
const (
	mostAddresses4 = 255
	mostAddresses6 = 89
)

// excess moves what does not fit into a message to virtual_ipaddress_excluded.
func (p *parser) excess(i *instance, v6 bool) {
	most := mostAddresses4
	if v6 {
		most = mostAddresses6
	}
	if n := len(i.Addresses); n > most {
		p.diags.Warnf(i.addressAt[most], "vrrp_instance %s: of the %d addresses in virtual_ipaddress a message takes %d; the others become "+
			"virtual_ipaddress_excluded, as in keepalived", i.Name, n, most)
		i.Excluded = append(i.Addresses[most:len(i.Addresses):len(i.Addresses)], i.Excluded...)
		i.excludedAt = append(i.addressAt[most:len(i.addressAt):len(i.addressAt)], i.excludedAt...)
		i.Addresses, i.addressAt = i.Addresses[:most], i.addressAt[:most]
	}
}

// repeated looks for addresses that stand twice. What virtual_ipaddress repeats is advertised twice, as in keepalived: one before
// 2.3.3 refuses messages with another count. Everywhere else once is enough.
func (p *parser) repeated(i *instance) {
	first := map[netip.Prefix]conf.Pos{}
	for n, a := range i.Addresses {
		prefix, ok := parsePrefix(a.Address)
		was, twice := first[prefix]
		switch {
		case !ok:
		case twice:
			p.diags.Warnf(i.addressAt[n], "vrrp_instance %s: %s stands in line %d already, which counts; it is advertised twice, as in keepalived",
				i.Name, a.Address, was.Line)
		default:
			first[prefix] = i.addressAt[n]
		}
	}
	excluded, at := i.Excluded, i.excludedAt
	i.Excluded, i.excludedAt = nil, nil
	for n, a := range excluded {
		prefix, ok := parsePrefix(a.Address)
		if was, twice := first[prefix]; ok && twice {
			p.diags.Warnf(at[n], "vrrp_instance %s: %s stands in line %d already, which counts", i.Name, a.Address, was.Line)
			continue
		}
		first[prefix] = at[n]
		i.Excluded, i.excludedAt = append(i.Excluded, a), append(i.excludedAt, at[n])
	}
}
