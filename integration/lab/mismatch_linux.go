package lab

import (
	"strings"
	"time"
)

// mismatch are pairs that start together and do not agree about something.
func mismatch() []Case {
	const rejects = "2.2.7 drops what has other addresses or another interval"
	one := func(Timing) []Bound { return []Bound{heldByOne} }
	list := []Case{
		mismatched("equal priorities", func(w *World) { w.each(func(c *Config) { c.Priority = 100 }) }),
		mismatched("two owners", func(w *World) {
			w.each(func(c *Config) { c.Priority, c.State, c.NoPreempt = 255, "MASTER", false })
		}),
		mismatched("number of addresses", func(w *World) {
			c := w.Member("a").Config
			c.VIPs = append(c.VIPs, "10.80.0.101")
		}),
		mismatched("set of addresses", func(w *World) {
			a, b := w.Member("a").Config, w.Member("b").Config
			a.VIPs, b.VIPs = append(a.VIPs, "10.80.0.101"), append(b.VIPs, "10.80.0.102")
		}),
		mismatched("advert_int 1 and 2", func(w *World) { w.Member("b").Config.Interval = 2 * time.Second }),
	}
	for i := range list {
		list[i].Want, list[i].Short, list[i].Alike = one, true, true
		if i >= 2 {
			list[i].Weak, list[i].Why = "ab", rejects
		}
	}
	return append(list, split()...)
}

// split are mismatches that make two masters by the RFC: nothing can be done but say so.
func split() []Case {
	list := []Case{
		mismatched("passwords", func(w *World) { w.Member("b").Config.Password = "2222" }),
		mismatched("authentication on one node", func(w *World) { w.Member("b").Config.AuthType = "" }),
		mismatched("versions", func(w *World) { w.Member("b").Config.Version = 3 }),
		mismatched("VRIDs", func(w *World) { w.Member("b").Config.VRID = 81 }),
		mismatched("unicast on one node", func(w *World) { w.Member("a").Config.unicast("a", []string{"a", "b"}) }),
	}
	for i := range list {
		list[i].Do = func(w *World) {
			together(w)
			w.blames()
		}
		list[i].Weak, list[i].Why = "ab", "two masters, and a log line at best"
		list[i].Short, list[i].Alike = i == 0, true
	}
	return list
}

func mismatched(name string, change func(w *World)) Case {
	return Case{Name: name, Cold: true, Figure: "several", Configure: change, Do: together}
}

// together starts all nodes at once and gives them 12 s.
func together(w *World) {
	w.Begin()
	for _, m := range w.Members {
		m.Launch()
	}
	w.Pass(12 * time.Second)
}

// blames wants each node of ours to have said in its log who the other one is.
func (w *World) blames() {
	for _, m := range w.Members {
		for _, other := range w.Members {
			address := ownAddress(other.Name, false).Addr().String()
			if other != m && m.Ours() && !strings.Contains(m.Log(), address) && !strings.Contains(m.Log(), other.mac) {
				w.Miss("%s does not name %s (%s) in its log", m.Name, other.Name, address)
			}
		}
	}
}
