package netif

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// setting is a value under /proc/sys/net/FAMILY/conf.
type setting struct{ family, key, value string }

// As keepalived 2.2.7 leaves its macvlans, seen with sysctl. Without arp_ignore both interfaces answer for each other's
// addresses; without accept_local and rp_filter the macvlan drops what comes from the own host's other address.
var (
	vmacSettings4 = []setting{
		{"ipv4", "accept_local", "1"}, {"ipv4", "arp_ignore", "1"}, {"ipv4", "promote_secondaries", "1"}, {"ipv4", "rp_filter", "0"},
	}
	// arp_announce keepalived leaves at 0. Then the host asks for a client's MAC with the virtual address as sender and the
	// MAC of the interface below, and the client believes that one.
	baseSettings4 = []setting{{"ipv4", "arp_filter", "1"}, {"ipv4", "arp_ignore", "1"}, {"ipv4", "arp_announce", "2"}}
)

// loans remembers what the interfaces below macvlans had before.
type loans struct {
	mu   sync.Mutex
	base map[int]*loan // by index
}

type loan struct {
	users map[string]bool // by the macvlan's name
	was   []setting
}

// AddVMAC makes a macvlan and takes it up, or takes one over that is there already in that form; another macvlan of that
// name is replaced. It must be called on a thread of the host's namespace, as RemoveVMAC must: settings are changed, also
// of the interface below (arp_announce, arp_filter, arp_ignore) and, if net.ipv4.conf.all.rp_filter is set, of all interfaces, which
// get that value each for itself.
func (h *Host) AddVMAC(v VMAC) (Interface, error) {
	if err := v.check(); err != nil {
		return Interface{}, fmt.Errorf("netif: macvlan %s: %w", v.Name, err)
	}
	i, err := h.addVMAC(v)
	if err != nil {
		return Interface{}, fmt.Errorf("netif: macvlan %s on %s: %w", v.Name, v.Base.Name, explain(err))
	}
	return i, nil
}

func (h *Host) addVMAC(v VMAC) (Interface, error) {
	if err := h.makeVMAC(v); err != nil {
		return Interface{}, err
	}
	if err := h.settle(v); err != nil {
		return Interface{}, err
	}
	link, err := h.links.LinkByName(v.Name)
	if err != nil {
		return Interface{}, err
	}
	if err := h.links.LinkSetUp(link); err != nil {
		return Interface{}, err
	}
	i := Interface{
		Name: v.Name, Index: link.Attrs().Index, Parent: v.Base.Index, Kind: "macvlan", MTU: link.Attrs().MTU, MAC: v.MAC,
		Up: true, Carrier: v.Base.Carrier, Ethernet: true, Multicast: true,
	}
	if v.Source.IsValid() {
		// /64, as keepalived 2.2.7: it brings the route to the neighbours, without which the virtual address answers nobody.
		_, err = h.AddAddress(i.Index, Address{Prefix: netip.PrefixFrom(v.Source, 64)})
	}
	return i, err
}

// makeVMAC leaves a macvlan of that name, base and MAC, down or up.
func (h *Host) makeVMAC(v VMAC) error {
	old, err := h.links.LinkByName(v.Name)
	var none netlink.LinkNotFoundError
	switch {
	case errors.As(err, &none):
	case err != nil:
		return err
	default:
		m, ok := old.(*netlink.Macvlan)
		if !ok {
			return fmt.Errorf("an interface of kind %s has that name", old.Type())
		}
		if m.ParentIndex == v.Base.Index && m.Mode == netlink.MACVLAN_MODE_PRIVATE && m.HardwareAddr.String() == v.MAC.String() {
			return nil
		}
		if err := h.links.LinkDel(old); err != nil {
			return err
		}
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.ParentIndex, attrs.HardwareAddr = v.Name, v.Base.Index, net.HardwareAddr(v.MAC[:])
	return h.links.LinkAdd(&netlink.Macvlan{LinkAttrs: attrs, Mode: netlink.MACVLAN_MODE_PRIVATE})
}

// settle sets the settings before the interface is up, so that IPv6 makes no address of the virtual MAC.
func (h *Host) settle(v VMAC) error {
	if err := writeSetting("ipv6", v.Name, "addr_gen_mode", "1"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if v.IPv6 {
		return nil
	}
	if err := splitReversePath(); err != nil {
		return err
	}
	for _, s := range vmacSettings4 {
		if err := writeSetting(s.family, v.Name, s.key, s.value); err != nil {
			return err
		}
	}
	if err := writeSetting("ipv6", v.Name, "disable_ipv6", "1"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return h.loans.take(v.Base, v.Name)
}

// take changes the settings of an interface below when its first macvlan comes.
func (l *loans) take(base Interface, user string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.base[base.Index]
	if b == nil {
		b = &loan{users: map[string]bool{}}
		for _, s := range baseSettings4 {
			was, err := readSetting(s.family, base.Name, s.key)
			if err != nil {
				return err
			}
			if err := writeSetting(s.family, base.Name, s.key, s.value); err != nil {
				return err
			}
			b.was = append(b.was, setting{s.family, s.key, was})
		}
		if l.base == nil {
			l.base = map[int]*loan{}
		}
		l.base[base.Index] = b
	}
	b.users[user] = true
	return nil
}

// give puts them back when the last macvlan goes.
func (l *loans) give(base Interface, user string) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.base[base.Index]
	if b == nil {
		return nil
	}
	if delete(b.users, user); len(b.users) > 0 {
		return nil
	}
	delete(l.base, base.Index)
	for _, s := range b.was {
		if e := writeSetting(s.family, base.Name, s.key, s.value); !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// splitReversePath turns net.ipv4.conf.all.rp_filter, which raises every interface's, into the interfaces' own values
// (keepalived.conf(5) use_vmac): nothing changes but that the macvlan can have none.
func splitReversePath() error {
	all, err := readSetting("ipv4", "all", "rp_filter")
	if err != nil || all == "0" {
		return err
	}
	least, err := strconv.Atoi(all)
	if err != nil {
		return err
	}
	names, err := os.ReadDir("/proc/sys/net/ipv4/conf")
	if err != nil {
		return err
	}
	for _, n := range names {
		own, err := readSetting("ipv4", n.Name(), "rp_filter")
		if value, e := strconv.Atoi(own); err == nil && e == nil && value < least {
			err = writeSetting("ipv4", n.Name(), "rp_filter", all)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return writeSetting("ipv4", "all", "rp_filter", "0")
}

// RemoveVMAC deletes a macvlan that AddVMAC made or took over, with its addresses. It is no error that it is gone.
func (h *Host) RemoveVMAC(v VMAC) error {
	var restore error
	if !v.IPv6 {
		restore = h.loans.give(v.Base, v.Name)
	}
	link, err := h.links.LinkByName(v.Name)
	var none netlink.LinkNotFoundError
	switch {
	case errors.As(err, &none):
		return restore
	case err == nil && link.Type() != "macvlan":
		err = fmt.Errorf("an interface of kind %s has that name", link.Type())
	case err == nil:
		if err = h.links.LinkDel(link); errors.Is(err, unix.ENODEV) {
			err = nil
		}
	}
	if err = errors.Join(err, restore); err != nil {
		return fmt.Errorf("netif: remove macvlan %s: %w", v.Name, explain(err))
	}
	return nil
}
