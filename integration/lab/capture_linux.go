package lab

import (
	"os"
	"time"
)

// Capture writes what the port of node a carries, from its start until b has taken over from it, to a file for tcpdump -r.
func Capture(p Pair, t Timing, file string) *Outcome {
	c := &Case{
		Name: "capture", Group: "capture", Cold: true,
		Do: func(w *World) {
			dump := w.lab.Switch.Start("tcpdump", "--immediate-mode", "-i", "a", "-U", "-w", file, "vrrp or arp or icmp6 or ip6 proto 112")
			w.Must("tcpdump listens", soon, func() bool { s, err := os.Stat(file); return err == nil && s.Size() > 0 })
			w.Up()
			w.Pass(2 * w.Timing.Interval)
			w.Begin()
			w.Member("a").Terminate()
			w.Must("b holds the address", 2*w.Timing.Down(1)+soon, func() bool { return w.Holders() == "b" })
			w.Pass(200 * time.Millisecond)
			dump.Stop()
		},
		Want: func(Timing) []Bound { return []Bound{heldBy("b")} },
	}
	return Variant{Case: c, Timing: t}.Run(p)
}
