package haproxy

import (
	"net/netip"
	"syscall"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// Freebind lets listeners bind to these addresses also while this host does not have them: those that a virtual router
// of the same configuration takes and gives back. Other addresses, and the unspecified ones, are as before. It must be
// called between Provision and Start. Clients reach such a listener from the moment the address is there, and it stays
// when the address goes.
func (a *App) Freebind(addrs []netip.Addr) {
	if a.build == nil {
		return
	}
	for _, addr := range addrs {
		a.build.free[plainAddr(addr)] = true
	}
}

// freeAddrs are addresses that may be bound before they exist.
type freeAddrs map[netip.Addr]bool

// plainAddr is an address as the configuration writes it.
func plainAddr(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// control is asked before a socket is bound to addr, which has no host name any more.
func (f freeAddrs) control(network, addr string, rc syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil || !f[plainAddr(ap.Addr())] {
		return nil // unix sockets have no such address
	}
	return netif.Freebind(network, addr, rc)
}
