package lab

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/vishvananda/netlink"
)

// more are groups of nodes and of instances, and stress.
func more() []Case {
	return []Case{
		{
			Name: "three nodes, two failures", Nodes: []string{"a", "b", "c"}, Short: true, Alike: true, Most: 90 * time.Second,
			Do: func(w *World) {
				w.Phase(0.3)
				w.Member("a").PowerOff()
				w.Settle("b")
				w.phaseOf("b", 0.3)
				w.Member("b").PowerOff()
				w.Settle("c")
				w.Member("b").PowerOn()
				w.Settle("c")
				w.Member("c").Terminate()
				w.Settle("b")
			},
			Want: func(t Timing) []Bound { return []Bound{heldBy("b"), gap(t.Down(30) + slack), changes(6)} },
		},
		{
			Name: "sync group", Short: true, Configure: syncGroup,
			Do: func(w *World) {
				a, b := w.Member("a"), w.Member("b")
				w.Must("a holds the second address", soon, func() bool { return a.Node.Holds(second) })
				a.IP("link set other down")
				w.Settle("b")
				if a.Node.Holds(second) || !b.Node.Holds(second) {
					w.Miss("the second address: at a %v, at b %v", a.Node.Holds(second), b.Node.Holds(second))
				}
			},
			Want:   func(t Timing) []Bound { return []Bound{heldBy("b"), gap(t.Skew(50) + slack), changes(2)} },
			Goal:   smooth,
			GoalOf: "a",
		},
		{
			Name: "50 hand-overs under an HTTP client", Short: true, Only: "ab", Most: 3 * time.Minute,
			Do:   handovers,
			Want: func(Timing) []Bound { return []Bound{heldBy("a"), failed(0), lost(10), nobody(jitter)} },
		},
		{
			Name: "10,000 address changes on the host", Timings: []Timing{V2, V3}, Short: true, Alike: true,
			Do: func(w *World) {
				for _, m := range w.Members {
					m.churn(10000)
				}
				w.Calm()
			},
			Want: func(Timing) []Bound { return still },
		},
		busy("32 busy threads, 15 s", 15*time.Second),
		busy("32 busy threads, 60 s", time.Minute),
	}
}

var second = netip.MustParseAddr("10.80.0.101")

// syncGroup adds an instance that tracks another interface, in a group with the first one.
func syncGroup(w *World) {
	for _, m := range w.Members {
		m.IP("link add other type bridge")
		m.IP("link set other up")
		m.Config.More += "vrrp_sync_group G {\n    group {\n        VI_1\n        VI_2\n    }\n}\n" +
			"vrrp_instance VI_2 {\n    state BACKUP\n    nopreempt\n    interface eth0\n    virtual_router_id 81\n    priority " +
			strconv.Itoa(m.Config.Priority) + "\n    track_interface {\n        other\n    }\n    virtual_ipaddress {\n        " + second.String() + "\n    }\n}\n"
	}
}

// churn adds and deletes addresses on an interface of the node's that has nothing to do with VRRP.
func (m *Member) churn(n int) {
	m.IP("link add churn type bridge")
	begun := time.Now()
	m.Do(func() error {
		link, err := netlink.LinkByName("churn")
		for i := 0; i < n/2 && err == nil; i++ {
			addr, _ := netlink.ParseAddr("198.51." + strconv.Itoa(i/250%250) + "." + strconv.Itoa(1+i%250) + "/32")
			if err = netlink.AddrAdd(link, addr); err == nil {
				err = netlink.AddrDel(link, addr)
			}
		}
		return err
	})
	m.world.Note("%s: %d address changes in %v", m.Name, n, time.Since(begun).Round(time.Millisecond))
}

// busy loads all processors.
func busy(name string, d time.Duration) Case {
	return Case{
		Ceiling: under(0), Figure: "changes", Name: name, Timings: []Timing{V2, V3, V3Fast}, Alone: true, Most: d + time.Minute,
		Do: func(w *World) {
			stop := w.load(32)
			w.Pass(d)
			stop()
			w.Calm()
		},
		Want: func(Timing) []Bound { return []Bound{heldBy("a"), changes(0)} },
		Weak: "ab", Why: "without a real-time priority its timers are late (F4)",
	}
}

// load starts processes that never rest.
func (w *World) load(n int) (stop func()) {
	var stops []func()
	for range n {
		p := w.Intruder.Start("/bin/sh", "-c", "while :; do :; done")
		forget, err := watched(p.Pid())
		if err != nil {
			w.Fatalf("%v", err)
		}
		stops = append(stops, func() { p.Kill(); forget() })
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}
