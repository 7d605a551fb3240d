package lab

import (
	"fmt"
	"slices"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// span is what is measured between Begin and End.
type span struct {
	begun time.Time
	event time.Time // when what is measured happened
	hold  *nstest.Hold
	ping  *nstest.Ping
}

// Figures are what a span has measured.
type Figures struct {
	// Holder are the nodes that had the address at the end, joined by "+"; Neighbour is where the client sends to.
	Holder, Neighbour string
	// Took is how long after the event (see World.Mark) the last change happened; 0 if there was none.
	Took time.Duration
	// Moved is how long after the event another node took the address first; 0 if none did.
	Moved time.Duration
	// Nobody and Several are for how long no node, or more than one, had the address.
	Nobody, Several time.Duration
	// Stalled is for how long, from shortly before the first change to the last, nobody could change an address (see stalls).
	Stalled time.Duration
	// Gap is the longest time without an answer for the client, Lost all requests that were not answered, of Sent.
	Gap        time.Duration
	Lost, Sent int
	// Off is for how long the case had the carrier away, from before it took it until it had given it back.
	Off time.Duration
	// Changes counts takings and lettings of the address.
	Changes int
	// Failed counts requests of an HTTP client that failed; Requests are all.
	Failed, Requests int
}

func (f Figures) String() string {
	return fmt.Sprintf("held by %q, client sends to %q; took %.1f ms, moved %.1f ms, gap %.1f ms, lost %d of %d, nobody %.1f ms, several %.1f ms, stalled %.1f ms, %d changes",
		f.Holder, f.Neighbour, ms(f.Took), ms(f.Moved), ms(f.Gap), f.Lost, f.Sent, ms(f.Nobody), ms(f.Several), ms(f.Stalled), f.Changes)
}

// before is how long before a change what delays it may begin.
const before = 50 * time.Millisecond

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Begin starts to measure.
func (w *World) Begin() {
	w.span = &span{hold: w.lab.Hold(w.VIP), ping: w.Client.Ping(w.VIP, 5*time.Millisecond), begun: time.Now()}
	w.span.event = w.span.begun
	w.Note("begin: held by %q", w.Holders())
}

// Mark says that what is measured happens now. Without it the beginning counts.
func (w *World) Mark() { w.span.event = time.Now() }

// End ends the measurement.
func (w *World) End() {
	s := w.span
	if s == nil {
		return
	}
	w.span = nil
	held, ping := s.hold.Stop(), s.ping.Stop()
	f := &w.figures
	f.Holder, f.Neighbour = w.Holders(), w.Neighbour()
	f.Nobody, f.Several, f.Changes = held.Nobody, held.Several, len(held.Changes)
	f.Gap, f.Lost, f.Sent = ping.Longest, ping.Lost, ping.Sent
	if n := len(held.Changes); n > 0 {
		first, last := s.hold.Begun().Add(held.Changes[0].At), s.hold.Begun().Add(held.Changes[n-1].At)
		f.Took = max(0, last.Sub(s.event))
		for _, c := range slices.Backward(held.Changes) {
			if at := s.hold.Begun().Add(c.At); c.Has && at.After(s.event) {
				f.Moved = at.Sub(s.event)
			}
		}
		f.Stalled = w.stalls.between(first.Add(-before), last)
	}
	w.Note("end: %v", held)
	for _, g := range ping.Gaps {
		w.Note("no answers from %.1f ms on for %.1f ms, %d lost", ms(g.From.Sub(s.begun)), ms(g.For), g.Lost)
	}
	w.Note("heard since begin: %s", told(w.ear.since(s.begun), s.begun))
}

func (w *World) bury(node string) {
	w.hold.Bury(node)
	if w.span != nil {
		w.span.hold.Bury(node)
	}
}

func (w *World) revive(node string) {
	w.hold.Revive(node)
	if w.span != nil {
		w.span.hold.Revive(node)
	}
}

// Settle waits until exactly those nodes have the address, for at most twice the master-down time, and then that they keep it
// for as long as a wrong one would take to step forward.
func (w *World) Settle(holders string) {
	w.Agree(holders, 2*w.Timing.Down(1)+2*time.Second)
	w.Calm()
}

// Calm lets a master-down time pass, in which whoever is wrong about the master shows it.
func (w *World) Calm() { w.Pass(w.Timing.Down(1) + 100*time.Millisecond) }
