package netif

import "net/netip"

// Firewall is what a virtual router wants to be dropped.
type Firewall struct {
	// Deaf are addresses that accept no packets (no_accept, RFC 5798 6.4.3: "MUST NOT accept packets"). Neighbour discovery
	// still works; ARP is none of IP's business.
	Deaf []netip.Addr
	// Mute are macvlans that send no reports of group membership (IGMP, MLD): a switch would learn from a backup's that the
	// virtual MAC address is at its port.
	Mute []string
}

// Empty says that there is nothing to drop.
func (f *Firewall) Empty() bool { return len(f.Deaf) == 0 && len(f.Mute) == 0 }
