package speaker

import (
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// While both have the address, the announcement that counts is the successor's: what the former master has not said yet it
// never says.
func TestSuccessorAnnouncesLast(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	client := lab.Node("client")
	config := func(priority uint8, repeat int) Config {
		c := one(quick(priority))
		c.Pace = map[string]Pace{"": {ARP: 10 * time.Millisecond}}
		c.Routers[0].FSM.Announce = fsm.Announcing{MasterRepeat: repeat, MasterDelay: -1, Refresh: -1}
		return c
	}
	b := speak(t, lab.Node("b"), config(100, 1))
	b.reaches("V", fsm.Master)
	ping := client.Ping(vip, 5*time.Millisecond)
	if !nstest.Within(soon, func() bool { return ping.Answered() > 3 }) {
		t.Fatal("the address does not answer")
	}
	a := speak(t, lab.Node("a"), config(200, 100)) // for a second
	a.reaches("V", fsm.Master)
	b.reaches("V", fsm.Backup)
	if !nstest.Within(soon, func() bool { return lab.Node("a").Holds(vip) && !lab.Node("b").Holds(vip) }) {
		t.Fatal("the address does not move")
	}
	hold := lab.Hold(vip)
	if err := a.Order("V", HandOver); err != nil {
		t.Fatal(err)
	}
	b.reaches("V", fsm.Master)
	a.reaches("V", fsm.Backup)
	mac := strings.Fields(lab.Node("b").IP("-br link show eth0"))[2]
	if !nstest.Within(soon, func() bool { return strings.Contains(client.IP("neigh show dev eth0 to "+vip.String()), mac) }) {
		t.Error("the successor is not heard")
	}
	if nstest.Within(200*time.Millisecond, func() bool { return !strings.Contains(client.IP("neigh show dev eth0 to "+vip.String()), mac) }) {
		t.Errorf("the client sends to %s", client.IP("neigh show dev eth0"))
	}
	most := 40*time.Millisecond + 15*time.Millisecond
	if raceEnabled {
		most *= 5
	}
	if h := hold.Stop(); h.Nobody > 0 || h.Several == 0 || h.Several > most {
		t.Errorf("%v", h)
	}
	if r := ping.Stop(); r.Lost > 2 && !raceEnabled {
		t.Errorf("lost %v", r)
	}
}

// A former master that still answers for a moment is no stranger.
func TestFormerMasterIsNoStranger(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a", "b")
	config := func(priority uint8) Config {
		c := one(quick(priority))
		c.Probe, c.Routers[0].FSM.NoPreempt = 20*time.Millisecond, true
		return c
	}
	a := speak(t, lab.Node("a"), config(200))
	a.reaches("V", fsm.Master)
	b := speak(t, lab.Node("b"), config(100))
	for range 4 {
		for _, pair := range [][2]*node{{a, b}, {b, a}} {
			pair[1].reaches("V", fsm.Backup)
			if err := pair[0].Order("V", HandOver); err != nil {
				t.Fatal(err)
			}
			pair[1].reaches("V", fsm.Master)
			if nstest.Within(200*time.Millisecond, func() bool { return pair[1].status("V").Addresses[0].Foreign != "" }) {
				t.Fatal("the former master is taken for a stranger")
			}
		}
	}
}
