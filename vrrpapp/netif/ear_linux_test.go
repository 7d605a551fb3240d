package netif

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// ear opens one on an interface.
func ear(t *testing.T, n *nstest.Node, on string, v6 bool, heard ...Heard) *Ear {
	t.Helper()
	var e *Ear
	n.Do(func() (err error) {
		e, err = OpenEar(link(t, n.Namespace, on), v6)
		return err
	})
	t.Cleanup(func() { e.Close() })
	if err := e.SetHeard(heard); err != nil {
		t.Fatal(err)
	}
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
			e := ear(t, b, "eth0", row.v6, row.heard...)
			elsewhere := ear(t, b, "other", row.v6)
			member := open(t, b, SocketConfig{IPv6: row.v6, Group: ip(row.extra)}) // makes the host take that group's packets
			for _, dst := range append(row.to, row.extra) {
				for _, id := range []byte{0, 80, 81, 255} {
					if err := from.Send(&Packet{Src: ip(row.src), Dst: ip(dst), Data: advert(id)}); err != nil {
						t.Fatal(err)
					}
				}
			}
			hear := func() (got []string) {
				lost, err := e.Drain(func(p *Packet) {
					if row.v6 && p.Dst == ip(row.extra) {
						return // the kernel does not ask for the membership of a socket without an address
					}
					got = append(got, fmt.Sprintf("%v %d", p.Dst, p.Data[1]))
					if p.Src != ip(row.src) || p.TTL != 255 {
						t.Errorf("%+v", p)
					}
				})
				if lost != 0 || err != nil {
					t.Errorf("%d lost, %v; the filter's are none", lost, err)
				}
				return got
			}
			if d := cmp.Diff(row.want, hear()); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			if n, _ := member.Drain(func(*Packet) {}); n != 4 {
				t.Errorf("%d packets came to the other group, want 4", n)
			}
			elsewhere.Drain(func(p *Packet) { t.Errorf("at the other interface: %+v", p) })
			if err := e.SetHeard([]Heard{{ip(row.to[0]), only(0, 80, 255)}}); err != nil {
				t.Fatal(err)
			}
			for _, id := range []byte{0, 80, 81, 255} {
				from.Send(&Packet{Src: ip(row.src), Dst: ip(row.to[0]), Data: advert(id)})
			}
			if d := cmp.Diff([]string{row.to[0] + " 81"}, hear()); d != "" {
				t.Errorf("after SetHeard (-want +got)\n%s", d)
			}
		})
	}
}

// A group that no socket has any more is left.
func TestEarLeavesGroups(t *testing.T) {
	a, b := pair(t)
	from, e := open(t, a, SocketConfig{}), ear(t, b, "eth0", false, Heard{ip("224.0.0.77"), only(1)})
	open(t, b, SocketConfig{Group: ip("224.0.0.77")}) // keeps the host in it
	for _, row := range []struct {
		heard []Heard
		want  int
	}{{nil, 1}, {[]Heard{{ip("224.0.0.77"), only(1)}}, 2}, {[]Heard{{Group4, only(2)}}, 0}} {
		if err := e.SetHeard(row.heard); err != nil {
			t.Fatal(err)
		}
		for _, group := range []netip.Addr{Group4, ip("224.0.0.77")} {
			if err := from.Send(&Packet{Src: ip("10.9.0.1"), Dst: group, Data: advert(2)}); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		e.Drain(func(*Packet) { n++ })
		if n != row.want {
			t.Errorf("%v: %d packets, want %d", row.heard, n, row.want)
		}
	}
}

// A flood costs what the small buffer holds, the rest is counted, and nothing is allocated.
func TestEarIsBounded(t *testing.T) {
	a, b := pair(t)
	from, e := open(t, a, SocketConfig{}), ear(t, b, "eth0", false)
	const each = 500
	p, n, lost, runs := &Packet{Src: ip("10.9.0.1"), Data: advert(1)}, 0, 0, 0
	hear := func(*Packet) { n++ }
	if allocs := testing.AllocsPerRun(4, func() {
		runs++
		for range each {
			if err := from.Send(p); err != nil {
				t.Error(err)
			}
		}
		more, err := e.Drain(hear)
		if err != nil {
			t.Error(err)
		}
		lost += int(more)
	}); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
	if n < 20*runs || n > 150*runs || n+lost != each*runs {
		t.Errorf("%d of %d received, %d lost", n, each*runs, lost)
	}
}

// The kernel's counter begins anew after 32 bits.
func TestEarCountsOn(t *testing.T) {
	a, b := pair(t)
	from, e := open(t, a, SocketConfig{}), ear(t, b, "eth0", false)
	e.drops -= 7 // as if seven had been lost
	if err := from.Send(&Packet{Src: ip("10.9.0.1"), Data: advert(1)}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []uint32{7, 0} {
		if lost, err := e.Drain(func(*Packet) {}); lost != want || err != nil {
			t.Errorf("%d lost, want %d, %v", lost, want, err)
		}
	}
}

// More sets than a program holds are no error: the rest comes through.
func TestEarOfMany(t *testing.T) {
	a, b := pair(t)
	full := only()
	for i := range 256 {
		full.Add(uint8(i))
	}
	for _, v6 := range []bool{false, true} {
		heard, src := []Heard{{Group4, full}}, "10.9.0.1"
		if v6 {
			heard[0].To, src = Group6, "fe80::1"
		}
		for i := range 255 {
			to := netip.AddrFrom4([4]byte{10, 9, 1, byte(i)})
			if v6 {
				to = netip.AddrFrom16([16]byte{0xfd, 15: byte(i)})
			}
			heard = append(heard, Heard{to, full})
		}
		e := ear(t, b, "eth0", v6, heard...)
		for range 5 { // one program takes the place of another
			if err := e.SetHeard(heard); err != nil {
				t.Fatal(err)
			}
		}
		if err := open(t, a, SocketConfig{IPv6: v6}).Send(&Packet{Src: ip(src), Data: advert(7)}); err != nil {
			t.Fatal(err)
		}
		e.Drain(func(p *Packet) { t.Errorf("%+v", p) })
		if n := len(earFilter(v6, heard)); n > mostInstructions {
			t.Errorf("%d instructions", n)
		}
	}
}

// What the kernel refuses is said, and the rest is done: a socket has so many groups (igmp_max_memberships).
func TestEarOfTooManyGroups(t *testing.T) {
	a, b := pair(t)
	e := ear(t, b, "eth0", false)
	var heard []Heard
	for i := range 255 {
		heard = append(heard, Heard{netip.AddrFrom4([4]byte{224, 0, 1, byte(i)}), only(1)})
	}
	if err := e.SetHeard(heard); err == nil || !strings.Contains(err.Error(), "224.0.1.") {
		t.Error(err)
	}
	if err := open(t, a, SocketConfig{}).Send(&Packet{Src: ip("10.9.0.1"), Data: advert(7)}); err != nil {
		t.Fatal(err)
	}
	n := 0
	e.Drain(func(*Packet) { n++ })
	if n != 1 {
		t.Errorf("%d packets", n)
	}
}

func TestEarErrors(t *testing.T) {
	if e, err := OpenEar(Interface{}, false); err == nil {
		e.Close()
		t.Error("no interface: no error")
	}
	_, b := pair(t)
	e := ear(t, b, "eth0", false)
	e.Close()
	if _, err := e.Drain(func(*Packet) {}); err != os.ErrClosed {
		t.Error(err)
	}
	if err := e.SetHeard(nil); err == nil {
		t.Error("closed: no error")
	}
}
