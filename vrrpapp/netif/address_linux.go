package netif

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Numbers that package unix does not name.
const (
	ifaProto = 11 // IFA_PROTO, Linux 5.18; older kernels skip it
	forever  = 1<<32 - 1
)

// AddAddress puts an address on an interface, or brings one that is there already to the wanted form. There reports
// that it was; a neighbour announcement is due all the same.
func (h *Host) AddAddress(on int, a Address) (there bool, err error) {
	if err := a.Check(); err != nil {
		return false, fmt.Errorf("netif: %w", err)
	}
	err = h.do(h.addRequest(on, a, unix.NLM_F_CREATE|unix.NLM_F_EXCL))
	if there = errors.Is(err, unix.EEXIST); there {
		err = h.renew(on, a)
	}
	if err != nil {
		return there, fmt.Errorf("netif: add address %v: %w", a.Prefix, explain(err))
	}
	return there, nil
}

// renew changes an address that exists. The kernel changes its lifetime and tag; the rest, and an IPv6 address that lost
// its duplicate detection, take a new address.
func (h *Host) renew(on int, a Address) error {
	list, err := h.addresses(on, family(a.Addr()))
	if err != nil {
		return err
	}
	for _, old := range list {
		if old.same(a) && h.unlike(old, a) {
			if err := h.do(h.addressRequest(unix.RTM_DELADDR, 0, on, old)); err != nil && !errors.Is(err, unix.EADDRNOTAVAIL) {
				return err
			}
		}
	}
	return h.do(h.addRequest(on, a, unix.NLM_F_CREATE|unix.NLM_F_REPLACE))
}

func (h *Host) unlike(old, a Address) bool {
	return old.Prefix != a.Prefix || old.Flags&(DADFailed|Tentative) != 0 || old.Broadcast != a.Broadcast || old.Peer != a.Peer ||
		a.Label != "" && old.Label != a.Label || a.Addr().Is4() && old.Scope != a.Scope
}

// RemoveAddress takes an address off an interface. Was reports that it was there: neither that nor a vanished interface
// is an error.
func (h *Host) RemoveAddress(on int, a Address) (was bool, err error) {
	if err := a.Check(); err != nil {
		return false, fmt.Errorf("netif: %w", err)
	}
	a.Label, a.Broadcast = "", netip.Addr{}
	err = h.do(h.addressRequest(unix.RTM_DELADDR, 0, on, a))
	switch {
	case errors.Is(err, unix.EADDRNOTAVAIL), errors.Is(err, unix.ENODEV):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("netif: remove address %v: %w", a.Prefix, explain(err))
	}
	return true, nil
}

// Addresses lists the addresses of an interface, or of all interfaces for index 0. While others change addresses without
// end the list comes with an error and may lack some.
func (h *Host) Addresses(on int) ([]Address, error) {
	list, err := h.addresses(on, unix.AF_UNSPEC)
	if err != nil {
		err = fmt.Errorf("netif: list addresses: %w", err)
	}
	return list, err
}

func (h *Host) addresses(on int, family uint8) (list []Address, err error) {
	fill := func() *nl.NetlinkRequest {
		list = list[:0]
		r := h.request(unix.RTM_GETADDR, unix.NLM_F_DUMP)
		r.AddData(&nl.IfAddrmsg{IfAddrmsg: unix.IfAddrmsg{Family: family, Index: uint32(on)}})
		return r
	}
	err = h.dump(fill, unix.RTM_NEWADDR, func(m []byte) bool {
		if index, a, ok := parseAddress(m); ok && (on == 0 || index == on) {
			list = append(list, a)
		}
		return true
	})
	if errors.Is(err, unix.ENODEV) {
		return nil, nil
	}
	return list, err
}

func family(a netip.Addr) uint8 {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// addRequest adds to the message what only an addition says.
func (h *Host) addRequest(on int, a Address, flags int) *nl.NetlinkRequest {
	r := h.addressRequest(unix.RTM_NEWADDR, flags, on, a)
	f := uint32(a.Flags & askable)
	if a.Addr().Is6() && a.Flags&DAD == 0 {
		f |= uint32(noDAD)
	}
	r.AddData(nl.NewRtAttr(unix.IFA_FLAGS, u32(f)))
	r.AddData(nl.NewRtAttr(ifaProto, []byte{AddressProtocol}))
	if a.Preferred == Expired || a.Preferred == DefaultLifetime && a.Addr().Is6() && a.Prefix.Bits() == 128 {
		life := make([]byte, unix.SizeofIfaCacheinfo)
		binary.NativeEndian.PutUint32(life, 0)
		binary.NativeEndian.PutUint32(life[4:], forever)
		r.AddData(nl.NewRtAttr(unix.IFA_CACHEINFO, life))
	}
	return r
}

func (h *Host) addressRequest(message, flags, on int, a Address) *nl.NetlinkRequest {
	r := h.request(message, flags|unix.NLM_F_ACK)
	addr := a.Addr()
	r.AddData(&nl.IfAddrmsg{IfAddrmsg: unix.IfAddrmsg{
		Family: family(addr), Prefixlen: uint8(a.Prefix.Bits()), Scope: uint8(a.Scope), Index: uint32(on),
	}})
	r.AddData(nl.NewRtAttr(unix.IFA_LOCAL, addr.AsSlice()))
	if a.Peer.IsValid() {
		addr = a.Peer
	}
	r.AddData(nl.NewRtAttr(unix.IFA_ADDRESS, addr.AsSlice()))
	if a.Broadcast.IsValid() {
		r.AddData(nl.NewRtAttr(unix.IFA_BROADCAST, a.Broadcast.AsSlice()))
	}
	if a.Label != "" {
		r.AddData(nl.NewRtAttr(unix.IFA_LABEL, nl.ZeroTerminated(a.Label)))
	}
	return r
}

// parseAddress reads the body of an RTM_NEWADDR or RTM_DELADDR. It allocates only for a label.
func parseAddress(m []byte) (index int, a Address, ok bool) {
	if len(m) < unix.SizeofIfAddrmsg {
		return 0, a, false
	}
	bits, flags := int(m[1]), uint32(m[2])
	a.Scope, index = Scope(m[3]), int(binary.NativeEndian.Uint32(m[4:]))
	var local, address netip.Addr
	for attr, value := range attributes(m[unix.SizeofIfAddrmsg:]) {
		switch attr {
		case unix.IFA_LOCAL:
			local, _ = netip.AddrFromSlice(value)
		case unix.IFA_ADDRESS:
			address, _ = netip.AddrFromSlice(value)
		case unix.IFA_BROADCAST:
			a.Broadcast, _ = netip.AddrFromSlice(value)
		case unix.IFA_LABEL:
			a.Label = unix.ByteSliceToString(value)
		case unix.IFA_FLAGS:
			if len(value) >= 4 {
				flags = binary.NativeEndian.Uint32(value)
			}
		case ifaProto:
			if len(value) >= 1 {
				a.Protocol = value[0]
			}
		}
	}
	a.Flags = AddressFlags(flags) &^ DAD
	if a.Preferred = Forever; a.Flags&Deprecated != 0 {
		a.Preferred = Expired // IPv4's lifetime is shown as forever all the same
	}
	if !local.IsValid() {
		local, address = address, netip.Addr{} // IPv6 without a peer
	}
	if address != local {
		a.Peer = address
	}
	if a.Prefix = netip.PrefixFrom(local, bits); !a.Prefix.IsValid() {
		return 0, a, false
	}
	return index, a, true
}

// attributes iterates over the attributes of a message, type and value.
func attributes(b []byte) func(yield func(uint16, []byte) bool) {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= unix.SizeofRtAttr {
			size := int(binary.NativeEndian.Uint16(b))
			if size < unix.SizeofRtAttr || size > len(b) {
				return
			}
			if !yield(binary.NativeEndian.Uint16(b[2:])&^(unix.NLA_F_NESTED|unix.NLA_F_NET_BYTEORDER), b[unix.SizeofRtAttr:size]) {
				return
			}
			b = b[min(len(b), (size+3)&^3):]
		}
	}
}
