package lab

import (
	"fmt"
	"os/exec"
)

// Kind is a program that a node can run.
type Kind interface {
	// Name is "ours" or "keepalived".
	Name() string
	// command runs it in the foreground with the configuration file m.file.
	command(m *Member) *exec.Cmd
	// reload puts m.file in force and returns when it has been read.
	reload(m *Member) error
	// order gives an operator's order: handover, hold, resume.
	order(m *Member, what string) error
	// ready reports whether it serves: before that a stop or a reload would meet no router.
	ready(m *Member) bool
}

// Pair is what the nodes a and b run. A third node runs what b runs.
type Pair struct{ A, B Kind }

func (p Pair) String() string { return p.A.Name() + "/" + p.B.Name() }

func (p Pair) of(node string) Kind {
	if node == "a" {
		return p.A
	}
	return p.B
}

// Ours reports whether a node ("a", "b") runs this program.
func (p Pair) Ours(node string) bool { return p.of(node).Name() == "ours" }

// Pairs are all pairs of a binary of this program with keepalived; the last is what the others are compared with.
func Pairs(binary string) []Pair {
	ours, k := caddy{binary}, keepalived{}
	return []Pair{{ours, ours}, {ours, k}, {k, ours}, {k, k}}
}

// Named is the pair of that name.
func Named(name, binary string) (Pair, error) {
	for _, p := range Pairs(binary) {
		if p.String() == name {
			return p, nil
		}
	}
	return Pair{}, fmt.Errorf("no pair %q", name)
}
