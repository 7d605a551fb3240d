package netif

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// conf is a setting of an interface inside a namespace.
func conf(n *nstest.Namespace, family, name, key string) string {
	return strings.TrimSpace(n.Run("cat", "/proc/sys/net/"+family+"/conf/"+name+"/"+key))
}

// addVMAC makes a macvlan inside a namespace.
func addVMAC(t *testing.T, n *nstest.Namespace, h *Host, v VMAC) (i Interface) {
	t.Helper()
	n.Do(func() (err error) {
		i, err = h.AddVMAC(v)
		return err
	})
	return i
}

func TestVMACIsLikeKeepaliveds(t *testing.T) {
	lab := nstest.NewLab(t, "a")
	n := lab.Node("a").Namespace
	n.IP("addr add 10.9.0.1/24 dev eth0")
	n.Run("/bin/sh", "-c", "echo 2 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 1 > /proc/sys/net/ipv4/conf/eth0/rp_filter")
	h, w := hostIn(t, n), watch(t, n, WatchConfig{})
	eth0, _ := w.Interface("eth0")
	v4 := VMAC{Name: "vrrp.53", Base: eth0, MAC: VirtualMAC(53, false)}
	v6 := VMAC{Name: "vrrp.54", Base: eth0, MAC: VirtualMAC(54, true), IPv6: true, Source: ip("fe80::abcd")}
	other := VMAC{Name: "vrrp.55", Base: eth0, MAC: VirtualMAC(55, false)}
	for _, v := range []VMAC{v4, v6, other} {
		made := addVMAC(t, n, h, v)
		w.wait("interface added " + v.Name)
		if !nstest.Within(soon, func() bool { i, _ := w.Interface(v.Name); return i == made }) {
			seen, _ := w.Interface(v.Name)
			t.Errorf("made %+v\nseen %+v", made, seen)
		}
		if again := addVMAC(t, n, h, v); again != made {
			t.Errorf("made twice: %+v", again)
		}
	}
	for _, row := range []struct{ family, name, key, want string }{
		{"ipv4", "vrrp.53", "accept_local", "1"},
		{"ipv4", "vrrp.53", "arp_ignore", "1"},
		{"ipv4", "vrrp.53", "promote_secondaries", "1"},
		{"ipv4", "vrrp.53", "rp_filter", "0"},
		{"ipv6", "vrrp.53", "disable_ipv6", "1"},
		{"ipv6", "vrrp.53", "addr_gen_mode", "1"},
		{"ipv6", "vrrp.54", "disable_ipv6", "0"},
		{"ipv6", "vrrp.54", "addr_gen_mode", "1"},
		{"ipv4", "eth0", "arp_ignore", "1"},
		{"ipv4", "eth0", "arp_filter", "1"},
		{"ipv4", "eth0", "arp_announce", "2"},
		{"ipv4", "eth0", "rp_filter", "2"},
		{"ipv4", "default", "rp_filter", "2"},
		{"ipv4", "all", "rp_filter", "0"},
	} {
		if got := conf(n, row.family, row.name, row.key); got != row.want {
			t.Errorf("%s.%s.%s is %s, want %s", row.family, row.name, row.key, got, row.want)
		}
	}
	if out := n.IP("-d link show vrrp.53"); !strings.Contains(out, "macvlan mode private") || !strings.Contains(out, "00:00:5e:00:01:35") {
		t.Error(out)
	}
	i, _ := w.Interface("vrrp.54")
	if list := w.Addresses(i.Index); len(list) != 1 || list[0].Prefix != prefix("fe80::abcd/64") || !list[0].Usable() {
		t.Errorf("addresses of vrrp.54: %v", list)
	}

	for _, step := range []struct {
		v    VMAC
		want string // of arp_ignore below
	}{{v4, "1"}, {v6, "1"}, {v4, "1"}, {other, "0"}, {other, "0"}} {
		n.Do(func() error { return h.RemoveVMAC(step.v) })
		if got := conf(n, "ipv4", "eth0", "arp_ignore"); got != step.want {
			t.Errorf("after %s: arp_ignore is %s, want %s", step.v.Name, got, step.want)
		}
	}
	if out := n.IP("link"); strings.Contains(out, "vrrp.") {
		t.Error(out)
	}
}

func TestVMACOverSomethingElse(t *testing.T) {
	lab := nstest.NewLab(t, "a")
	n := lab.Node("a").Namespace
	h := hostIn(t, n)
	v := VMAC{Name: "vrrp.53", Base: link(t, n, "eth0"), MAC: VirtualMAC(53, false)}
	n.IP("link add vrrp.53 type bridge")
	if _, err := h.AddVMAC(v); err == nil || !strings.Contains(err.Error(), "bridge") {
		t.Error(err)
	}
	if err := h.RemoveVMAC(v); err == nil {
		t.Error("a bridge was removed")
	}
	n.IP("link del vrrp.53")
	n.IP("link add vrrp.53 link eth0 type macvlan mode bridge")
	addVMAC(t, n, h, v)
	if out := n.IP("-d link show vrrp.53"); !strings.Contains(out, "private") {
		t.Error(out)
	}
	for name, bad := range map[string]VMAC{
		"no name":           {Base: v.Base, MAC: v.MAC},
		"long name":         {Name: "vrrp.5300000000000", Base: v.Base, MAC: v.MAC},
		"no base":           {Name: "x", MAC: v.MAC},
		"no MAC":            {Name: "x", Base: v.Base},
		"multicast MAC":     {Name: "x", Base: v.Base, MAC: broadcast},
		"source of IPv4":    {Name: "x", Base: v.Base, MAC: v.MAC, IPv6: true, Source: ip("10.0.0.1")},
		"source for IPv4":   {Name: "x", Base: v.Base, MAC: v.MAC, Source: ip("fe80::1")},
		"base that is gone": {Name: "x", Base: Interface{Name: "gone", Index: 999}, MAC: v.MAC},
	} {
		if _, err := h.AddVMAC(bad); err == nil {
			t.Errorf("%s: made", name)
		}
	}
}

// A client reaches an address behind the virtual MAC; adverts leave and arrive by the macvlan.
func TestVMACCarriesTraffic(t *testing.T) {
	for _, row := range []struct {
		name, vip, src string
		v6             bool
	}{{"IPv4", "10.9.0.100/32", "10.9.0.1", false}, {"IPv6", "fd00:9::100/128", "fe80::1", true}} {
		t.Run(row.name, func(t *testing.T) {
			a, b := pair(t)
			h := hostIn(t, a.Namespace)
			v := VMAC{Name: "vrrp.9", Base: link(t, a.Namespace, "eth0"), MAC: VirtualMAC(9, row.v6), IPv6: row.v6}
			if row.v6 {
				v.Source = ip(row.src)
			}
			on := addVMAC(t, a.Namespace, h, v)
			vip := prefix(row.vip)
			if _, err := h.AddAddress(on.Index, Address{Prefix: vip}); err != nil {
				t.Fatal(err)
			}
			mine, peer := open(t, a, SocketConfig{Interface: on, IPv6: row.v6}), open(t, b, SocketConfig{IPv6: row.v6})
			if row.v6 {
				b.IP("route add " + row.vip + " dev eth0")
			}
			out := tcpdump(t, b, 2, func() {
				if err := mine.Send(&Packet{Src: ip(row.src), Data: advert(9)}); err != nil {
					t.Error(err)
				}
				if err := announcerIn(t, a).Announce(on, vip.Addr(), false); err != nil {
					t.Error(err)
				}
			})
			if strings.Count(out, v.MAC.String()+" > ") != 2 {
				t.Errorf("not from %v:\n%s", v.MAC, out)
			}
			if p := next(t, peer); p.Src != ip(row.src) || p.TTL != 255 {
				t.Errorf("the peer got %+v", p)
			}
			peerSrc := map[bool]netip.Addr{false: ip("10.9.0.2"), true: ip("fe80::2")}[row.v6]
			if err := peer.Send(&Packet{Src: peerSrc, Data: advert(9)}); err != nil {
				t.Error(err)
			}
			if p := next(t, mine); p.Src != peerSrc {
				t.Errorf("the macvlan got %+v", p)
			}
			ping := b.Ping(vip.Addr(), 5e6)
			if !nstest.Within(soon, func() bool { return ping.Answered() > 3 }) {
				t.Fatalf("no answer from %v", vip)
			}
			ping.Stop()
			if out := b.IP("neigh show " + vip.Addr().String()); !strings.Contains(out, v.MAC.String()) {
				t.Errorf("the client has %s", out)
			}
		})
	}
}
