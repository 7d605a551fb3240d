package lab

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strings"
	"time"
)

// network is what happens to cables and addresses.
func network() []Case {
	return append([]Case{
		{
			Name: "carrier lost", Timings: three, Short: true, Repeat: 3,
			Do: func(w *World) {
				w.Phase(0.3)
				w.Member("a").Unplug()
				w.Settle("b")
			},
			Want: failover,
		},
		{
			Name: "link set down", Repeat: 3,
			Do: func(w *World) {
				w.Phase(0.3)
				w.Member("a").IP("link set eth0 down")
				w.Settle("b")
			},
			Want: failover,
		},
		{
			Name: "silent partition", Timings: five, Repeat: 3,
			Do: func(w *World) {
				w.Phase(0.3)
				w.Member("a").Cut()
				w.Settle("a+b")
			},
			Want: func(t Timing) []Bound {
				return []Bound{reaches("b"), gap(t.Down(50) - t.Interval*3/10 + slack), changes(1)}
			},
		},
		{
			Name: "partition heals, 16 phases", Timings: []Timing{V3, V2}, Short: true, Most: 4 * time.Minute,
			Configure: func(w *World) {
				preempt(w)
				w.Member("b").Config.Priority = 90
			},
			Do:   heals,
			Want: func(Timing) []Bound { return []Bound{heldBy("a"), failed(0)} },
			Weak: "b", Why: "the one that steps down is not heard, and the winner does not repeat its gratuitous ARPs (F2)",
		},
		flap(500*time.Millisecond, true), flap(2*time.Second, false),
	}, meddling()...)
}

// failover is what a fault costs that the backup has to notice, 0.3 intervals after an advertisement.
func failover(t Timing) []Bound {
	return []Bound{heldBy("b"), gap(t.Down(50) - t.Interval*3/10 + slack), changes(2)}
}

// heals cuts a off and heals it at 16 phases of its interval. A heal after which the client gets no answer for longer than
// both nodes need to agree is counted as failed.
func heals(w *World) {
	a, t := w.Member("a"), w.Timing
	worst := time.Duration(0)
	for i := range 16 {
		a.Cut()
		w.Must("both hold the address", 2*t.Down(50)+soon, func() bool { return w.Holders() == "a+b" })
		w.Reach(w.Member("b"))
		w.Pass(t.Interval)
		w.Phase((float64(i) + rand.Float64()) / 16)
		w.Begin()
		a.Heal()
		w.Must("a alone holds the address", 2*t.Down(1)+soon, func() bool { return w.Holders() == "a" })
		w.Pass(t.Interval + time.Second)
		w.End()
		w.figures.Requests++
		if w.figures.Gap > 50*time.Millisecond {
			w.figures.Failed++
		}
		worst = max(worst, w.figures.Gap)
		w.Client.IP("neigh flush dev eth0")
		w.Reach(a)
	}
	w.figures.Gap = worst
}

// flap is a carrier that goes and comes back.
func flap(d time.Duration, short bool) Case {
	return Case{
		Ceiling: under(ms(d) + 20), Name: fmt.Sprintf("carrier flap of %v", d), Short: short, Repeat: 3,
		Do: func(w *World) {
			w.Phase(0.3)
			a := w.Member("a")
			off := time.Now()
			a.Unplug()
			w.Pass(d)
			a.Plug()
			w.figures.Off = time.Since(off) // on a busy machine that is more than d
			w.Calm()
			w.Calm()
		},
		Want:   func(t Timing) []Bound { return []Bound{heldByOne, gap(t.Down(50) + slack)} },
		Goal:   func(Timing) []Bound { return []Bound{heldBy("a"), gapAfter(20 * time.Millisecond)} },
		GoalOf: "a",
	}
}

// meddling is what people and other programs do to addresses.
func meddling() []Case {
	return []Case{
		{
			Ceiling: under(10), Name: "VIP deleted by hand", Timings: []Timing{V2, V6}, Short: true, Repeat: 3,
			Do: func(w *World) {
				w.Member("a").IP("addr del " + w.host() + " dev eth0")
				w.Calm()
			},
			Want:   func(t Timing) []Bound { return []Bound{heldByOne, gap(t.Down(50) + slack)} },
			Goal:   func(Timing) []Bound { return []Bound{heldBy("a"), lost(2), nobody(10 * time.Millisecond)} },
			GoalOf: "a",
		},
		{
			Name: "own address deleted, VIP of its subnet", Short: true, Alike: true, Repeat: 3,
			Configure: func(w *World) {
				for _, m := range w.Members {
					m.Config.VIPs = []string{"10.80.0.100/24"}
				}
			},
			Do: func(w *World) {
				w.Member("a").IP("addr del 10.80.0.1/24 dev eth0")
				w.Settle("b")
			},
			Want: func(t Timing) []Bound { return []Bound{heldBy("b"), gap(t.Skew(50) + slack)} },
		},
		{
			Name: "VIP added by hand on the backup", Figure: "several", Short: true, Alike: true,
			Do: func(w *World) {
				b := w.Member("b")
				b.IP("addr add " + w.host() + " dev eth0")
				w.Pass(2 * w.Timing.Interval)
				if b.Holds() && !strings.Contains(b.Log(), w.VIP.String()) {
					w.Miss("b neither removes the address nor says that it has it")
				}
			},
			Want: func(Timing) []Bound { return []Bound{reaches("a"), lost(2)} },
			Weak: "b", Why: "a backup does not look at its addresses",
		},
		{
			Ceiling: under(10), Name: "track_script fails", Short: true, Repeat: 3, Figure: "gap",
			Configure: func(w *World) {
				for _, m := range w.Members {
					m.tracked("1")
				}
			},
			Do: func(w *World) {
				if err := os.Remove(w.Member("a").dir + "/healthy"); err != nil {
					w.Fatalf("%v", err)
				}
				w.Settle("b")
			},
			Want:   func(t Timing) []Bound { return []Bound{heldBy("b"), gap(t.Skew(50) + slack), changes(2)} },
			Goal:   smooth,
			GoalOf: "a",
		},
		{
			Ceiling: under(10), Name: "track_interface goes down", Short: true, Repeat: 3,
			Configure: func(w *World) {
				for _, m := range w.Members {
					m.IP("link add other type bridge")
					m.IP("link set other up")
					m.Config.Inside += "track_interface {\n    other\n}\n"
				}
			},
			Do: func(w *World) {
				w.Member("a").IP("link set other down")
				w.Settle("b")
			},
			Want:   func(t Timing) []Bound { return []Bound{heldBy("b"), gap(t.Skew(50) + slack), changes(2)} },
			Goal:   smooth,
			GoalOf: "a",
		},
		{
			Name: "interface deleted and re-created", Short: true, Alike: true, Most: 90 * time.Second,
			Do: func(w *World) {
				a := w.Member("a")
				a.Tear()
				w.Settle("b")
				a.Wire()
				a.address()
				w.Settle("b")
				w.Member("b").Terminate()
				w.Settle("a")
			},
			Want: func(t Timing) []Bound { return []Bound{heldBy("a"), gap(t.Down(50) + slack)} },
			Weak: "a", Why: "an interface that is deleted is a fault for ever without dynamic_interfaces",
		},
	}
}

// host is the virtual address as a single one.
func (w *World) host() string { return netip.PrefixFrom(w.VIP, w.VIP.BitLen()).String() }

// tracked gives the node a track_script that succeeds as long as its file is there.
func (m *Member) tracked(interval string) {
	file := m.dir + "/healthy"
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		m.world.Fatalf("%v", err)
	}
	m.Config.More += fmt.Sprintf("vrrp_script healthy {\n    script \"/usr/bin/test -e %s\"\n    interval %s\n}\n", file, interval)
	m.Config.Inside += "track_script {\n    healthy\n}\n"
}
