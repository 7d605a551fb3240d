package netif

import (
	"errors"
	"net/netip"
)

// VMAC is a macvlan that carries a virtual router's own MAC address (keepalived.conf(5) use_vmac), so that clients need
// not learn another one when the address moves.
type VMAC struct {
	// Name is the interface's name, at most 15 bytes. keepalived's default is vrrp.VRID.
	Name string
	// Base is the interface below.
	Base Interface
	// MAC is its address; see VirtualMAC.
	MAC MAC
	// IPv6 says which family the virtual router has.
	IPv6 bool
	// Source is, for IPv6, the link-local address that advertisements come from: the base interface's. The macvlan gets it
	// too, because it makes none of its own.
	Source netip.Addr
}

func (v *VMAC) check() error {
	switch {
	case v.Name == "" || len(v.Name) > 15:
		return errors.New("a name has 1 to 15 bytes")
	case v.Base.Index <= 0:
		return errors.New("no interface below")
	case v.MAC == MAC{} || v.MAC[0]&1 != 0:
		return errors.New(v.MAC.String() + " is no MAC address of a host")
	case v.Source.IsValid() && (!v.IPv6 || !v.Source.Is6() || v.Source.Is4In6()):
		return errors.New("source " + v.Source.String() + " is of the wrong family")
	}
	return nil
}
