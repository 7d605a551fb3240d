package lab

import (
	"fmt"
	"strings"
	"time"
)

// Case is something that may happen to a pair.
type Case struct {
	Name  string
	Group string
	// Timings are how the virtual router speaks, each a case of its own. Empty is V2.
	Timings []Timing
	// Nodes are the nodes' names. Empty is a and b.
	Nodes []string
	// Configure changes the tutorial's configurations before the start.
	Configure func(w *World)
	// Do is what happens. The world is up, unless Cold, and is measured from the first Begin to the last End or the end of Do.
	Do func(w *World)
	// Cold is a case that starts the nodes itself.
	Cold bool
	// Want is what it means to survive.
	Want func(t Timing) []Bound
	// Goal is what is asked of this program beyond that, when it runs on all nodes of GoalOf ("a", "b" or "ab").
	Goal   func(t Timing) []Bound
	GoalOf string
	// Weak are the nodes ("a", "b", "ab") of which a keepalived may make it fail, and Why is its fault.
	Weak, Why string
	// Heir is a node that nobody disturbs once it has the address. If it is a keepalived that falls silent then for as long as its
	// peer waits, the peer is right to take over: that is excused.
	Heir string
	// Only are the nodes that must run this program, or it makes no sense ("orders").
	Only string
	// Short has it run with every test; Alike says that a mixed pair then shows nothing new.
	Short, Alike bool
	// Alone has nothing else run beside it.
	Alone bool
	// Figure names what the table of figures shows: gap (default), several, took, moved, changes. Ceiling is the goal of this
	// program's pair, from keepalived's figure.
	Figure  string
	Ceiling func(keepalived float64) float64
	// Repeat is how often it is measured for the table. Default 1.
	Repeat int
	// Most bounds the whole case. Default 60 s.
	Most time.Duration
}

// Variant is a case with one timing.
type Variant struct {
	*Case
	Timing Timing

	place int // among all
}

// ID names the case with its timing.
func (v Variant) ID() string {
	return v.Group + "/" + strings.ReplaceAll(fmt.Sprintf("%s, %v", v.Name, v.Timing), " ", "_")
}

// Selection are the cases of a pair, with their timings: all of them or a short selection, which leaves out of mixed pairs
// what does not depend on the peer.
func Selection(p Pair, short bool) (list []Variant) {
	place := 0
	for _, c := range cases() {
		mixed := p.Ours("a") != p.Ours("b")
		for i, t := range c.timings() {
			place++
			if oursAt(p, c.Only) && (!short || c.Short && i == 0 && !(mixed && c.Alike)) {
				list = append(list, Variant{c, t, place})
			}
		}
	}
	return list
}

func (c *Case) timings() []Timing {
	if len(c.Timings) == 0 {
		return []Timing{V2}
	}
	return c.Timings
}

// cases are all of them.
func cases() (all []*Case) {
	for _, group := range []struct {
		name  string
		cases []Case
	}{{"life", life()}, {"network", network()}, {"reload", reload()}, {"hostile", hostile()}, {"mismatch", mismatch()}, {"more", more()}} {
		for _, c := range group.cases {
			c.Group = group.name
			all = append(all, &c)
		}
	}
	return all
}

// oursAt reports whether all those nodes run this program.
func oursAt(p Pair, nodes string) bool {
	for _, n := range nodes {
		if !p.Ours(string(n)) {
			return false
		}
	}
	return true
}

// excused reports whether keepalived's own fault may make the case fail.
func (v Variant) excused(p Pair) bool { return !oursAt(p, v.Weak) }
