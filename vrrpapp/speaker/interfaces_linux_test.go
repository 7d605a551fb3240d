package speaker

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// second gives a node a cable of its own to nowhere: x1, whose carrier its other end x2 decides.
func second(n *nstest.Node) {
	n.IP("link add x1 type veth peer name x2")
	n.IP("link set x1 up")
	n.IP("link set x2 up")
}

func TestTrackedInterface(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	r := quick(200)
	r.Interfaces = []TrackedInterface{{Name: "x1"}, {Name: "x3", Weight: -20}}
	a := speak(t, n, one(r))
	a.reaches("V", fsm.Fault) // it does not exist
	second(n)
	a.reaches("V", fsm.Master)
	if s := a.status("V"); s.Priority != 180 || len(s.Trackers) != 2 || s.Trackers[0] != (TrackerStatus{Name: "interface x1", Known: true, Up: true}) {
		t.Errorf("%+v", s)
	}
	n.IP("link add x3 type bridge")
	n.IP("link set x3 up")
	n.IP("link set x2 down")
	a.reaches("V", fsm.Fault)
	n.IP("link set x2 up")
	a.reaches("V", fsm.Master)
}

// An interface that is not there is named as such: it may be a slip of the pen.
func TestNoInterface(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	r := quick(200)
	r.Interface = "x1"
	a := speak(t, n, one(r))
	a.reaches("V", fsm.Fault)
	if got := a.reports(Changed)[0]; got.Why != fsm.NoInterface || got.Detail != "interface x1" {
		t.Errorf("%+v", got)
	}
	faults := func(want ...fsm.Reason) {
		t.Helper()
		if !nstest.Within(soon, func() bool { return slices.Equal(a.status("V").Faults, want) }) {
			t.Errorf("%v, want %v", a.status("V").Faults, want)
		}
	}
	faults(fsm.NoInterface)
	n.IP("link add x1 type veth peer name x2")
	faults(fsm.LinkDown)
	n.IP("addr add 10.8.0.1/24 dev x1")
	n.IP("link set x1 up")
	n.IP("link set x2 up")
	a.reaches("V", fsm.Master)
	n.IP("link del x1")
	faults(fsm.NoInterface)
}

// A bounce that is shorter than the delay is none.
func TestInterfaceDelays(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	c := one(quick(200))
	c.Delays = map[string]Delay{"eth0": {Down: 300 * time.Millisecond, Up: 200 * time.Millisecond}}
	begun := time.Now()
	a := speak(t, n, c)
	a.reaches("V", fsm.Master)
	if d := time.Since(begun); d < 200*time.Millisecond+322*time.Millisecond {
		t.Errorf("master after %v: the interface was not up for long enough", d)
	}
	n.Unplug()
	if nstest.Within(150*time.Millisecond, func() bool { return a.status("V").State != fsm.Master }) {
		t.Error("a bounce counts")
	}
	n.Plug()
	if nstest.Within(400*time.Millisecond, func() bool { return a.status("V").State != fsm.Master }) {
		t.Error("a bounce counts later")
	}
	n.Unplug()
	a.reaches("V", fsm.Fault)
}

// A source that the node does not have is a fault only if that is wanted.
func TestTrackSource(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	r := quick(200)
	r.Source, r.TrackSource = ip("10.9.0.77"), true
	a := speak(t, lab.Node("a"), one(r))
	a.reaches("V", fsm.Fault)
	lab.Node("a").IP("addr add 10.9.0.77/24 dev eth0")
	a.reaches("V", fsm.Master)
	lab.Node("a").IP("addr del 10.9.0.77/24 dev eth0")
	a.reaches("V", fsm.Fault)
	r.TrackSource = false
	a.apply(one(r))
	a.reaches("V", fsm.Master)
	if s := a.status("V"); s.Source != r.Source {
		t.Errorf("source %v", s.Source)
	}
}

// Unicast can do without an interface; its addresses say where they go.
func TestUnicastWithoutInterface(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	config := func(priority uint8, own, other string) Config {
		r := quick(priority)
		r.Interface, r.Unicast, r.Source, r.FSM.Peers = "", true, ip(own), []fsm.Peer{{Addr: ip(other)}}
		r.Addresses[0].Dev = "eth0"
		return one(r)
	}
	a := speak(t, lab.Node("a"), config(200, "10.9.0.1", "10.9.0.2"))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), config(100, "10.9.0.2", "10.9.0.1"))
	b.reaches("V", fsm.Backup)
	a.Release(time.Second)
	b.reaches("V", fsm.Master)
	if !lab.Node("b").Holds(vip) {
		t.Error("the address is not there")
	}
}

// The primary address goes and takes the virtual one of its subnet with it; promote_secondaries keeps it.
func TestPrimaryAddressRemoved(t *testing.T) {
	for _, promote := range []bool{false, true} {
		t.Run(map[bool]string{false: "hand over", true: "promote_secondaries"}[promote], func(t *testing.T) {
			t.Parallel()
			lab := lab(t, "a", "b")
			r := quick(200)
			r.Addresses, r.PromoteSecondaries = []Address{addressOf("10.9.0.100/24")}, promote
			a := speak(t, lab.Node("a"), one(r))
			a.reaches("V", fsm.Master)
			rb := quick(100)
			rb.Addresses = r.Addresses
			b := speak(t, lab.Node("b"), one(rb))
			b.reaches("V", fsm.Backup)
			hold := lab.Hold(vip)
			lab.Node("a").IP("addr del 10.9.0.1/24 dev eth0")
			a.reaches("V", fsm.Fault)
			b.reaches("V", fsm.Master)
			if h := hold.Stop(); h.Nobody > 10*time.Millisecond {
				t.Errorf("%v", h)
			}
			want := uint64(1)
			if promote {
				want = 0
			}
			if got := a.status("V").Counts.Removed; got != want {
				t.Errorf("removed %d times, want %d", got, want)
			}
		})
	}
}

func TestStartupDelay(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	c := one(quick(200))
	c.StartupDelay = 300 * time.Millisecond
	a := speak(t, lab.Node("a"), c)
	if s := a.status("V"); s.State != fsm.Init {
		t.Errorf("state %v", s.State)
	}
	begun := time.Now()
	a.reaches("V", fsm.Master)
	if d := time.Since(begun); d < 550*time.Millisecond {
		t.Errorf("master after %v", d)
	}
}

func TestStatics(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	x := addressOf("192.0.2.1/24")
	x.Dev = "eth0"
	c := Config{
		StaticAddresses: []Address{x},
		StaticRoutes:    []netif.Route{{Dst: prefix("198.51.100.0/24"), Via: ip("192.0.2.9")}},
		StaticRules:     []netif.Rule{{From: prefix("192.0.2.0/24"), Table: 100, Priority: 4712}},
	}
	a := speak(t, n, c)
	all := func(want bool) {
		t.Helper()
		if !nstest.Within(soon, func() bool {
			s := n.IP("addr; ip route; ip rule")
			return strings.Contains(s, "192.0.2.1/24") == want && strings.Contains(s, "198.51.100.0/24") == want && strings.Contains(s, "4712") == want
		}) {
			t.Fatal(n.IP("addr; ip route; ip rule"))
		}
	}
	all(true)
	n.IP("addr del 192.0.2.1/24 dev eth0")
	all(true)
	n.IP("link set eth0 down")
	n.IP("link set eth0 up")
	all(true)
	a.apply(Config{})
	all(false)
	a.apply(c)
	all(true)
	a.Close()
	all(false)
}

// An address on another interface comes with it, and moves with the configuration.
func TestAddressOnOtherInterface(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	r := quick(200)
	r.Excluded = []Address{{Address: netif.Address{Prefix: prefix("192.0.2.100/32")}, Dev: "x1"}}
	a := speak(t, n, one(r))
	a.reaches("V", fsm.Master)
	if len(a.reports(Failed)) != 1 {
		t.Errorf("not reported: %+v", a.reports(Failed))
	}
	on := func(dev string, want bool) {
		t.Helper()
		if !nstest.Within(soon, func() bool { return strings.Contains(n.IP("addr show dev "+dev), "192.0.2.100/32") == want }) {
			t.Errorf("%s: %s", dev, n.IP("addr show dev "+dev))
		}
	}
	second(n)
	on("x1", true)
	r.Excluded = []Address{{Address: netif.Address{Prefix: prefix("192.0.2.100/32")}, Dev: "x2"}}
	a.apply(one(r))
	on("x1", false)
	on("x2", true)
	n.IP("link del x1")
	second(n)
	on("x2", true)
	a.Release(time.Second)
	on("x2", false)
}

// A reload that brings promote_secondaries sets it on an interface that was there before.
func TestPromoteSecondariesByReload(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	const file = "/proc/sys/net/ipv4/conf/eth0/promote_secondaries"
	is := func() (value string) {
		n.Do(func() error {
			b, err := os.ReadFile(file)
			value = strings.TrimSpace(string(b))
			return err
		})
		return value
	}
	n.Do(func() error { return os.WriteFile(file, []byte("0"), 0) })
	r := quick(200)
	a := speak(t, n, one(r))
	if is() != "0" {
		t.Fatal("it is set already")
	}
	r.PromoteSecondaries = true
	a.apply(one(r))
	if is() != "1" {
		t.Error("it is not set")
	}
}
