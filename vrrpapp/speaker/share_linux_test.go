package speaker

import (
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
