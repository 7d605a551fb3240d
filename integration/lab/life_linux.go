package lab

import "syscall"

// life is what happens to the programs.
func life() []Case {
	const g = "life"
	three := []Timing{V2, V3, V3Fast}
	return []Case{
		{
			Group: g, Name: "cold start", Timings: three, Cold: true, Short: true, Figure: "took", Repeat: 3,
			Do: func(w *World) {
				w.Begin()
				for _, m := range w.Members {
					m.Launch()
				}
				w.Must("one holder", 2*w.Timing.Down(1)+2*soon, func() bool { return len(w.Holders()) == 1 })
				w.Calm()
			},
			Want: func(t Timing) []Bound { return []Bound{heldBy("a"), changes(1)} },
		},
		{
			Group: g, Name: "SIGTERM of the master", Timings: three, Short: true, Repeat: 3,
			Do: func(w *World) {
				w.Member("a").Terminate()
				w.Settle("b")
			},
			Want:   func(t Timing) []Bound { return []Bound{heldBy("b"), gap(t.Skew(50) + slack), changes(2)} },
			Goal:   func(Timing) []Bound { return []Bound{lost(2), nobody(0)} },
			GoalOf: "a",
		},
		{
			Group: g, Name: "SIGKILL of all processes, restart", Timings: three, Short: true, Repeat: 3,
			Do: func(w *World) {
				w.Phase(0.3)
				w.Member("a").Kill()
				w.Settle("a+b")
				w.Member("a").Start()
				w.Settle("b")
			},
			Want: func(t Timing) []Bound { return []Bound{heldBy("b")} },
		},
		{
			Group: g, Name: "power loss", Timings: three, Short: true, Repeat: 3,
			Do: func(w *World) {
				w.Phase(0.3)
				w.Member("a").PowerOff()
				w.Settle("b")
			},
			Want: func(t Timing) []Bound {
				return []Bound{heldBy("b"), gap(t.Down(50) - t.Interval*3/10 + slack), changes(2)}
			},
		},
		{
			Group: g, Name: "SIGSTOP for 5 s", Timings: []Timing{V2, V3}, Repeat: 3, Figure: "several",
			Do: func(w *World) {
				a := w.Member("a")
				a.Signal(syscall.SIGSTOP)
				w.Agree("a+b", 2*w.Timing.Down(50))
				w.Pass(soon)
				a.Signal(syscall.SIGCONT)
				w.Settle("b")
			},
			Want: func(t Timing) []Bound { return []Bound{heldBy("b"), lost(2)} },
		},
	}
}
