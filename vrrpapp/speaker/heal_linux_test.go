package speaker

import (
	"net"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

var vip = ip("10.9.0.100")

func TestRemovedAddressIsBack(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	a := speak(t, lab.Node("a"), one(quick(100)))
	a.reaches("V", fsm.Master)
	hold := lab.Hold(vip)
	lab.Node("a").IP("addr del 10.9.0.100/32 dev eth0")
	if !nstest.Within(soon, func() bool { return a.status("V").Counts.Removed == 1 && len(hold.Now()) == 1 }) {
		t.Fatalf("not back: %+v", a.status("V"))
	}
	most := 5 * time.Millisecond
	if raceEnabled {
		most *= 10
	}
	if r := hold.Stop(); r.Nobody > most {
		t.Errorf("gone for %v", r)
	}
	if s := a.status("V"); s.State != fsm.Master || s.Counts.Transitions != 2 {
		t.Errorf("the state changed: %+v", s.History)
	}
}

// leave puts addresses with our mark on eth0.
func leave(t *testing.T, n *nstest.Node, list ...string) {
	t.Helper()
	n.Do(func() error {
		h, err := netif.OpenHost()
		if err != nil {
			return err
		}
		defer h.Close()
		eth0, err := net.InterfaceByName("eth0")
		for _, p := range list {
			if err == nil {
				_, err = h.AddAddress(eth0.Index, netif.Address{Prefix: prefix(p)})
			}
		}
		return err
	})
}

// An address that appears on a backup with our mark goes, another one is only reported.
func TestAddressOnBackup(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), one(quick(100)))
	b.reaches("V", fsm.Backup)
	leave(t, lab.Node("b"), "10.9.0.100/32")
	if !nstest.Within(soon, func() bool { return len(b.reports(Noticed)) == 1 && !lab.Node("b").Holds(vip) }) {
		t.Error("our mark does not make it go")
	}
	lab.Node("b").IP("addr add 10.9.0.100/32 dev eth0")
	if nstest.Within(300*time.Millisecond, func() bool { return !lab.Node("b").Holds(vip) }) {
		t.Error("somebody else's address was removed")
	}
}

// What a life before has left is kept if nobody else is master, and removed otherwise; what no router has any more is
// removed.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	for _, node := range []string{"a", "b"} {
		leave(t, lab.Node(node), "10.9.0.100/32", "10.9.0.101/32")
	}
	hold := lab.Hold(vip)
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), one(quick(100)))
	b.reaches("V", fsm.Backup)
	for _, node := range []string{"a", "b"} {
		if lab.Node(node).Holds(ip("10.9.0.101")) {
			t.Errorf("%s has an address that is not in the configuration", node)
		}
	}
	r := hold.Stop()
	for _, c := range r.Changes {
		if c.Node == "a" {
			t.Errorf("the address moved at a: %v", r)
		}
	}
	if len(r.Holders) != 1 {
		t.Errorf("%v", r)
	}
	if h := a.status("V").History; len(h) != 2 || h[1].To != fsm.Probing {
		t.Errorf("history %+v", h)
	}
}

func TestInterfaceIsMadeAgain(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	a := speak(t, lab.Node("a"), one(quick(200)))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), one(quick(100)))
	b.reaches("V", fsm.Backup)
	for range 2 {
		lab.Node("a").IP("link del eth0")
		b.reaches("V", fsm.Master)
		a.reaches("V", fsm.Fault)
		lab.Node("a").Wire()
		a.reaches("V", fsm.Fault) // without an address
		address(lab.Node("a"), 1)
		a.reaches("V", fsm.Master)
		b.reaches("V", fsm.Backup)
		if !lab.Node("a").Holds(vip) || lab.Node("b").Holds(vip) {
			t.Fatal("the address is not at a alone")
		}
	}
}

// A flap shorter than the backups' patience costs nothing lasting.
func TestCarrierFlap(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	r := quick(200)
	r.FSM.Version, r.FSM.Interval = 2, time.Second
	a := speak(t, lab.Node("a"), one(r))
	a.reaches("V", fsm.Master)
	lab.Node("a").Unplug()
	a.reaches("V", fsm.Fault)
	if lab.Node("a").Holds(vip) {
		t.Error("the address stays without carrier")
	}
	lab.Node("a").Plug()
	begun := time.Now()
	a.reaches("V", fsm.Master)
	if d := time.Since(begun); d > time.Second {
		t.Errorf("back after %v", d)
	}
}
