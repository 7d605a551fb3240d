package speaker

import (
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// An address of two virtual routers stays until both have let it go.
func TestSharedAddress(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	v, w := quick(200), quick(200)
	w.Name, w.VRID = "W", 81
	for _, first := range []string{"V", "W"} {
		a := speak(t, n, Config{Routers: []Router{v, w}})
		a.reaches("V", fsm.Master)
		a.reaches("W", fsm.Master)
		if err := a.Order(first, Hold); err != nil {
			t.Fatal(err)
		}
		a.reaches(first, fsm.Backup)
		if !n.Holds(vip) {
			t.Errorf("%s took the other's address", first)
		}
		n.IP("addr del 10.9.0.100/32 dev eth0")
		if !nstest.Within(soon, func() bool { return n.Holds(vip) }) {
			t.Errorf("after %s let go nobody looks after it", first)
		}
		a.Release(2 * time.Second)
		if n.Holds(vip) {
			t.Error("it stays")
		}
		a.Close()
	}
}

// An address that is named twice is advertised twice, as keepalived does: one before 2.3.3 refuses another count. On the interface it
// is once, as it is named first.
func TestRepeatedAddress(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b", "c")
	n := lab.Node("a")
	r := quick(200)
	b, c := quick(100), quick(50)
	b.Addresses = append(b.Addresses, b.Addresses[0])
	peers := map[string]*node{"": speak(t, lab.Node("b"), one(b)), "addresses": speak(t, lab.Node("c"), one(c))}
	r.Addresses = append(r.Addresses, r.Addresses[0])
	r.Addresses[0].Label, r.Addresses[1].Label = "eth0:1", "eth0:2"
	a := speak(t, n, one(r))
	a.reaches("V", fsm.Master)
	for differs, at := range peers {
		var got string
		if !nstest.Within(soon, func() bool {
			for _, p := range at.status("V").Peers {
				if p.Address == ip("10.9.0.1") {
					got = strings.Join(p.Differs, " ")
					return true
				}
			}
			return false
		}) || got != differs {
			t.Errorf("differs %q, want %q", got, differs)
		}
	}
	if out := n.IP("addr show dev eth0"); strings.Count(out, "10.9.0.100/32") != 1 || !strings.Contains(out, "eth0:1") {
		t.Error(out)
	}
	if err := a.Order("V", Hold); err != nil {
		t.Fatal(err)
	}
	a.reaches("V", fsm.Backup)
	if n.Holds(vip) || a.status("V").Counts.Removed != 0 {
		t.Error("it stays, or was put back")
	}
	r.Excluded = r.Addresses[:1]
	if c := one(r); c.Check() == nil {
		t.Error("the same address advertised and not is no error")
	}
}

// The way of the peer's checksum is taken over if that is wanted.
func TestLearnChecksum(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	r := quick(200)
	r.Checksum = wire.Plain
	b := speak(t, lab.Node("b"), one(r))
	b.reaches("V", fsm.Master)
	r = quick(100)
	r.LearnChecksum = true
	a := speak(t, lab.Node("a"), one(r))
	if !nstest.Within(soon, func() bool {
		var way wire.Checksum
		a.do(func() { way = a.routers[0].checksum })
		return way == wire.Plain
	}) {
		t.Error("not learnt")
	}
	if s := a.status("V"); s.State != fsm.Backup || s.Counts.Received == 0 {
		t.Errorf("%+v", s)
	}
}
