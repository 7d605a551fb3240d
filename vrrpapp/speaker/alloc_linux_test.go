package speaker

import (
	"runtime"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// Neither a message that is sent nor one that is received costs an allocation. It runs before the parallel tests, alone.
func TestMessagesDoNotAllocate(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(a, b *Router)
	}{
		{"IPv4 multicast", func(a, b *Router) {}},
		{"IPv6 multicast", func(a, b *Router) {
			for _, r := range []*Router{a, b} {
				r.IPv6, r.Addresses = true, []Address{addressOf("fe80::80/128")}
			}
		}},
		{"unicast", func(a, b *Router) {
			a.Unicast, a.FSM.Peers = true, []fsm.Peer{{Addr: ip("10.9.0.2")}}
			b.Unicast, b.FSM.Peers = true, []fsm.Peer{{Addr: ip("10.9.0.1")}}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			lab := lab(t, "a", "b")
			ra, rb := quick(200), quick(100)
			ra.FSM.Interval, rb.FSM.Interval = 10*time.Millisecond, 10*time.Millisecond
			row.change(&ra, &rb)
			// Questions by ARP are no messages.
			a := speak(t, lab.Node("a"), Config{Routers: []Router{ra}, Probe: -1})
			a.reaches("V", fsm.Master)
			b := speak(t, lab.Node("b"), Config{Routers: []Router{rb}, Probe: -1})
			b.reaches("V", fsm.Backup)
			time.Sleep(100 * time.Millisecond) // buffers grow
			before := b.status("V").Counts.Received
			allocs := mallocs(2 * time.Second)
			messages := b.status("V").Counts.Received - before
			t.Logf("%d allocations, %d messages", allocs, messages)
			if messages < 100 {
				t.Fatalf("only %d messages in 2 s", messages)
			}
			if !raceEnabled && allocs > messages/4 {
				t.Errorf("%d allocations while %d messages were sent and received", allocs, messages)
			}
		})
	}
}

// mallocs counts the allocations of the process.
func mallocs(during time.Duration) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	time.Sleep(during) // this is the time that is measured
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}
