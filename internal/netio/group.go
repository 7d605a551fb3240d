package netio

import (
	"sync"
	"sync/atomic"
)

// Handler is what a parked connection wakes.
type Handler interface {
	// Run is called on a task of its own when the connection has something to read, its deadline has passed, its peer is
	// gone, or it was interrupted: a Read tells which.
	Run(*Task)
}

// Keeper has idle connections.
type Keeper interface {
	// Lost is told that c, given to Keep, is no longer quiet. It runs on the loop itself and must not block.
	Lost(c *Conn)
}

// Acceptor takes the connections of a Listener. Its methods run on the loops themselves, several at a time, and must not
// block.
type Acceptor interface {
	// Room takes a place for a connection; without one nothing is accepted until Listener.Resume.
	Room() (place any, ok bool)
	// Accepted gives the connection with its place, Refused only the place back.
	Accepted(c *Conn, place any)
	Refused(place any)
	// Failed is told that the system gives no connection; the next try comes after a pause.
	Failed(error)
}

// Group is a set of event loops, each with its own tasks and connections. It ends by itself: see Release.
type Group struct {
	mu       sync.Mutex
	loops    []*loop
	active   atomic.Pointer[[]*loop] // those that accept
	wg       sync.WaitGroup
	panics   func(value any, stack []byte)
	batch    atomic.Int32
	released atomic.Bool

	listeners map[*Listener]bool
}

// NewGroup returns a group without loops. What a task does not recover from goes to panics.
func NewGroup(panics func(value any, stack []byte)) *Group {
	g := &Group{panics: panics}
	g.active.Store(new([]*loop))
	return g
}

// defaultBatch is how many connections a loop accepts in a row (tune.maxaccept).
const defaultBatch = 4

// Loops is the number of loops that accept connections.
func (g *Group) Loops() int { return len(*g.active.Load()) }

// Wait blocks until all loops have ended after Release.
func (g *Group) Wait() { g.wg.Wait() }

// Descriptor is a listener that knows how its socket can be had besides through Go's poller.
type Descriptor interface {
	// Dup returns a descriptor of the socket that the caller closes.
	Dup() (int, error)
}
