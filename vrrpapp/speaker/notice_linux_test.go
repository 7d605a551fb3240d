package speaker

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// noticed waits until something was noticed.
func (n *node) noticed(why fsm.Reason) (got Report) {
	n.t.Helper()
	if !nstest.Within(soon, func() bool {
		for _, r := range n.reports(Noticed) {
			if r.Why == why {
				got = r
				return true
			}
		}
		return false
	}) {
		n.t.Fatalf("%s was not noticed", why)
	}
	return got
}

// What is set otherwise on a peer is named.
func TestPeersThatDiffer(t *testing.T) {
	for _, row := range []struct {
		name     string
		change   func(*Router)
		differs  string
		rejected fsm.Reason
	}{
		{"nothing", func(*Router) {}, "", ""},
		{"addresses", func(r *Router) { r.Addresses = append(r.Addresses, addressOf("10.9.0.101/32")) }, "addresses", ""},
		{"interval", func(r *Router) { r.FSM.Interval = 2 * time.Second }, "interval", ""},
		{"version", func(r *Router) { r.FSM.Version = 3 }, "version", fsm.VersionDiffers},
		{"authentication", func(r *Router) { r.FSM.Keys = nil }, "auth_type", fsm.AuthType},
		{"password", func(r *Router) { r.FSM.Keys = pass("2222") }, "auth_pass", fsm.AuthData},
		{"another cluster", func(r *Router) { r.Addresses = []Address{addressOf("10.9.0.102/32")} }, "addresses", fsm.ForeignCluster},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			lab := lab(t, "a", "b")
			ra, rb := quick(255), quick(100)
			for _, r := range []*Router{&ra, &rb} {
				r.FSM.Version, r.FSM.Interval, r.FSM.Keys = 2, time.Second, pass("1111")
			}
			ra.FSM.StartMaster = true
			row.change(&ra)
			b := speak(t, lab.Node("b"), one(rb))
			speak(t, lab.Node("a"), one(ra))
			var p []PeerStatus
			if !nstest.Within(soon, func() bool { p = b.status("V").Peers; return len(p) == 1 }) {
				t.Fatal("it was not heard")
			}
			if p[0].Address != ip("10.9.0.1") || p[0].Priority != 255 || p[0].Rejected != row.rejected || strings.Join(p[0].Differs, " ") != row.differs {
				t.Errorf("%+v", p[0])
			}
		})
	}
}

// Foreign virtual routers are counted, and named if that is wanted.
func TestUnknownVRID(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	c := one(quick(200))
	c.LogUnknown = true
	a := speak(t, lab.Node("a"), c)
	r := quick(100)
	r.VRID, r.Addresses = 81, []Address{addressOf("10.9.0.101/32")}
	speak(t, lab.Node("b"), one(r))
	n := a.noticed(ForeignVRID)
	if n.Peer != ip("10.9.0.2") || n.Detail != "virtual_router_id 81 on eth0" {
		t.Errorf("%+v", n)
	}
	if s := a.status("V"); s.Unknown == 0 || s.Counts.Received != 0 || len(s.Peers) != 0 {
		t.Errorf("%+v", s)
	}
}

// Somebody who has the address without speaking VRRP is found by asking for it, from the master and from the backup; the master
// itself is none.
func TestForeignHolder(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"10.9.0.100/32", "fd00:9::100/128"} {
		t.Run(addr, func(t *testing.T) {
			t.Parallel()
			foreignHolder(t, addr)
		})
	}
}

func foreignHolder(t *testing.T, addr string) {
	lab := lab(t, "a", "b", "c")
	config := func(priority uint8) Config {
		r := quick(priority)
		r.Addresses = []Address{addressOf(addr)}
		r.IPv6 = prefix(addr).Addr().Is6()
		c := one(r)
		c.Probe = 100 * time.Millisecond
		return c
	}
	a := speak(t, lab.Node("a"), config(200))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), config(100))
	b.reaches("V", fsm.Backup)
	foreign := func(n *node) bool { return n.status("V").Addresses[0].Foreign != "" }
	if nstest.Within(500*time.Millisecond, func() bool { return foreign(a) || foreign(b) }) {
		t.Fatal("the master is taken for a stranger")
	}
	lab.Node("c").IP("addr add " + addr + " dev eth0 nodad")
	for _, n := range []*node{a, b} {
		if !nstest.Within(soon, func() bool { return foreign(n) }) {
			t.Fatal("not found")
		}
		if r := n.noticed(HeldElsewhere); r.Peer != prefix(addr).Addr() || !strings.Contains(r.Detail, " on eth0") {
			t.Errorf("%+v", r)
		}
	}
	mac := strings.Fields(lab.Node("c").IP("-br link show eth0"))[2]
	if got := a.status("V").Addresses[0].Foreign; got != mac {
		t.Errorf("foreign %s, want %s", got, mac)
	}
	lab.Node("c").IP("addr del " + addr + " dev eth0")
	if !nstest.Within(soon, func() bool { return !foreign(a) && !foreign(b) }) {
		t.Error("it is not forgotten")
	}
}

// Noise changes nothing but counters: one line for each kind and source.
func TestNoise(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	r := quick(250)
	r.Addresses = []Address{addressOf("10.9.0.102/32")}
	r.FSM.Interval = 10 * time.Millisecond
	b := speak(t, lab.Node("b"), one(r))
	b.reaches("V", fsm.Master)
	if !nstest.Within(soon, func() bool { return a.status("V").Rejected[fsm.ForeignCluster] > 50 }) {
		t.Error("not counted")
	}
	s := a.status("V")
	if s.State != fsm.Master || s.Counts.Transitions != 2 {
		t.Errorf("%+v", s)
	}
	lines := slices.DeleteFunc(a.reports(Noticed), func(r Report) bool { return r.Why != fsm.ForeignCluster })
	if len(lines) != 1 {
		t.Errorf("lines %+v", lines)
	}
}
