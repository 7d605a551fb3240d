package netif

import (
	"errors"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// advert is a message that nobody here looks into, but that tcpdump and keepalived can read: VRRPv2, VRID, priority 100,
// every second, the address 10.9.0.100, no password.
func advert(vrid byte) []byte { return advertPriority(vrid, 100) }

func advertPriority(vrid, priority byte) []byte {
	b := []byte{0x21, vrid, priority, 1, 0, 1, 0, 0, 10, 9, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0}
	sum := uint32(0)
	for i := 0; i < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	sum = sum>>16 + sum&0xffff
	b[6], b[7] = byte(^sum>>8), byte(^sum)
	return b
}

func TestSendAndReceive(t *testing.T) {
	a, b := pair(t)
	group := ip("224.0.0.77")
	for _, row := range []struct {
		name     string
		from, to SocketConfig
		send     Packet
		want     Packet // Data is send's
	}{
		{
			name: "IPv4 multicast (RFC 5798 5.1.1)",
			send: Packet{Src: ip("10.9.0.1")},
			want: Packet{Src: ip("10.9.0.1"), Dst: Group4, TTL: 255},
		}, {
			name: "IPv6 multicast (RFC 5798 5.1.2)", from: SocketConfig{IPv6: true}, to: SocketConfig{IPv6: true},
			send: Packet{Src: ip("fe80::1")},
			want: Packet{Src: ip("fe80::1"), Dst: Group6, TTL: 255},
		}, {
			name: "another group (vrrp_mcast_group4)", from: SocketConfig{Group: group}, to: SocketConfig{Group: group},
			send: Packet{Src: ip("10.9.0.1")},
			want: Packet{Src: ip("10.9.0.1"), Dst: group, TTL: 255},
		}, {
			name: "a source that the host does not have (mcast_src_ip)",
			send: Packet{Src: ip("192.0.2.7")},
			want: Packet{Src: ip("192.0.2.7"), Dst: Group4, TTL: 255},
		}, {
			name: "a wrong TTL is delivered with its value",
			send: Packet{Src: ip("10.9.0.1"), TTL: 7},
			want: Packet{Src: ip("10.9.0.1"), Dst: Group4, TTL: 7},
		}, {
			name: "a wrong hop limit is delivered with its value", from: SocketConfig{IPv6: true}, to: SocketConfig{IPv6: true},
			send: Packet{Src: ip("fe80::1"), TTL: 7},
			want: Packet{Src: ip("fe80::1"), Dst: Group6, TTL: 7},
		}, {
			name: "IPv4 unicast", from: SocketConfig{Unicast: ip("10.9.0.1")}, to: SocketConfig{Unicast: ip("10.9.0.2")},
			send: Packet{Src: ip("10.9.0.1"), Dst: ip("10.9.0.2"), TTL: 64},
			want: Packet{Src: ip("10.9.0.1"), Dst: ip("10.9.0.2"), TTL: 64},
		}, {
			name: "IPv6 unicast, global", from: SocketConfig{IPv6: true, Unicast: ip("fd00:9::1")}, to: SocketConfig{IPv6: true, Unicast: ip("fd00:9::2")},
			send: Packet{Src: ip("fd00:9::1"), Dst: ip("fd00:9::2")},
			want: Packet{Src: ip("fd00:9::1"), Dst: ip("fd00:9::2"), TTL: 255},
		}, {
			name: "IPv6 unicast, link-local", from: SocketConfig{IPv6: true, Unicast: ip("fe80::1")}, to: SocketConfig{IPv6: true, Unicast: ip("fe80::2")},
			send: Packet{Src: ip("fe80::1"), Dst: ip("fe80::2")},
			want: Packet{Src: ip("fe80::1"), Dst: ip("fe80::2"), TTL: 255},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			from, to := open(t, a, row.from), open(t, b, row.to)
			row.send.Data = advert(80)
			before := time.Now()
			if err := from.Send(&row.send); err != nil {
				t.Fatal(err)
			}
			got := next(t, to)
			if got.Time.Before(before) || got.Time.After(time.Now()) {
				t.Errorf("received at %v, sent at %v", got.Time, before)
			}
			if row.want.Data = advert(80); row.from.IPv6 {
				// The kernel computes the checksum, with the pseudo-header.
				row.want.Data[6], row.want.Data[7] = got.Data[6], got.Data[7]
				if sum := sum6(got); sum != 0xffff {
					t.Errorf("checksum: the sum is %x", sum)
				}
			}
			if diff := cmp.Diff(row.want, got, cmpopts.IgnoreFields(Packet{}, "Time"), cmp.Comparer(equalAddr)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if n, err := from.Drain(func(*Packet) {}); n != 0 || err != nil {
				t.Errorf("the sender hears itself: %d packets, %v", n, err)
			}
		})
	}
}

// sum6 adds up a message and its pseudo-header (RFC 8200 8.1): all ones if the checksum is right.
func sum6(p Packet) uint32 {
	all := append(append(p.Src.AsSlice(), p.Dst.AsSlice()...), p.Data...)
	sum := uint32(len(p.Data)) + Protocol
	for i := 0; i < len(all); i += 2 {
		sum += uint32(all[i])<<8 | uint32(all[i+1])
	}
	return sum>>16 + sum&0xffff
}

func equalAddr(a, b netip.Addr) bool { return a == b }

// A unicast socket must not hear multicast, nor a multicast socket unicast, nor either another interface or group.
func TestSocketsHearOnlyTheirOwn(t *testing.T) {
	a, b := pair(t)
	b.IP("link add other type veth peer name other2")
	b.IP("link set other up")
	multicast := open(t, b, SocketConfig{})
	unicast := open(t, b, SocketConfig{Unicast: ip("10.9.0.2")})
	group := open(t, b, SocketConfig{Group: ip("224.0.0.77")})
	other := open(t, b, SocketConfig{Interface: link(t, b.Namespace, "other")})
	from := open(t, a, SocketConfig{})
	for _, dst := range []string{"224.0.0.18", "10.9.0.2", "224.0.0.77"} {
		if err := from.Send(&Packet{Src: ip("10.9.0.1"), Dst: ip(dst), Data: advert(1)}); err != nil {
			t.Fatal(err)
		}
	}
	for s, dst := range map[*Socket]string{multicast: "224.0.0.18", unicast: "10.9.0.2", group: "224.0.0.77"} {
		if got := next(t, s); got.Dst != ip(dst) {
			t.Errorf("got a packet for %v, want one for %s", got.Dst, dst)
		}
	}
	for _, s := range []*Socket{multicast, unicast, group, other} {
		if n, err := s.Drain(func(p *Packet) { t.Errorf("%v hears %v", s.cfg, p.Dst) }); n != 0 || err != nil {
			t.Error(n, err)
		}
	}
}

func TestVRIDsAreFilteredByTheKernel(t *testing.T) {
	a, b := pair(t)
	for _, v6 := range []bool{false, true} {
		src := ip("10.9.0.1")
		if v6 {
			src = ip("fe80::1")
		}
		var set VRIDs
		for _, id := range []byte{0, 31, 32, 80, 255} {
			set.Add(id)
		}
		from := open(t, a, SocketConfig{IPv6: v6})
		ours := open(t, b, SocketConfig{IPv6: v6, VRIDs: set})
		all := open(t, b, SocketConfig{IPv6: v6})
		send := func() (mine, both int) {
			for id := range 256 {
				if err := from.Send(&Packet{Src: src, Data: advert(byte(id))}); err != nil {
					t.Fatal(err)
				}
			}
			count := func(s *Socket) (n int) {
				s.Drain(func(p *Packet) {
					n++
					if id := p.Data[1]; s != all && !set.Has(id) {
						t.Errorf("VRID %d on the wrong socket", id)
					}
				})
				return n
			}
			return count(ours), count(all)
		}
		if mine, both := send(); mine != 5 || both != 256 {
			t.Errorf("IPv6 %v: %d, %d packets, want 5, 256", v6, mine, both)
		}
		set.Add(7)
		set.Remove(80)
		set.Remove(0)
		if err := ours.SetVRIDs(set); err != nil {
			t.Fatal(err)
		}
		if mine, _ := send(); mine != 4 {
			t.Errorf("IPv6 %v, after the change: %d packets, want 4", v6, mine)
		}
		if err := ours.SetVRIDs(VRIDs{}); err != nil {
			t.Fatal(err)
		}
		if d := ours.Dropped(); d != 0 {
			t.Errorf("the filter counts as %d lost packets", d)
		}
	}
}

// A drain empties the queue also when more is queued than a drain of packets with late stamps would show, and ends
// although somebody keeps sending.
func TestDrainEnds(t *testing.T) {
	a, b := pair(t)
	from, to := open(t, a, SocketConfig{}), open(t, b, SocketConfig{Buffer: 64 << 10})
	p := Packet{Src: ip("10.9.0.1"), Data: advert(1)}
	const queued = 50
	for range queued {
		if err := from.Send(&p); err != nil {
			t.Fatal(err)
		}
	}
	n, err := to.Drain(func(*Packet) { from.Send(&p) })
	if err != nil || n < queued || n > 2*64<<10/512+1 {
		t.Errorf("%d packets, %v", n, err)
	}
}

func TestDropped(t *testing.T) {
	a, b := pair(t)
	from, to := open(t, a, SocketConfig{}), open(t, b, SocketConfig{Buffer: 4096})
	const sent = 200
	for range sent {
		if err := from.Send(&Packet{Src: ip("10.9.0.1"), Data: advert(1)}); err != nil {
			t.Fatal(err)
		}
	}
	n, err := to.Drain(func(*Packet) {})
	if err != nil || n == 0 || n == sent || uint64(n)+to.Dropped() != sent {
		t.Errorf("%d received, %d dropped, %v, want %d together", n, to.Dropped(), err, sent)
	}
}

func TestReceiveEnds(t *testing.T) {
	_, b := pair(t)
	s := open(t, b, SocketConfig{})
	s.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if err := s.Receive(func(*Packet) {}); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the deadline: %v", err)
	}
	s.SetReadDeadline(time.Time{})
	done := make(chan error, 1)
	go func() { done <- s.Receive(func(*Packet) {}) }()
	time.Sleep(20 * time.Millisecond) // it should be waiting; if it is not yet, the test is only weaker
	s.Close()
	select {
	case err := <-done:
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	case <-time.After(soon):
		t.Fatal("Close does not end Receive")
	}
	if _, err := s.Drain(func(*Packet) {}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Drain after Close: %v", err)
	}
	if err := s.Send(&Packet{Src: ip("10.9.0.2"), Data: advert(1)}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Send after Close: %v", err)
	}
	s.Dropped()
}

// A socket survives that its interface goes away for a while; deleted, it reports errors and must be opened again.
func TestInterfaceDown(t *testing.T) {
	a, b := pair(t)
	from, to := open(t, a, SocketConfig{}), open(t, b, SocketConfig{})
	p := &Packet{Src: ip("10.9.0.1"), Data: advert(1)}
	a.IP("link set eth0 down")
	if err := from.Send(p); err == nil {
		t.Error("sent through an interface that is down")
	}
	a.IP("link set eth0 up")
	a.IP("link set eth0 name wan0")
	deadline := time.Now().Add(soon)
	for to.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); ; to.SetReadDeadline(time.Now().Add(100 * time.Millisecond)) {
		from.Send(p)
		if to.Receive(func(*Packet) {}) == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing arrives after down, up and rename")
		}
	}
}

// What arrived before a Drain began comes out of it with the time of its arrival, however late the process is.
func TestDrainKnowsWhenPacketsCame(t *testing.T) {
	a, b := pair(t)
	from, to := open(t, a, SocketConfig{}), open(t, b, SocketConfig{})
	// The kernel turns stamping on a moment after it was asked for.
	stamping := func() (on bool) {
		began := time.Now()
		from.Send(&Packet{Src: ip("10.9.0.1"), Data: advert(1)})
		time.Sleep(5 * time.Millisecond)
		to.Drain(func(p *Packet) { on = p.Time.Sub(began) < 3*time.Millisecond })
		return on
	}
	if !nstest.Within(soon, stamping) {
		t.Fatal("no time stamps")
	}
	var sent []time.Time
	for range 3 {
		sent = append(sent, time.Now())
		if err := from.Send(&Packet{Src: ip("10.9.0.1"), Data: advert(1)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Millisecond) // the process is late
	}
	i := 0
	n, err := to.Drain(func(p *Packet) {
		if late := p.Time.Sub(sent[i]); late < 0 || late > 15*time.Millisecond {
			t.Errorf("packet %d: received %v after it was sent", i, late)
		}
		i++
	})
	if n != 3 || err != nil {
		t.Errorf("%d packets, %v", n, err)
	}
}

// The kernel stamps with the wall clock, which somebody can set while a packet is queued.
func TestReceiveTimeWithoutTrust(t *testing.T) {
	now := time.Now()
	r := receiver{empty: now.Add(-time.Second)}
	for _, row := range []struct {
		name  string
		stamp time.Time
		want  time.Duration // before now
	}{
		{"no stamp", time.Time{}, 0},
		{"half a second ago", now.Add(-time.Second / 2).Round(0), time.Second / 2},
		{"clock set forward by an hour since", now.Add(-time.Hour).Round(0), 0},
		{"clock set back by an hour since", now.Add(time.Hour).Round(0), 0},
	} {
		if got := now.Sub(r.received(now, row.stamp)); got != row.want {
			t.Errorf("%s: received %v ago, want %v", row.name, got, row.want)
		}
	}
}

func TestSocketConfigErrors(t *testing.T) {
	eth0 := Interface{Name: "eth0", Index: 1}
	for name, cfg := range map[string]SocketConfig{
		"multicast without interface":  {},
		"group of the wrong family":    {Interface: eth0, Group: Group6},
		"own address of wrong family":  {Interface: eth0, IPv6: true, Unicast: ip("10.0.0.1")},
		"group is not multicast":       {Interface: eth0, Group: ip("10.0.0.1")},
		"link-local without interface": {IPv6: true, Unicast: ip("fe80::1")},
		"IPv4 in IPv6":                 {Interface: eth0, IPv6: true, Unicast: ip("::ffff:10.0.0.1")},
	} {
		if s, err := Open(cfg); err == nil {
			s.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSendErrors(t *testing.T) {
	a, _ := pair(t)
	s := open(t, a, SocketConfig{})
	for name, p := range map[string]Packet{
		"no data":             {Src: ip("10.9.0.1")},
		"no source":           {Data: advert(1)},
		"source wrong family": {Src: ip("fe80::1"), Data: advert(1)},
		"dst wrong family":    {Src: ip("10.9.0.1"), Dst: ip("fe80::1"), Data: advert(1)},
		"too long":            {Src: ip("10.9.0.1"), Data: make([]byte, longest+1)},
	} {
		if err := s.Send(&p); !errors.Is(err, errBadPacket) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSocketAllocs(t *testing.T) {
	a, b := pair(t)
	for _, v6 := range []bool{false, true} {
		p := Packet{Src: ip("10.9.0.1"), Data: advert(1)}
		if v6 {
			p.Src = ip("fe80::1")
		}
		from, to := open(t, a, SocketConfig{IPv6: v6}), open(t, b, SocketConfig{IPv6: v6})
		got := 0
		fn := func(*Packet) { got++ }
		allocs := testing.AllocsPerRun(100, func() {
			if from.Send(&p) != nil || to.Receive(fn) != nil {
				t.Error("failed")
			}
			to.Drain(fn)
		})
		if allocs != 0 || got < 100 {
			t.Errorf("IPv6 %v: %v allocations for a packet, %d received", v6, allocs, got)
		}
	}
}
