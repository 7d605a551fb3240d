package netif

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// ear opens one on eth0.
func ear(t *testing.T, n *nstest.Node, cfg EarConfig) *Ear {
	t.Helper()
	if cfg.Interface.Index == 0 {
		cfg.Interface = link(t, n.Namespace, "eth0")
	}
	var e *Ear
	n.Do(func() (err error) {
		e, err = OpenEar(cfg)
		return err
	})
	t.Cleanup(func() { e.Close() })
	return e
}

func only(list ...uint8) (set VRIDs) {
	for _, id := range list {
		set.Add(id)
	}
	return set
}

// An ear hears what comes for a group or an own address, and of each not what is heard already.
func TestEar(t *testing.T) {
	a, b := pair(t)
	b.IP("addr add 10.9.0.22/24 dev eth0")
	b.IP("addr add fd00:9::22/64 dev eth0 nodad")
	b.IP("link add other type veth peer name other2")
	b.IP("link set other up")
	b.IP("link set other2 up")
	for _, row := range []struct {
		name  string
		v6    bool
		src   string
		to    []string // each gets VRIDs 0, 80, 81 and 255
		extra string   // a group that is not joined
		heard []Heard
		want  []string
	}{
		{
			name: "IPv4", src: "10.9.0.1", to: []string{"224.0.0.18", "224.0.0.77", "10.9.0.2", "10.9.0.22"}, extra: "224.0.0.78",
			heard: []Heard{{Group4, only(80, 255)}, {ip("224.0.0.77"), only(81)}, {ip("10.9.0.2"), only(0, 80, 81)}},
			want: []string{
				"224.0.0.18 0", "224.0.0.18 81", "224.0.0.77 0", "224.0.0.77 80", "224.0.0.77 255", "10.9.0.2 255",
				"10.9.0.22 0", "10.9.0.22 80", "10.9.0.22 81", "10.9.0.22 255",
			},
		}, {
			name: "IPv6", v6: true, src: "fe80::1", to: []string{"ff02::12", "ff02::77", "fe80::2", "fd00:9::2", "fd00:9::22"}, extra: "ff02::78",
			heard: []Heard{{Group6, only(80, 255)}, {ip("ff02::77"), only(81)}, {ip("fe80::2"), only(0, 80, 81)}, {ip("fd00:9::22"), only(0, 80, 81, 255)}},
			want: []string{
				"ff02::12 0", "ff02::12 81", "ff02::77 0", "ff02::77 80", "ff02::77 255", "fe80::2 255",
				"fd00:9::2 0", "fd00:9::2 80", "fd00:9::2 81", "fd00:9::2 255",
			},
		}, {name: "nothing is heard elsewhere", src: "10.9.0.1", to: []string{"224.0.0.18"}, extra: "224.0.0.78", want: []string{
			"224.0.0.18 0", "224.0.0.18 80", "224.0.0.18 81", "224.0.0.18 255",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			from := open(t, a, SocketConfig{IPv6: row.v6})
			groups := []netip.Addr{ip(row.to[0])}
			if len(row.to) > 1 {
				groups = append(groups, ip(row.to[1]))
			}
			e := ear(t, b, EarConfig{IPv6: row.v6, Groups: groups, Heard: row.heard})
			elsewhere := ear(t, b, EarConfig{Interface: link(t, b.Namespace, "other"), IPv6: row.v6})
			member := open(t, b, SocketConfig{IPv6: row.v6, Group: ip(row.extra)}) // makes the host take that group's packets
			for _, dst := range append(row.to, row.extra) {
				for _, id := range []byte{0, 80, 81, 255} {
					if err := from.Send(&Packet{Src: ip(row.src), Dst: ip(dst), Data: advert(id)}); err != nil {
						t.Fatal(err)
					}
				}
			}
			hear := func() (got []string) {
				e.Drain(func(p *Packet) {
					got = append(got, fmt.Sprintf("%v %d", p.Dst, p.Data[1]))
					if p.Src != ip(row.src) || p.TTL != 255 {
						t.Errorf("%+v", p)
					}
				})
				return got
			}
			if d := cmp.Diff(row.want, hear()); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			if n, _ := member.Drain(func(*Packet) {}); n != 4 {
				t.Errorf("%d packets came to the other group, want 4", n)
			}
			if n, err := elsewhere.Drain(func(*Packet) {}); n != 0 || err != nil {
				t.Errorf("the other interface: %d packets, %v", n, err)
			}
			if err := e.SetHeard([]Heard{{ip(row.to[0]), only(0, 80, 255)}}); err != nil {
				t.Fatal(err)
			}
			for _, id := range []byte{0, 80, 81, 255} {
				from.Send(&Packet{Src: ip(row.src), Dst: ip(row.to[0]), Data: advert(id)})
			}
			if d := cmp.Diff([]string{row.to[0] + " 81"}, hear()); d != "" {
				t.Errorf("after SetHeard (-want +got)\n%s", d)
			}
			if n := e.Dropped(); n != 0 {
				t.Errorf("the filter counts as %d lost packets", n)
			}
		})
	}
}

// A flood costs what the small buffer holds, and the rest is counted.
func TestEarIsBounded(t *testing.T) {
	a, b := pair(t)
	from, e := open(t, a, SocketConfig{}), ear(t, b, EarConfig{})
	const sent = 2000
	for range sent {
		if err := from.Send(&Packet{Src: ip("10.9.0.1"), Data: advert(1)}); err != nil {
			t.Fatal(err)
		}
	}
	n, err := e.Drain(func(*Packet) {})
	if err != nil || n < 20 || n > 150 || e.Dropped() != uint64(sent-n) || e.Dropped() != uint64(sent-n) {
		t.Errorf("%d of %d received, %d dropped, %v", n, sent, e.Dropped(), err)
	}
}

// More sets than a program holds, and more groups than a socket may join, are no error: the rest is heard twice, or not.
func TestEarOfMany(t *testing.T) {
	a, b := pair(t)
	full := only()
	for i := range 256 {
		full.Add(uint8(i))
	}
	for _, v6 := range []bool{false, true} {
		var heard []Heard
		var groups []netip.Addr
		for i := range 255 {
			to, group := netip.AddrFrom4([4]byte{10, 9, 1, byte(i)}), netip.AddrFrom4([4]byte{224, 0, 1, byte(i)})
			if v6 {
				to, group = netip.AddrFrom16([16]byte{0xfd, 15: byte(i)}), netip.AddrFrom16([16]byte{0xff, 2, 15: byte(i)})
			}
			heard, groups = append(heard, Heard{to, full}), append(groups, group)
		}
		first := Heard{Group4, full}
		src := "10.9.0.1"
		if v6 {
			first.To, src = Group6, "fe80::1"
		}
		e := ear(t, b, EarConfig{IPv6: v6, Groups: groups, Heard: append([]Heard{first}, heard...)})
		for range 5 { // one program takes the place of another
			if err := e.SetHeard(append([]Heard{first}, heard...)); err != nil {
				t.Fatal(err)
			}
		}
		from := open(t, a, SocketConfig{IPv6: v6})
		if err := from.Send(&Packet{Src: ip(src), Data: advert(7)}); err != nil {
			t.Fatal(err)
		}
		if n, err := e.Drain(func(*Packet) {}); n != 0 || err != nil {
			t.Errorf("IPv6 %v: %d packets, %v", v6, n, err)
		}
		if n := len(earFilter(v6, heard)); n > mostInstructions {
			t.Errorf("%d instructions", n)
		}
	}
}

func TestEarConfigErrors(t *testing.T) {
	eth0 := Interface{Name: "eth0", Index: 1}
	for name, cfg := range map[string]EarConfig{
		"no interface":             {},
		"group of wrong family":    {Interface: eth0, Groups: []netip.Addr{Group6}},
		"group is not multicast":   {Interface: eth0, Groups: []netip.Addr{ip("10.0.0.1")}},
		"IPv4 in IPv6 as multcast": {Interface: eth0, IPv6: true, Groups: []netip.Addr{ip("::ffff:224.0.0.18")}},
	} {
		if e, err := OpenEar(cfg); err == nil {
			e.Close()
			t.Errorf("%s: no error", name)
		}
	}
}
