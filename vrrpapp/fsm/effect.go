package fsm

import (
	"fmt"
	"net/netip"
	"time"
)

// Do is what an Effect asks for.
type Do uint8

// The effects. They are to be performed in their order: an advertisement that makes another master let go comes before the
// addresses, those before the announcement, the Transition is last.
const (
	// Advertise: send one message. Priority, Version, Interval, Auth, Addrs and Source say what it says.
	Advertise Do = iota
	// AddAddresses: put Prefixes on the interface, what is there already stays.
	AddAddresses
	// RemoveAddresses: take Prefixes from the interface.
	RemoveAddresses
	// Announce: send Count gratuitous ARP requests or neighbour advertisements for each of Prefixes, round by round.
	Announce
	// Hush: what is left of an Announce is not to be sent, nor any other announcement while Succeeded: the successor's
	// must be the last.
	Hush
	// Transition: the state went from From to To because of Why. Priority is the effective one.
	Transition
	// Priority: the effective priority is now Priority (notify_priority_changes).
	PriorityChanged
	// LowerPriority: as master we heard the lower priority of Peer (notify_master_rx_lower_pri).
	LowerPriority
	// Report: a line for the log: Why, about Peer, Count more times than were reported. At most one a minute for a reason and
	// a peer.
	Report
)

var doNames = [...]string{
	Advertise: "advertise", AddAddresses: "add", RemoveAddresses: "remove", Announce: "announce", Hush: "hush", Transition: "transition",
	PriorityChanged: "priority", LowerPriority: "lower_priority", Report: "report",
}

// Effect is one thing to be done. Which fields mean something, its Do says. The slices belong to the machine.
type Effect struct {
	Do       Do
	Version  uint8
	Priority uint8
	Count    int
	Interval time.Duration
	Auth     Key
	Addrs    []netip.Addr
	Prefixes []netip.Prefix
	// Source is the address to send from: the last valid one of Interface.
	Source   netip.Addr
	From, To State
	Why      Reason
	Peer     netip.Addr
}

// String is for tests and traces.
func (e Effect) String() string {
	name := "unknown"
	if int(e.Do) < len(doNames) {
		name = doNames[e.Do]
	}
	switch e.Do {
	case Advertise, PriorityChanged:
		return fmt.Sprintf("%s %d", name, e.Priority)
	case AddAddresses, RemoveAddresses, Hush:
		return fmt.Sprintf("%s %v", name, e.Prefixes)
	case Announce:
		return fmt.Sprintf("%s %d %v", name, e.Count, e.Prefixes)
	case Transition:
		return fmt.Sprintf("%v->%v %s", e.From, e.To, e.Why)
	}
	return fmt.Sprintf("%s %s %v", name, e.Why, e.Peer)
}
