package netif

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// news collects events.
type news struct {
	*Watcher
	t  *testing.T
	mu sync.Mutex
	// events and when they came.
	events []Event
	when   []time.Time
	told   chan struct{}
}

func watch(t *testing.T, n *nstest.Namespace, cfg WatchConfig) *news {
	t.Helper()
	s := &news{t: t, told: make(chan struct{}, 1)}
	n.Do(func() (err error) {
		s.Watcher, err = Watch(cfg, s.tell)
		return err
	})
	t.Cleanup(func() { s.Close() })
	return s
}

func (s *news) tell(e Event) {
	s.mu.Lock()
	s.events, s.when = append(s.events, e), append(s.when, time.Now())
	s.mu.Unlock()
	select {
	case s.told <- struct{}{}:
	default:
	}
}

// wait waits for an event that reads like this, and forgets it and all before it.
func (s *news) wait(want string) (Event, time.Time) {
	s.t.Helper()
	end := time.After(soon)
	for {
		s.mu.Lock()
		for i, e := range s.events {
			if e.String() == want {
				when := s.when[i]
				s.events, s.when = s.events[i+1:], s.when[i+1:]
				s.mu.Unlock()
				return e, when
			}
		}
		s.mu.Unlock()
		select {
		case <-s.told:
		case <-end:
			s.t.Fatalf("no event %q; there are %v", want, s.all())
		}
	}
}

func (s *news) all() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

func TestWatch(t *testing.T) {
	n, _, _ := alone(t, "10.9.0.1/24", "10.9.0.2/24")
	w := watch(t, n, WatchConfig{})
	eth0, ok := w.Interface("eth0")
	if !ok || !eth0.Usable() || !eth0.Announces() || eth0.Kind != "veth" || eth0.MTU != 1500 || eth0.MAC == (MAC{}) || !eth0.Multicast {
		t.Fatalf("eth0: %+v", eth0)
	}
	if lo, ok := w.Interface("lo"); !ok || lo.Announces() || !lo.Loopback || !lo.Usable() {
		t.Errorf("lo: %+v", lo)
	}
	if list := w.Addresses(eth0.Index); len(list) < 2 || list[0].Prefix != prefix("10.9.0.1/24") || list[1].Flags&Secondary == 0 {
		t.Errorf("addresses: %v", list)
	}

	steps := []struct {
		do   string
		want []string
		ok   func(Event) bool // of the last
	}{
		{"addr add 10.9.0.100/32 dev eth0", []string{"address added eth0 10.9.0.100/32"}, nil},
		{"addr change 10.9.0.100/32 dev eth0 preferred_lft 0", []string{"address changed eth0 10.9.0.100/32"}, func(e Event) bool { return e.Address.Preferred == Expired }},
		{"addr del 10.9.0.100/32 dev eth0", []string{"address removed eth0 10.9.0.100/32"}, nil},
		{"addr del 10.9.0.1/24 dev eth0", []string{"address removed eth0 10.9.0.2/24", "address removed eth0 10.9.0.1/24"}, nil},
		{"addr add fd00::1/64 dev eth0 nodad", []string{"address added eth0 fd00::1/64"}, func(e Event) bool { return e.Address.Usable() }},
		{"link set other down", []string{"interface changed eth0"}, func(e Event) bool { return !e.Interface.Carrier && e.Interface.Up && e.Was.Carrier }},
		{"link set other up", []string{"interface changed eth0"}, func(e Event) bool { return e.Interface.Usable() }},
		{"link set eth0 down", []string{"address removed eth0 fd00::1/64"}, nil},
		{"link set eth0 mtu 1400", []string{"interface changed eth0"}, func(e Event) bool { return e.Interface.MTU == 1400 && !e.Interface.Up }},
		{"link set eth0 name wan0", []string{"interface removed eth0", "interface added wan0"}, func(e Event) bool { return e.Interface.Index == eth0.Index }},
		{"addr add 10.9.0.7/24 dev wan0", []string{"address added wan0 10.9.0.7/24"}, nil},
		{"link del wan0", []string{"address removed wan0 10.9.0.7/24", "interface removed wan0"}, nil},
		{"link add eth0 type bridge", []string{"interface added eth0"}, func(e Event) bool { return e.Interface.Index != eth0.Index && e.Interface.Kind == "bridge" }},
		// A port that leaves a bridge is no interface that vanishes.
		{"link add p0 type veth peer name p1", []string{"interface added p0"}, nil},
	}
	for _, s := range steps {
		n.IP(s.do)
		var e Event
		for _, want := range s.want {
			e, _ = w.wait(want)
		}
		if s.ok != nil && !s.ok(e) {
			t.Errorf("%s: %+v", s.do, e)
		}
	}
	n.IP("link set p0 master eth0")
	n.IP("link set p0 nomaster")
	n.IP("link add last type bridge")
	w.wait("interface added last")
	if _, ok := w.Interface("p0"); !ok {
		t.Error("p0 is believed to be gone")
	}
	if got := fmt.Sprint(w.Interfaces()); strings.Count(got, " ") < 4 || strings.Contains(got, "wan0") {
		t.Error(got)
	}
}

// It must be known within 5 ms that somebody took a virtual address, to have it back in 5 ms.
func TestRemovedAddressIsReportedAtOnce(t *testing.T) {
	n, h, eth0 := alone(t, "10.9.0.1/24")
	w := watch(t, n, WatchConfig{})
	var late []time.Duration
	for range 50 {
		if _, err := h.AddAddress(eth0.Index, Address{Prefix: prefix("10.9.0.100/32")}); err != nil {
			t.Fatal(err)
		}
		var began time.Time
		n.Do(func() error {
			l, err := netlink.LinkByName("eth0")
			if err != nil {
				return err
			}
			a, _ := netlink.ParseAddr("10.9.0.100/32")
			began = time.Now()
			return netlink.AddrDel(l, a)
		})
		_, when := w.wait("address removed eth0 10.9.0.100/32")
		late = append(late, when.Sub(began))
	}
	slices.Sort(late)
	t.Logf("from before the removal to the event: median %v, longest %v", late[len(late)/2], late[len(late)-1])
	if late[len(late)/2] > 5*time.Millisecond {
		t.Errorf("median %v, want less than 5 ms", late[len(late)/2])
	}
}

// 10,000 changes of addresses, more than the buffer takes: nothing that is still true may be missing afterwards.
func TestWatchLosesNothing(t *testing.T) {
	n, h, eth0 := alone(t, "10.9.0.1/24", "10.9.0.99/32")
	for _, row := range []struct {
		name string
		cfg  WatchConfig
		lose bool
	}{
		{"buffer too small", WatchConfig{Buffer: 1}, true},
		{"default buffer", WatchConfig{}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			n.IP("addr replace 10.9.0.99/32 dev eth0")
			block := make(chan struct{})
			s := &news{t: t, told: make(chan struct{}, 1)}
			var once sync.Once
			n.Do(func() (err error) {
				s.Watcher, err = Watch(row.cfg, func(e Event) {
					if row.lose {
						once.Do(func() { <-block }) // somebody is not quick
					}
					s.tell(e)
				})
				return err
			})
			defer s.Close()
			for i := range 5000 {
				a := Address{Prefix: prefix(fmt.Sprintf("10.10.%d.%d/32", i/250, 1+i%250))}
				_, err := h.AddAddress(eth0.Index, a)
				_, err2 := h.RemoveAddress(eth0.Index, a)
				if err != nil || err2 != nil {
					t.Fatal(err, err2)
				}
			}
			n.IP("addr del 10.9.0.99/32 dev eth0")
			n.IP("addr add 10.9.0.98/32 dev eth0")
			close(block)
			if row.lose {
				s.wait("address removed eth0 10.9.0.99/32")
				s.wait("address added eth0 10.9.0.98/32")
				s.wait("resynchronised")
			} else {
				s.wait("address removed eth0 10.9.0.99/32")
				s.wait("address added eth0 10.9.0.98/32")
				if slices.ContainsFunc(s.all(), func(e Event) bool { return e.Kind == Resynced }) {
					t.Error("events were lost")
				}
			}
			list := s.Addresses(eth0.Index)
			if want, err := h.Addresses(eth0.Index); err != nil || fmt.Sprint(list) != fmt.Sprint(want) {
				t.Errorf("%v believed, %v true, %v", list, want, err)
			}
			n.IP("addr del 10.9.0.98/32 dev eth0")
			s.wait("address removed eth0 10.9.0.98/32")
			if s.Err() != nil {
				t.Error(s.Err())
			}
		})
	}
}

func FuzzParseLink(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0, 2, 0, 0, 0, 0x43, 0x10, 1, 0, 0, 0, 0, 0, 9, 0, 3, 0, 'e', 't', 'h', '0', 0, 0, 0, 0, 8, 0, 4, 0, 0xdc, 5, 0, 0})
	f.Fuzz(func(t *testing.T, m []byte) {
		if i, ok := parseLink(m); ok && (i.Name == "" || i.Index <= 0) {
			t.Errorf("%+v", i)
		}
	})
}
