package speaker

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// all are 255 routers, one for each VRID, each with an address. Their priorities differ, so that their
// timers are spread over a second.
func all() (c Config) {
	for i := 1; i <= 255; i++ {
		c.Routers = append(c.Routers, Router{
			Name: fmt.Sprintf("V%d", i), Interface: "eth0", VRID: uint8(i),
			FSM:       fsm.Config{Priority: uint8(2 + i%250)},
			Addresses: []Address{addressOf(netip4(250 + i))},
		})
	}
	return c
}

// cpu is the processor time of this process so far.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// share is which part of a core this process takes.
func share(t *testing.T, during time.Duration) float64 {
	t.Helper()
	before, begun := cpu(t), time.Now()
	time.Sleep(during) // this is the time that is measured
	return float64(cpu(t)-before) / float64(time.Since(begun))
}

// allAre waits until all routers are in a state.
func (n *node) allAre(want fsm.State) {
	n.t.Helper()
	if !nstest.Within(3*soon, func() bool {
		time.Sleep(50 * time.Millisecond) // a status of 255 routers is not free
		list, _ := n.Status()
		for _, s := range list {
			if s.State != want {
				return false
			}
		}
		return true
	}) {
		n.t.Fatalf("not all are %v", want)
	}
}

// It runs before the parallel tests, alone.
func TestAllVRIDs(t *testing.T) {
	lab := lab(t, "a", "b")
	low := all()
	for i := range low.Routers {
		low.Routers[i].FSM.Priority = 1
	}
	begun := time.Now()
	a := speak(t, lab.Node("a"), all())
	took := time.Since(begun)
	t.Logf("255 routers started in %v", took)
	if took > 2*time.Second {
		t.Errorf("starting took %v", took)
	}
	backups := share(t, time.Second)
	a.allAre(fsm.Master)
	time.Sleep(6 * time.Second) // the announcements after garp_master_delay are not the steady state
	masters := share(t, 5*time.Second)
	b := speak(t, lab.Node("b"), low)
	b.allAre(fsm.Backup)
	pair := share(t, 5*time.Second)
	t.Logf("share of a core: waiting %.2f %%, 255 masters %.2f %%, with 255 backups %.2f %%", 100*backups, 100*masters, 100*pair)
	if !raceEnabled && (masters > 0.03 || pair-masters > 0.03) {
		t.Errorf("255 masters take %.2f %%, 255 backups %.2f %%", 100*masters, 100*(pair-masters))
	}
	begun = time.Now()
	a.Release(2 * time.Second)
	t.Logf("255 routers released in %v", time.Since(begun))
	b.allAre(fsm.Master)
	for _, s := range append(a.reports(Failed), b.reports(Failed)...) {
		t.Errorf("failed: %+v", s)
	}
}
