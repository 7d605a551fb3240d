package netif

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

func hostIn(t testing.TB, n *nstest.Namespace) *Host {
	t.Helper()
	var h *Host
	n.Do(func() (err error) {
		h, err = OpenHost()
		return err
	})
	t.Cleanup(func() { h.Close() })
	return h
}

var prefix = netip.MustParsePrefix

// alone is a namespace with one interface that is up and has the addresses.
func alone(t *testing.T, addrs ...string) (*nstest.Namespace, *Host, Interface) {
	t.Helper()
	n := nstest.New(t, "n")
	n.IP("link add eth0 type veth peer name other")
	n.Run("/bin/sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/eth0/addr_gen_mode")
	n.IP("link set other up")
	n.IP("link set eth0 up")
	for _, a := range addrs {
		n.IP("addr add " + a + " dev eth0")
	}
	return n, hostIn(t, n), link(t, n, "eth0")
}

// What `ip` shows is what it shows of keepalived 2.2.7 with the same words.
func TestAddAddress(t *testing.T) {
	for _, row := range []struct {
		name string
		a    Address
		want string // of ip -o addr show, without index and name
	}{
		{"no mask", Address{Prefix: prefix("10.9.0.100/32")}, `inet 10.9.0.100/32 scope global eth0\ valid_lft forever preferred_lft forever`},
		{
			"brd + label scope", Address{Prefix: prefix("10.9.0.101/24"), Broadcast: Broadcast(prefix("10.9.0.101/24"), true), Label: "eth0:1", Scope: ScopeLink},
			`inet 10.9.0.101/24 brd 10.9.0.255 scope link eth0:1\ valid_lft forever preferred_lft forever`,
		},
		{"secondary", Address{Prefix: prefix("10.9.1.100/24")}, `inet 10.9.1.100/24 scope global secondary eth0\ valid_lft forever preferred_lft forever`},
		{"peer", Address{Prefix: prefix("10.9.0.102/32"), Peer: ip("10.9.0.103")}, `inet 10.9.0.102 peer 10.9.0.103/32 scope global eth0\ valid_lft forever preferred_lft forever`},
		{"noprefixroute", Address{Prefix: prefix("10.9.2.1/24"), Flags: NoPrefixRoute}, `inet 10.9.2.1/24 scope global noprefixroute eth0\ valid_lft forever preferred_lft forever`},
		{"expired", Address{Prefix: prefix("10.9.2.1/24"), Preferred: Expired}, `inet 10.9.2.1/24 scope global deprecated eth0\ valid_lft forever preferred_lft forever`},
		{"IPv6 no mask", Address{Prefix: prefix("fd00:9::101/128")}, `inet6 fd00:9::101/128 scope global nodad deprecated \ valid_lft forever preferred_lft 0sec`},
		{"IPv6 no mask, forever", Address{Prefix: prefix("fd00:9::101/128"), Preferred: Forever}, `inet6 fd00:9::101/128 scope global nodad \ valid_lft forever preferred_lft forever`},
		{"IPv6", Address{Prefix: prefix("fd00:9::100/64")}, `inet6 fd00:9::100/64 scope global nodad \ valid_lft forever preferred_lft forever`},
		{"IPv6 link-local", Address{Prefix: prefix("fe80::52/128")}, `inet6 fe80::52/128 scope link nodad deprecated \ valid_lft forever preferred_lft 0sec`},
		{"IPv6 flags", Address{Prefix: prefix("fd00:9::1/64"), Flags: Home | NoPrefixRoute}, `inet6 fd00:9::1/64 scope global nodad home noprefixroute \ valid_lft forever preferred_lft forever`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			n, h, eth0 := alone(t, "10.9.1.1/24")
			shown := func() string {
				out := regexp.MustCompile(`\d+: eth0 `).ReplaceAllString(n.IP("-o -d addr show dev eth0 to "+row.a.Addr().String()), "")
				return strings.Join(strings.Fields(out), " ")
			}
			for again := range 2 {
				if there, err := h.AddAddress(eth0.Index, row.a); err != nil || there != (again == 1) {
					t.Errorf("add: there %v, %v", there, err)
				}
				if got, want := shown(), strings.Join(strings.Fields(row.want), " "); got != want {
					t.Errorf("ip shows\n%q, want\n%q", got, want)
				}
			}
			found := false
			list, err := h.Addresses(eth0.Index)
			for _, a := range list {
				found = found || a.same(row.a) && a.Ours() && a.Peer == row.a.Peer && a.Broadcast == row.a.Broadcast && a.Usable()
			}
			if err != nil || !found || len(list) != 2 {
				t.Errorf("list: %v %v", list, err)
			}
			for again := range 2 {
				if was, err := h.RemoveAddress(eth0.Index, row.a); err != nil || was != (again == 0) {
					t.Errorf("remove: was %v, %v", was, err)
				}
			}
			if got := shown(); got != "" {
				t.Errorf("still there: %s", got)
			}
		})
	}
}

// What somebody else left in another form becomes the wanted one.
func TestAddAddressOverAnother(t *testing.T) {
	for _, row := range []struct {
		name, left string
		a          Address
		want       string // all of ip -br addr
	}{
		{"IPv4, other label and brd", "10.9.0.100/24 brd + label eth0:x", Address{Prefix: prefix("10.9.0.100/24"), Label: "eth0:1"}, "inet 10.9.0.100/24 scope global eth0:1"},
		{"IPv4, other mask: both stay", "10.9.0.100/24", Address{Prefix: prefix("10.9.0.100/32")}, "inet 10.9.0.100/24 scope global eth0 inet 10.9.0.100/32 scope global eth0"},
		{"IPv6, other length", "fd00::100/128", Address{Prefix: prefix("fd00::100/64")}, "inet6 fd00::100/64 scope global nodad"},
		{"IPv6, other lifetime", "fd00::100/64 preferred_lft 0", Address{Prefix: prefix("fd00::100/64")}, "inet6 fd00::100/64 scope global nodad"},
		{"IPv6, under detection", "fd00::100/64", Address{Prefix: prefix("fd00::100/64")}, "inet6 fd00::100/64 scope global nodad"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			n, h, eth0 := alone(t, row.left)
			if there, err := h.AddAddress(eth0.Index, row.a); err != nil {
				t.Error(there, err)
			}
			out := regexp.MustCompile(`(?m)^.*eth0@other.*$|link/ether.*$|valid_lft.*$|veth numtx.*$`).ReplaceAllString(n.IP("-d addr show dev eth0"), "")
			if got := strings.Join(strings.Fields(out), " "); got != row.want {
				t.Errorf("ip shows\n%q, want\n%q", got, row.want)
			}
		})
	}
}

// An address that lost its duplicate detection against another node comes back usable.
func TestAddAddressAfterDADFailed(t *testing.T) {
	a, b := pair(t)
	b.IP("addr add fd00:9::100/64 dev eth0 nodad")
	a.IP("addr add fd00:9::100/64 dev eth0")
	if !nstest.Within(soon, func() bool { return strings.Contains(a.IP("addr show dev eth0"), "dadfailed") }) {
		t.Fatal("duplicate detection did not fail")
	}
	h := hostIn(t, a.Namespace)
	on := link(t, a.Namespace, "eth0").Index
	if there, err := h.AddAddress(on, Address{Prefix: prefix("fd00:9::100/64")}); err != nil || !there {
		t.Fatal(there, err)
	}
	list, err := h.Addresses(on)
	for _, x := range list {
		if x.Addr() == ip("fd00:9::100") && x.Usable() {
			return
		}
	}
	t.Errorf("not usable: %v %v", list, err)
}

func TestAddressErrors(t *testing.T) {
	_, h, eth0 := alone(t)
	for name, a := range map[string]Address{
		"nothing":         {},
		"unspecified":     {Prefix: prefix("0.0.0.0/0")},
		"multicast":       {Prefix: prefix("ff02::1/128")},
		"IPv4 in IPv6":    {Prefix: netip.PrefixFrom(ip("::ffff:10.0.0.1"), 128)},
		"peer's family":   {Prefix: prefix("10.0.0.1/32"), Peer: ip("fe80::1")},
		"IPv6 label":      {Prefix: prefix("fe80::1/64"), Label: "eth0:1"},
		"label too long":  {Prefix: prefix("10.0.0.1/32"), Label: "eth0:12345678901"},
		"IPv6 broadcast":  {Prefix: prefix("fe80::1/64"), Broadcast: ip("10.0.0.255")},
		"broadcast of v6": {Prefix: prefix("10.0.0.1/32"), Broadcast: ip("fe80::1")},
	} {
		if _, err := h.AddAddress(eth0.Index, a); err == nil {
			t.Errorf("%s: added", name)
		}
		if _, err := h.RemoveAddress(eth0.Index, a); err == nil {
			t.Errorf("%s: removed", name)
		}
	}
	gone := Address{Prefix: prefix("10.0.0.1/32")}
	if _, err := h.AddAddress(999, gone); err == nil {
		t.Error("added to an interface that does not exist")
	}
	if was, err := h.RemoveAddress(999, gone); was || err != nil {
		t.Errorf("removed from an interface that does not exist: %v %v", was, err)
	}
	if list, err := h.Addresses(999); len(list) != 0 || err != nil {
		t.Errorf("addresses of an interface that does not exist: %v %v", list, err)
	}
}

// Deleting the primary address of a subnet deletes the others, unless promote_secondaries is set.
func TestPromoteSecondaries(t *testing.T) {
	n, h, eth0 := alone(t, "10.9.0.1/24")
	vip := Address{Prefix: prefix("10.9.0.100/24")}
	for _, promote := range []bool{false, true} {
		if promote {
			n.Do(func() error { return PromoteSecondaries("eth0") })
			n.IP("addr add 10.9.0.1/24 dev eth0")
		}
		h.AddAddress(eth0.Index, vip)
		n.IP("addr del 10.9.0.1/24 dev eth0")
		if got := n.Holds(vip.Addr()); got != promote {
			t.Errorf("promote_secondaries %v: the other address stays: %v", promote, got)
		}
	}
	for _, name := range []string{"", "..", "a/b"} {
		if err := PromoteSecondaries(name); err == nil {
			t.Errorf("interface %q exists", name)
		}
	}
}

func TestBroadcast(t *testing.T) {
	for _, row := range []struct{ prefix, ones, zeros string }{
		{"10.9.1.100/24", "10.9.1.255", "10.9.1.0"},
		{"10.9.1.100/22", "10.9.3.255", "10.9.0.0"},
		{"10.9.1.100/30", "10.9.1.103", "10.9.1.100"},
		{"10.9.1.100/31", "invalid IP", "invalid IP"},
		{"1.2.3.4/0", "255.255.255.255", "0.0.0.0"},
		{"fe80::1/64", "invalid IP", "invalid IP"},
	} {
		p := prefix(row.prefix)
		if ones, zeros := Broadcast(p, true).String(), Broadcast(p, false).String(); ones != row.ones || zeros != row.zeros {
			t.Errorf("%v: %s, %s, want %s, %s", p, ones, zeros, row.ones, row.zeros)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add([]byte{2, 24, 0x80, 0, 1, 0, 0, 0, 8, 0, 2, 0, 10, 9, 0, 1, 9, 0, 3, 0, 'e', 't', 'h', '0', 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, m []byte) {
		if _, a, ok := parseAddress(m); ok && !a.Prefix.IsValid() {
			t.Error("invalid address")
		}
	})
}
