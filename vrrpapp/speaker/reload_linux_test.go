package speaker

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// No reload moves the address or loses a ping.
func TestReload(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Router)
	}{
		{"nothing", func(*Router) {}},
		{"the name", func(r *Router) { r.Name = "W" }},
		{"an address more", func(r *Router) { r.Addresses = append(r.Addresses, addressOf("10.9.0.101/32")) }},
		{"the mask", func(r *Router) { r.Addresses[0] = addressOf("10.9.0.100/24") }},
		{"the label", func(r *Router) { r.Addresses[0].Label = "eth0:1" }},
		{"the priority", func(r *Router) { r.FSM.Priority = 210 }},
		{"the version", func(r *Router) { r.FSM.Version, r.FSM.Interval = 2, time.Second }},
		{"the VRID", func(r *Router) { r.VRID = 81 }},
		{"unicast", func(r *Router) {
			r.Unicast, r.FSM.Peers = true, []fsm.Peer{{Addr: ip("10.9.0.2")}}
		}},
		{"another group", func(r *Router) { r.MulticastGroup = ip("224.0.0.77") }},
		{"excluded", func(r *Router) { r.Addresses, r.Excluded = nil, r.Addresses }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			lab := lab(t, "a")
			r := quick(200)
			a := speak(t, lab.Node("a"), one(r))
			a.reaches("V", fsm.Master)
			ping := lab.Node("client").Ping(vip, 5*time.Millisecond)
			nstest.Within(soon, func() bool { return ping.Answered() > 3 })
			ping.Stop() // the first resolution is not the question
			ping = lab.Node("client").Ping(vip, 5*time.Millisecond)
			nstest.Within(soon, func() bool { return ping.Answered() > 3 })
			r.Addresses = slices.Clone(r.Addresses)
			row.change(&r)
			a.apply(one(r))
			s := a.status(r.Name)
			if s.State != fsm.Master {
				t.Errorf("state %v", s.State)
			}
			for _, x := range s.Addresses {
				if !nstest.Within(soon, func() bool { return lab.Node("a").Holds(x.Address.Addr()) }) {
					t.Errorf("%v is not there", x.Address)
				}
			}
			was := ping.Answered()
			nstest.Within(soon, func() bool { return ping.Answered() > was+20 })
			if p := ping.Stop(); p.Lost > 1 {
				t.Errorf("lost %v", p)
			}
			a.Release(time.Second)
			if out := lab.Node("a").IP("-4 addr show dev eth0"); strings.Contains(out, "10.9.0.10") {
				t.Errorf("left behind: %s", out)
			}
		})
	}
}

// A configuration that is refused changes nothing.
func TestRefusedConfigurationChangesNothing(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	bad := quick(100)
	bad.Name, bad.VRID = "W", 0
	err := a.Apply(Config{Routers: []Router{quick(50), bad}, Groups: []Group{{Name: "G", Routers: []string{"X"}}}})
	if err == nil || !strings.Contains(err.Error(), "vrrp_instance W: virtual_router_id 0") || !strings.Contains(err.Error(), "no vrrp_instance X") {
		t.Errorf("error %v", err)
	}
	if s, _ := a.Status(); len(s) != 1 || s[0].Priority != 200 || s[0].State != fsm.Master {
		t.Errorf("status %+v", s)
	}
}

// A router that is no longer in the configuration hands over behind the back of the others.
func TestRemovedRouterHandsOver(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), one(quick(100)))
	b.reaches("V", fsm.Backup)
	ping := lab.Node("client").Ping(vip, 5*time.Millisecond)
	nstest.Within(soon, func() bool { return ping.Answered() > 10 })
	a.apply(Config{})
	b.reaches("V", fsm.Master)
	if !nstest.Within(soon, func() bool { return !lab.Node("a").Holds(vip) }) {
		t.Error("a keeps the address")
	}
	if r := ping.Stop(); r.Lost > 2 {
		t.Errorf("lost %v", r)
	}
	if !nstest.Within(soon, func() bool {
		empty := false
		a.do(func() { empty = len(a.sockets) == 0 && len(a.leaving) == 0 && len(a.units) == 0 })
		return empty
	}) {
		t.Error("it is not buried")
	}
}

// A router that comes back while it hands over takes that back.
func TestReturnWhileLeaving(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	a.apply(Config{})
	a.apply(one(quick(200)))
	if s := a.status("V"); s.State != fsm.Master || s.History[0].Why != fsm.Resumed {
		t.Errorf("%+v", s)
	}
	if !nstest.Within(soon, func() bool { return lab.Node("a").Holds(vip) }) {
		t.Error("the address is gone")
	}
}

// Roles of a dead guard go on without a gap; too old ones do not.
func TestAdoptAfterDeath(t *testing.T) {
	for _, row := range []struct {
		name string
		died time.Duration
		want fsm.State
	}{{"just now", 50 * time.Millisecond, fsm.Master}, {"too long ago", time.Second, fsm.Probing}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			lab := lab(t, "a")
			leave(t, lab.Node("a"), "10.9.0.100/32")
			a := open(t, lab.Node("a"), Options{Adopt: []string{"V"}, Died: time.Now().Add(-row.died)})
			a.apply(one(quick(200)))
			if s := a.status("V"); s.State != row.want {
				t.Errorf("state %v, want %v", s.State, row.want)
			}
		})
	}
}

// Nobody takes over before Ready.
func TestReady(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	a := open(t, lab.Node("a"), Options{})
	a.apply(one(quick(200)))
	if nstest.Within(700*time.Millisecond, func() bool { return a.status("V").State != fsm.Backup }) {
		t.Error("it did not wait")
	}
	a.Ready()
	if !nstest.Within(150*time.Millisecond, func() bool { return a.status("V").State == fsm.Master }) {
		t.Error("it waits although the master is long down")
	}
}

func group(names ...string) Config {
	c := Config{Groups: []Group{{Name: "G", Routers: names}}}
	for i, name := range names {
		r := quick(200)
		r.Name, r.VRID = name, uint8(80+i)
		r.Addresses = []Address{addressOf(netip4(100 + i))}
		c.Routers = append(c.Routers, r)
	}
	return c
}

func TestSyncGroup(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	c := group("V", "W")
	c.Routers[1].FSM.Trackers = []fsm.Tracker{{Name: "health"}}
	a := open(t, lab.Node("a"), Options{})
	a.Track("health", true, 0)
	a.apply(c)
	a.Ready()
	a.reaches("V", fsm.Master)
	a.reaches("W", fsm.Master)
	cb := group("V", "W")
	cb.Routers[0].FSM.Priority, cb.Routers[1].FSM.Priority = 100, 100
	b := speak(t, lab.Node("b"), cb)
	b.reaches("V", fsm.Backup)
	b.reaches("W", fsm.Backup)
	a.Track("health", false, 0)
	a.reaches("V", fsm.Fault)
	a.reaches("W", fsm.Fault)
	b.reaches("V", fsm.Master)
	b.reaches("W", fsm.Master)
	a.Track("health", true, 0)
	a.reaches("V", fsm.Master)
	a.reaches("W", fsm.Master)
	var roles []string
	for _, r := range a.reports(Changed) {
		if r.Group == "G" && r.Router == "" {
			roles = append(roles, r.To.String())
		}
	}
	if diff := cmp.Diff([]string{"BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER"}, roles); diff != "" {
		t.Errorf("the group's changes (-want +got):\n%s", diff)
	}
}

// Members come and go without a change of state.
func TestGroupMembersChange(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	a := speak(t, lab.Node("a"), group("V", "W"))
	a.reaches("V", fsm.Master)
	a.reaches("W", fsm.Master)
	is := func(want ...fsm.State) {
		t.Helper()
		list, _ := a.Status()
		var got []fsm.State
		for _, s := range list {
			got = append(got, s.State)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	a.apply(group("V", "W", "X"))
	is(fsm.Master, fsm.Master, fsm.Backup)
	a.reaches("X", fsm.Master)
	c := group("V", "W", "X")
	c.Groups = nil
	a.apply(c)
	is(fsm.Master, fsm.Master, fsm.Master)
	c.Groups = []Group{{Name: "G", Routers: []string{"V", "X"}}}
	a.apply(c)
	is(fsm.Master, fsm.Master, fsm.Master)
	// A member in fault leaves the group: the others recover.
	c.Routers[2].FSM.Trackers = []fsm.Tracker{{Name: "health"}}
	a.Track("health", false, 0)
	a.apply(c)
	a.reaches("X", fsm.Fault)
	a.reaches("V", fsm.Fault)
	c.Groups = nil
	a.apply(c)
	a.reaches("V", fsm.Master)
	a.reaches("X", fsm.Fault)
}

func TestRoutesAndRules(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	r := quick(200)
	r.Routes = []netif.Route{{Dst: prefix("192.0.2.0/24"), Via: ip("10.9.0.9"), Src: vip}}
	r.Rules = []netif.Rule{{From: prefix("10.9.0.100/32"), Table: 100, Priority: 4711}}
	a := speak(t, n, one(r))
	a.reaches("V", fsm.Master)
	there := func(want bool, text, list string) {
		t.Helper()
		if !nstest.Within(soon, func() bool { return strings.Contains(n.IP(list), text) == want }) {
			t.Fatalf("%s: %s", text, n.IP(list))
		}
	}
	both := func(want bool) {
		t.Helper()
		there(want, "192.0.2.0/24", "route")
		there(want, "4711", "rule")
	}
	both(true)
	n.IP("route del 192.0.2.0/24")
	both(true)
	n.IP("rule del priority 4711")
	both(true)
	n.IP("addr del 10.9.0.100/32 dev eth0") // takes the route with it
	both(true)
	r.Routes = []netif.Route{{Dst: prefix("198.51.100.0/24"), Via: ip("10.9.0.9")}}
	a.apply(one(r))
	there(false, "192.0.2.0/24", "route")
	there(true, "198.51.100.0/24", "route")
	a.Release(time.Second)
	there(false, "198.51.100.0/24", "route")
	there(false, "4711", "rule")
}

// Another VRID is another router to the peers, but to scripts it is the instance that it was: they see no stop.
func TestAnotherVRIDIsNoStop(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	r := quick(200)
	a := speak(t, lab.Node("a"), one(r))
	a.reaches("V", fsm.Master)
	before := len(a.reports(Changed))
	r.VRID = 81
	a.apply(one(r))
	for _, n := range a.reports(Changed)[before:] {
		if n.From.Role() != n.To.Role() {
			t.Errorf("%v -> %v, %v", n.From, n.To, n.Why)
		}
	}
	if s := a.status("V"); len(s.History) < 3 || s.History[0].Why != fsm.Adopted {
		t.Errorf("history %+v", s.History)
	}
	r.Name = "W"
	r.VRID = 82
	before = len(a.reports(Changed))
	a.apply(one(r))
	if n := a.reports(Changed)[before:]; len(n) != 2 || n[0].Router != "V" || n[0].To != fsm.Init || n[1].Router != "W" || n[1].From != fsm.Init {
		t.Errorf("another name: %+v", n)
	}
}
