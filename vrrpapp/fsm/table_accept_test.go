package fsm

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRefused: what is refused changes no timer, in no state; the reason is counted and named once.
func TestRefused(t *testing.T) {
	n := tutorial()
	unicast := with(n, func(c *Config) { c.Peers = []Peer{{Addr: higher}, {Addr: lower, MinTTL: 250, MaxTTL: 254}} })
	stranger := netip.MustParseAddr("10.0.0.77")
	for _, c := range []struct {
		name   string
		clause string
		config Config
		advert *Advert
		want   Reason
	}{
		{"our own address", "RFC 5798 7.1", n, says(n, 200, us), OwnAddress},
		{"another version", "RFC 5798 7.1", n, says(n, 200, higher, func(a *Advert) { a.Version = 3 }), VersionDiffers},
		{"version 2 for 3", "RFC 5798 7.1", v3(), says(v3(), 200, higher, func(a *Advert) { a.Version = 2 }), VersionDiffers},
		{"no password", "RFC 2338 7.1", n, says(n, 200, higher, func(a *Advert) { a.Auth = Key{} }), AuthType},
		{"a password that we do not have", "RFC 2338 7.1", plain(), says(n, 200, higher), AuthType},
		{"IPsec", "RFC 2338 7.1", n, says(n, 200, higher, func(a *Advert) { a.Auth.Type = 2 }), AuthType},
		{"another password", "RFC 2338 7.1", n, says(n, 200, higher, func(a *Advert) { a.Auth.Data[3] = '2' }), AuthData},
		{"other addresses", "virtual_router_id twice on a segment", n, says(n, 200, stranger, func(a *Advert) { a.Addrs = []netip.Addr{netip.MustParseAddr("10.0.0.200")} }), ForeignCluster},
		{"priority zero of another cluster", "virtual_router_id twice on a segment", n, says(n, 0, stranger, func(a *Advert) { a.Addrs = []netip.Addr{netip.MustParseAddr("10.0.0.200")} }), ForeignCluster},
		{"none of our peers", "check_unicast_src", unicast, says(n, 200, stranger), UnknownPeer},
		{"less than min_ttl", "unicast_peer min_ttl", unicast, says(n, 200, lower, func(a *Advert) { a.TTL = 249 }), PeerTTL},
		{"more than max_ttl", "unicast_peer max_ttl", unicast, says(n, 200, lower), PeerTTL},
	} {
		for name, start := range map[string]func(Config) []step{"backup": begun, "master": ruling} {
			t.Run(c.clause+": "+c.name+" to a "+name, func(t *testing.T) {
				m, err := New(c.config)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range start(c.config) {
					m.Handle(epoch.Add(s.at), s.tell)
				}
				before, state, now := m.due, m.state, m.now.Add(10*ms)
				out := m.Handle(now, c.advert)
				if len(out) != 1 || out[0].Do != Report || out[0].Why != c.want || out[0].Peer != c.advert.Source {
					t.Fatalf("%v, want a report of %s", out, c.want)
				}
				for range 10000 {
					if out := m.Handle(now, c.advert); len(out) != 0 {
						t.Fatal("named again:", out)
					}
				}
				if m.due != before || m.state != state || m.Status().Rejected[c.want] != 10001 || m.counts.Received != 0 {
					t.Errorf("timers %v, were %v; %v, was %v; %v", m.due, before, m.state, state, m.Status())
				}
				if out := m.Handle(now.Add(time.Minute), c.advert); len(out) != 1 || out[0].Count != 10000 {
					t.Errorf("a minute later %+v", out)
				}
			})
		}
	}
}

// TestRejected: what package wire refused only counts.
func TestRejected(t *testing.T) {
	m, _ := New(tutorial())
	for _, s := range ruling(tutorial()) {
		m.Handle(epoch.Add(s.at), s.tell)
	}
	before := m.due
	r := Rejected{Reason: "checksum", Source: lower}
	if out := m.Handle(m.now, &r); len(out) != 1 || out[0].String() != "report checksum 10.0.0.1" {
		t.Error(out)
	}
	for i := range 10000 {
		r.Source = netip.AddrFrom4([4]byte{172, 16, byte(i >> 8), byte(i)})
		m.Handle(m.now, &r)
	}
	if len(m.said) > mostReports+1 {
		t.Errorf("%d sources are remembered", len(m.said))
	}
	if m.due != before || m.Status().Rejected["checksum"] != 10001 {
		t.Error(m.due, before, m.Status().Rejected)
	}
	// what was too much shares a line, and a minute later there is room again
	for i := range 50 {
		r.Source = netip.AddrFrom4([4]byte{172, 17, 0, byte(i)})
		if out := m.Handle(epoch.Add(time.Hour), &r); len(out) != 1 || out[0].Peer != r.Source {
			t.Fatal(out)
		}
	}
}

func TestAccepted(t *testing.T) {
	n := tutorial()
	both := with(n, func(c *Config) { c.Keys = append(slices.Clone(c.Keys), Key{1, [8]byte{'2'}}) })
	unicast := with(n, func(c *Config) { c.Peers = []Peer{{Addr: higher}} })
	ttl := with(n, func(c *Config) { c.Peers = []Peer{{Addr: lower, MinTTL: 250, MaxTTL: 254}} })
	other := func(a *Advert) { a.Addrs = []netip.Addr{netip.MustParseAddr("10.0.0.200")} }
	playAll(t, []row{
		{"authentication", "each of several passwords", both, life(begun(n),
			step{sec, says(n, 200, higher, func(a *Advert) { a.Auth.Data = [8]byte{'2'} }), "", sec + down2})},
		{"authentication", "version 3 has none (RFC 5798 9)", with(v3(), func(c *Config) { c.Keys = n.Keys }), life(begun(v3()),
			step{50 * ms, says(v3(), 200, higher), "", 50*ms + down3})},
		{"addresses", "one in common is enough, the difference is named", n, life(begun(n),
			step{sec, says(n, 200, higher, func(a *Advert) { a.Addrs = append(a.Addrs, extra[0].Addr()) }), "report addresses_differ 10.0.0.9", sec + down2})},
		{"addresses", "the order does not matter", with(n, func(c *Config) { c.Addresses = append(slices.Clone(c.Addresses), extra[0]) }), life(begun(n),
			step{sec, says(n, 200, higher, func(a *Advert) { a.Addrs = []netip.Addr{extra[0].Addr(), vip.Addr()} }), "", sec + down2})},
		{"addresses", "none at all is a peer with all addresses excluded", n, life(begun(n),
			step{sec, says(n, 200, higher, func(a *Advert) { a.Addrs = nil }), "report addresses_differ 10.0.0.9", sec + down2})},
		{"addresses", "a known peer may change all of them", n, life(begun(n),
			step{sec, says(n, 200, higher), "", sec + down2}, step{2 * sec, says(n, 200, higher, other), "report addresses_differ 10.0.0.9", 2*sec + down2})},
		{"unicast", "so may a configured one", unicast, life(begun(n), step{sec, says(n, 200, higher, other), "report addresses_differ 10.0.0.9", sec + down2})},
		{"unicast", "the bounds of the TTL are allowed", ttl, life(begun(n),
			step{sec, says(n, 200, lower, func(a *Advert) { a.TTL = 250 }), "", sec + down2},
			step{2 * sec, says(n, 200, lower, func(a *Advert) { a.TTL = 254 }), "", 2*sec + down2})},
		{"authentication", "the password before the reload is named", n, life(begun(n),
			step{sec, Reload{with(n, func(c *Config) { c.Keys = []Key{{1, [8]byte{'n', 'e', 'w'}}} })}, "", 0},
			step{2 * sec, says(n, 200, higher), "report old_password 10.0.0.9", 2*sec + down2})},
		{"unicast", "any source, by configuration", with(unicast, func(c *Config) { c.AnySource = true }), life(begun(n), step{sec, says(n, 200, lower), "", sec + down2})},
	})
}

func TestPeersAreBounded(t *testing.T) {
	m, _ := New(plain())
	m.Handle(epoch, up)
	m.Handle(epoch, Start{})
	for i := range 1000 {
		m.Handle(epoch, says(plain(), 200, netip.AddrFrom4([4]byte{172, 16, byte(i >> 8), byte(i)})))
	}
	if len(m.peers) != mostPeers {
		t.Errorf("%d peers", len(m.peers))
	}
}

func TestValidate(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                             func(*Config) {},
		"version 4":                    func(c *Config) { c.Version = 4 },
		"advert_int 500ms":             func(c *Config) { c.Interval = 500 * ms },
		"advert_int 4m16s":             func(c *Config) { c.Interval = 256 * sec },
		"advert_int 40.96s":            func(c *Config) { c.Version, c.Interval = 3, 40960*ms },
		"advert_int 15ms":              func(c *Config) { c.Version, c.Interval = 3, 15*ms },
		"advert_int -1s":               func(c *Config) { c.Interval = -sec },
		"down_timer_adverts 101":       func(c *Config) { c.DownAdverts = 101 },
		"preempt_delay 16m41s":         func(c *Config) { c.NoPreempt, c.PreemptDelay = false, 1001*sec },
		"nopreempt and preempt_delay":  func(c *Config) { c.PreemptDelay = sec },
		"IPv6 needs version 3":         func(c *Config) { c.Addresses = []netip.Prefix{netip.MustParsePrefix("fe80::1/64")} },
		"of another family":            func(c *Config) { c.Version = 3; c.Addresses = append(c.Addresses, netip.MustParsePrefix("fe80::1/64")) },
		"virtual_ipaddress 1 is not":   func(c *Config) { c.Addresses = []netip.Prefix{{}} },
		"virtual_ipaddress_excluded 1": func(c *Config) { c.Excluded = []netip.Prefix{{}} },
		"a message takes 255":          func(c *Config) { c.Addresses = slices.Repeat([]netip.Prefix{vip}, 256) },
		"tracker a: weight 255":        func(c *Config) { c.Trackers = []Tracker{{Name: "a", Weight: 255}} },
		"tracker a is named twice":     func(c *Config) { c.Trackers = []Tracker{{Name: "a"}, {Name: "a", Weight: 1}} },
	} {
		_, err := New(with(tutorial(), change))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestValidateBounds(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"version 2": func(c *Config) { c.Interval, c.DownAdverts = 255*sec, 1 },
		"version 3": func(c *Config) { c.Version, c.Interval, c.DownAdverts = 3, 40950*ms, 100 },
		"the least": func(c *Config) { c.Version, c.Interval = 3, 10*ms },
		"delay":     func(c *Config) { c.NoPreempt, c.PreemptDelay = false, 1000*sec },
		"many":      func(c *Config) { c.Addresses = slices.Repeat([]netip.Prefix{vip}, 255) },
		"weights":   func(c *Config) { c.Trackers = []Tracker{{Name: "a", Weight: 254}, {Name: "b", Weight: -254}} },
	} {
		if _, err := New(with(tutorial(), change)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
