package pattern

import (
	"cmp"
	"slices"
	"sort"
)

// networks finds the longest of nested networks that an address is in: one binary search over the places where the
// answer changes, made when all networks are known.
type networks struct {
	list  []network
	edges []bits128 // sorted
	found []int     // the answer from that edge on, -1 for none
}

type network struct {
	start, end bits128 // first and last address
	bits       int
	index      int
}

// add adds the network of a with n of width bits.
func (t *networks) add(a bits128, n, width, index int) {
	host := hostMask(width - n)
	start := bits128{a.hi &^ host.hi, a.lo &^ host.lo}
	t.list = append(t.list, network{start, bits128{start.hi | host.hi, start.lo | host.lo}, n, index})
}

// hostMask has the n low bits set.
func hostMask(n int) bits128 {
	if n >= 64 {
		return bits128{1<<(n-64) - 1, ^uint64(0)}
	}
	return bits128{0, 1<<n - 1}
}

func (a bits128) next() bits128 {
	if a.lo == ^uint64(0) {
		return bits128{a.hi + 1, 0}
	}
	return bits128{a.hi, a.lo + 1}
}

// done makes the edges. Networks nest or are apart, so a stack holds those that the current edge is in.
func (t *networks) done(width int) {
	slices.SortStableFunc(t.list, func(a, b network) int {
		if c := cmp.Compare(a.start.hi, b.start.hi); c != 0 {
			return c
		}
		if c := cmp.Compare(a.start.lo, b.start.lo); c != 0 {
			return c
		}
		return a.bits - b.bits
	})
	last := hostMask(width)
	var stack []network
	pop := func() {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if top.end == last {
			return
		}
		index := -1
		if len(stack) > 0 {
			index = stack[len(stack)-1].index
		}
		t.edge(top.end.next(), index)
	}
	for i, n := range t.list {
		if i > 0 && n.start == t.list[i-1].start && n.bits == t.list[i-1].bits {
			continue // the first of equal networks counts
		}
		for len(stack) > 0 && stack[len(stack)-1].end.less(n.start) {
			pop()
		}
		t.edge(n.start, n.index)
		stack = append(stack, n)
	}
	for len(stack) > 0 {
		pop()
	}
	t.list = nil
}

// edge says that index is the answer from a on; a later call for the same address overrides.
func (t *networks) edge(a bits128, index int) {
	if n := len(t.edges); n > 0 && t.edges[n-1] == a {
		t.found[n-1] = index
		return
	}
	t.edges, t.found = append(t.edges, a), append(t.found, index)
}

// find is the index of the longest network that a is in, -1 for none.
func (t *networks) find(a bits128) int {
	i := sort.Search(len(t.edges), func(i int) bool { return a.less(t.edges[i]) })
	if i == 0 {
		return -1
	}
	return t.found[i-1]
}
