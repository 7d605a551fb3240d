package speaker

import "time"

// Speaker is what runs virtual routers: a Local in this process, or a guard's client. Its methods may be called from any
// goroutine and do not wait for the network.
type Speaker interface {
	// Apply puts a configuration in force in place of the one before. Routers are matched by what peers see of them (interface,
	// family, VRID, multicast with its group or unicast with its source), not by name: a matched one keeps its state and is reloaded, one
	// that continues another (same addresses, other VRID or kind) adopts its state, the others are started and stopped.
	// New ones
	// are held until the first Ready. An error means that nothing was changed.
	Apply(c Config) error
	// Ready ends the wait of new routers for the process to serve (fsm.ByStart).
	Ready()
	// Track tells the verdict of the tracker of that name to all routers that have it. It is kept for routers to come.
	Track(name string, up bool, value int)
	// Order gives an operator's order to a router, or to all if the name is "". The error says that there is none of that name.
	Order(router string, o Order) error
	// Status are all routers, in the configuration's order.
	Status() ([]Status, error)
	// Release hands everything over and waits until that has been done, at most so long. The routers are in Init then.
	Release(most time.Duration)
	// Close ends it: what Release has not been called for is given up at once.
	Close() error
}

// Order is what an operator may say.
type Order string

// The orders.
const (
	HandOver Order = "handover" // leave mastership to a peer of any priority; stay if there is none
	Hold     Order = "hold"     // stay backup until Resume
	Resume   Order = "resume"   // end Hold, and the effect of HandOver
	Yield    Order = "yield"    // go on with the effect of a HandOver that an earlier speaker obeyed
)

// Options are what a Local is opened with, in the network namespace of the calling thread.
type Options struct {
	// Report gets each Report, in order, from one goroutine. It must neither block nor call the speaker.
	Report func(Report)
	// Adopt names routers that were masters in a guard that died a moment ago: they go on as masters when Apply brings them
	// and nobody can have taken over since Died.
	Adopt []string
	Died  time.Time
}
