package logtarget

import (
	"sync"
	"sync/atomic"
)

// destination is where bytes go. send is called from many goroutines, must not block, must not keep msg, and says whether
// the message was taken.
type destination interface {
	send(msg []byte) bool
	close()
}

// shared is a destination that all sinks of one address use.
type shared struct {
	destination
	addr    address
	refs    int // under opened's lock
	dropped atomic.Uint64
}

var opened struct {
	sync.Mutex
	by   map[address]*shared
	lens map[int]int // how many sinks have which len
}

// largest is the largest len of all open sinks.
var largest atomic.Int64

func countLen(n, by int) {
	if opened.lens == nil {
		opened.lens = make(map[int]int)
	}
	if opened.lens[n] += by; opened.lens[n] == 0 {
		delete(opened.lens, n)
	}
	top := 0
	for l := range opened.lens {
		top = max(top, l)
	}
	largest.Store(int64(top))
}

// dropped counts the lost messages of the process.
var dropped atomic.Uint64

// Dropped is the number of messages this process could not send ("show info", DroppedLogs).
func Dropped() uint64 { return dropped.Load() }

// Dropped is the number of messages that were lost at this sink's address, by all that share it.
func (s *Sink) Dropped() uint64 { return s.to.dropped.Load() }

func (d *shared) send(msg []byte) {
	if !d.destination.send(msg) {
		d.lost(1)
	}
}

func (d *shared) lost(n uint64) {
	d.dropped.Add(n)
	dropped.Add(n)
}

func acquire(a address, limit int) (*shared, error) {
	opened.Lock()
	defer opened.Unlock()
	d := opened.by[a]
	if d == nil {
		d = &shared{addr: a}
		var err error
		if d.destination, err = dial(a, d); err != nil {
			return nil, err
		}
		if opened.by == nil {
			opened.by = make(map[address]*shared)
		}
		opened.by[a] = d
	}
	d.refs++
	countLen(limit, 1)
	return d, nil
}

func release(d *shared, limit int) {
	opened.Lock()
	d.refs--
	countLen(limit, -1)
	last := d.refs == 0
	if last {
		delete(opened.by, d.addr)
	}
	opened.Unlock()
	if last {
		d.destination.close()
	}
}

// dial opens a destination. It does not fail because nobody listens there.
func dial(a address, d *shared) (destination, error) {
	switch a.kind {
	case hostKind:
		return resolve(a), nil
	case fdKind:
		return openFD(a.fd, d)
	}
	return openDatagram(a, d)
}
