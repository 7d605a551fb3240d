package speaker

import (
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

func TestElectAndHandOver(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), one(quick(100)))
	b.reaches("V", fsm.Backup)
	vip := ip("10.9.0.100")
	if !lab.Node("a").Holds(vip) || lab.Node("b").Holds(vip) {
		t.Fatal("the address is not at a alone")
	}
	ping := lab.Node("client").Ping(vip, 5*time.Millisecond)
	if !nstest.Within(soon, func() bool { return ping.Answered() > 10 }) {
		t.Fatal("the address does not answer")
	}
	a.Release(time.Second)
	b.reaches("V", fsm.Master)
	if lab.Node("a").Holds(vip) || !lab.Node("b").Holds(vip) {
		t.Error("the address is not at b alone")
	}
	if r := ping.Stop(); r.Lost > 2 {
		t.Errorf("the hand-over lost %v", r)
	}
}
