package nstest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
)

// Hold follows which of a lab's nodes have an address.
type Hold struct {
	addr  netip.Addr
	begun time.Time
	done  chan struct{}
	wg    sync.WaitGroup

	mu      sync.Mutex
	changes []Change
	has     map[string]bool
	dead    map[string]bool
	places  map[place]bool
}

// Change is a moment at which a node took the address or let it go.
type Change struct {
	At   time.Duration // since Hold began
	Node string
	Has  bool
}

// Held is what became of an address.
type Held struct {
	// Holders are the nodes that have it at the end, in alphabetical order.
	Holders []string
	// Nobody and Several are how long no node, and more than one, had it in all.
	Nobody, Several time.Duration
	// Changes are all takings and lettings after the start, in their order.
	Changes []Change
}

func (h Held) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "held by %v; nobody %v, several %v", h.Holders, h.Nobody.Round(100*time.Microsecond), h.Several.Round(100*time.Microsecond))
	for _, c := range h.Changes {
		fmt.Fprintf(&b, "; %v %s", c.At.Round(100*time.Microsecond), map[bool]string{true: "+", false: "-"}[c.Has]+c.Node)
	}
	return b.String()
}

// Hold follows an address on all nodes until Stop.
func (l *Lab) Hold(addr netip.Addr) *Hold {
	l.t.Helper()
	h := &Hold{addr: addr, begun: time.Now(), done: make(chan struct{}), has: map[string]bool{}, dead: map[string]bool{}, places: map[place]bool{}}
	for name, n := range l.nodes {
		updates := make(chan netlink.AddrUpdate, 64)
		n.Do(func() error {
			if err := netlink.AddrSubscribe(updates, h.done); err != nil {
				return err
			}
			list, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
			for _, a := range list {
				if ip, _ := netip.AddrFromSlice(a.IP); ip.Unmap() == addr {
					h.mu.Lock()
					bits, _ := a.Mask.Size()
					h.has[name], h.places[place{name, a.LinkIndex, bits}] = true, true
					h.mu.Unlock()
				}
			}
			return err
		})
		h.wg.Go(func() {
			for u := range updates {
				h.update(name, u)
			}
		})
	}
	l.t.Cleanup(func() { h.Stop() })
	return h
}

// Begun is the moment that the times of changes count from.
func (h *Hold) Begun() time.Time { return h.begun }

// place is where a node has the address: it may be there with two masks or on two interfaces.
type place struct {
	node       string
	link, bits int
}

// update takes the news. A change of an address that stays is told as a new one.
func (h *Hold) update(node string, u netlink.AddrUpdate) {
	if ip, _ := netip.AddrFromSlice(u.LinkAddress.IP); ip.Unmap() != h.addr {
		return
	}
	bits, _ := u.LinkAddress.Mask.Size()
	h.mu.Lock()
	if at := (place{node, u.LinkIndex, bits}); u.NewAddr {
		h.places[at] = true
	} else {
		delete(h.places, at)
	}
	has := false
	for at := range h.places {
		has = has || at.node == node
	}
	h.mu.Unlock()
	h.set(node, has)
}

func (h *Hold) set(node string, has bool) {
	now := time.Since(h.begun)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.has[node] != has && !h.dead[node] {
		h.has[node] = has
		h.changes = append(h.changes, Change{At: now, Node: node, Has: has})
	}
}

// Bury says that a node has lost its power: what its kernel still holds counts no more, until Revive.
func (h *Hold) Bury(node string) {
	h.set(node, false)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dead[node] = true
}

// Revive ends Bury, for a node that has been cleared of addresses.
func (h *Hold) Revive(node string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.dead, node)
}

// Changes are all takings and lettings so far.
func (h *Hold) Changes() []Change {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.changes)
}

// Now are the nodes that have the address.
func (h *Hold) Now() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var holders []string
	for node, has := range h.has {
		if has {
			holders = append(holders, node)
		}
	}
	slices.Sort(holders)
	return holders
}

// Stop ends the watch and tells what became of the address. A second Stop repeats the report but for its end.
func (h *Hold) Stop() Held {
	end := time.Since(h.begun)
	select {
	case <-h.done:
	default:
		close(h.done)
		h.wg.Wait()
	}
	r := Held{Holders: h.Now(), Changes: h.changes}
	// Backwards from the end, because that is the state that is known.
	n := len(r.Holders)
	for i := len(h.changes); ; i-- {
		from := time.Duration(0)
		if i > 0 {
			from = h.changes[i-1].At
		}
		switch {
		case n == 0:
			r.Nobody += end - from
		case n > 1:
			r.Several += end - from
		}
		if i == 0 {
			return r
		}
		if end = from; h.changes[i-1].Has {
			n--
		} else {
			n++
		}
	}
}
