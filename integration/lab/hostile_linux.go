package lab

import "time"

const suppressed = "rejected advertisements restart the timer of its own (F3)"

// hostile is noise that must change nothing.
func hostile() []Case {
	quiet := func(Timing) []Bound { return still }
	cases := []Case{
		{
			Ceiling: under(0), Name: "bogus packets of all kinds in turn", Short: true,
			Do: func(w *World) {
				w.Inject(bogus(), 25, 400*time.Millisecond)
				w.Calm()
			},
			Want: quiet, Weak: "a", Why: suppressed,
		},
		{
			Ceiling: under(0), Name: "10,000 bogus packets a second", Alone: true, Short: true, Alike: true,
			Do: func(w *World) {
				if n := w.Inject(bogus(), 50000, 100*time.Microsecond); n < 20000 {
					w.Fatalf("only %d packets in 5 s", n)
				}
				w.Calm()
			},
			Want: quiet, Weak: "ab", Why: suppressed,
		},
		foreign("foreign cluster with the same VRID", "other", true),
		foreign("foreign cluster with the same VRID and password", "1111", false),
	}
	for _, p := range bogus() {
		cases = append(cases, Case{
			Name: "25 packets with a bad " + p.name,
			Do: func(w *World) {
				w.Inject([]packet{p}, 25, 400*time.Millisecond)
				w.Calm()
			},
			Want: quiet, Weak: "a", Why: suppressed,
		})
	}
	return cases
}

// foreign is another master with the same VRID on the same wire: a keepalived.
func foreign(name, password string, short bool) Case {
	return Case{
		Ceiling: under(0), Name: name, Nodes: []string{"a", "b", "c"}, Short: short, Cold: true, Most: 90 * time.Second,
		Do: func(w *World) {
			c := w.Member("c")
			c.kind = keepalived{}
			c.Config.Password, c.Config.VIPs, c.Config.Priority = password, []string{"10.80.0.200"}, 200
			w.Member("a").Start()
			w.Member("b").Start()
			w.Must("a holds the address", 2*w.Timing.Down(1)+soon, w.Member("a").Holds)
			w.Reach(w.Member("a"))
			w.Begin()
			c.Start()
			w.Pass(20 * time.Second)
		},
		Want: func(Timing) []Bound { return still },
		Weak: "ab", Why: suppressed,
	}
}
