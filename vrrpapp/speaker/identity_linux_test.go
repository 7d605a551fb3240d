package speaker

import (
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// unicast is a router of 100 ms between two nodes of the lab.
func unicast(name string, priority uint8, from, to, vip string) Router {
	r := quick(priority)
	r.Name, r.Unicast, r.Source = name, true, ip(from)
	r.FSM.Peers = []fsm.Peer{{Addr: ip(to)}}
	r.Addresses = []Address{addressOf(vip)}
	return r
}

// Two unicast routers with one VRID on one interface are told apart by their peers, as keepalived 2.2.7 does: one is backup of its
// peer, the other master of its own. They stay what they are through a reload that exchanges their names.
func TestTwins(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b", "c")
	const x, y = "10.9.0.101/32", "10.9.0.102/32"
	b := speak(t, lab.Node("b"), one(unicast("P", 200, "10.9.0.2", "10.9.0.1", x)))
	b.reaches("P", fsm.Master)
	c := speak(t, lab.Node("c"), one(unicast("P", 50, "10.9.0.3", "10.9.0.1", y)))
	c.reaches("P", fsm.Master)
	v, w := unicast("V", 100, "10.9.0.1", "10.9.0.2", x), unicast("W", 100, "10.9.0.1", "10.9.0.3", y)
	a := speak(t, lab.Node("a"), Config{Routers: []Router{v, w}})
	a.reaches("W", fsm.Master)
	a.reaches("V", fsm.Backup)
	c.reaches("P", fsm.Backup)
	v.Name, w.Name = "W", "V"
	a.apply(Config{Routers: []Router{w, v}})
	for name, want := range map[string]fsm.State{"W": fsm.Backup, "V": fsm.Master} {
		if s := a.status(name); s.State != want || s.Rejected[fsm.UnknownPeer] != 0 || s.Counts.Transitions > 2 {
			t.Errorf("after the reload: %+v", s)
		}
	}
	a.apply(one(v))
	c.reaches("P", fsm.Master)
	if s := a.status("W"); s.State != fsm.Backup || s.Counts.Transitions != 1 {
		t.Errorf("after the twin went: %+v", s)
	}
	a.apply(Config{Routers: []Router{v, w}})
	a.reaches("V", fsm.Master)
	c.reaches("P", fsm.Backup)
}

func TestTwinsCheck(t *testing.T) {
	v, w := unicast("V", 100, "10.9.0.1", "10.9.0.2", "10.9.0.101/32"), unicast("W", 100, "10.9.0.1", "10.9.0.3", "10.9.0.102/32")
	both, none, group := w, w, quick(100)
	both.FSM.Peers = append(both.FSM.Peers[:1:1], v.FSM.Peers...)
	none.FSM.Peers = nil
	group.Name = "G"
	other := group
	other.Name = "H"
	for _, row := range []struct {
		name string
		list []Router
		want string // "": no error
	}{
		{"disjoint", []Router{v, w}, ""},
		{"a peer in common", []Router{v, both}, "vrrp_instance W: virtual_router_id 80 on eth0 is V's, and both have the unicast_peer 10.9.0.2"},
		{"one without peers", []Router{v, none}, "vrrp_instance W: virtual_router_id 80 on eth0 is V's"},
		{"multicast", []Router{group, other}, "vrrp_instance H: virtual_router_id 80 on eth0 is G's"},
		{"unicast and multicast", []Router{v, group}, ""},
	} {
		c := Config{Routers: row.list}
		err := c.Check()
		if row.want == "" && err != nil || row.want != "" && (err == nil || err.Error() != row.want || strings.Count(err.Error(), "\n") != 0) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
