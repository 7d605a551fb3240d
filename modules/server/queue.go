package server

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Waker is called when a waiting session should look at its Slot again. Wake may come from any goroutine, must not block,
// and may come more often than needed.
type Waker interface{ Wake() }

// Outcome is what Assign did.
type Outcome int

// The outcomes of Assign.
const (
	Granted  Outcome = iota // Slot.Server is set, the session counts there until Release
	Queued                  // Waker.Wake will be called
	Full                    // the wanted server's queue has reached its maxqueue, and there is no option redispatch
	NoServer                // no server is usable
)

// Slot is one session's place at a server or in a queue. It is embedded in the session; its zero value is free.
// Only its session uses it, apart from the backend while it waits.
type Slot struct {
	// Server is set once the slot is granted.
	Server *Server
	// Waker must be set before Assign.
	Waker Waker
	// ServerPos and BackendPos are its places in the queues it has left: one more than the sessions that were served
	// before it (%sq, %bq).
	ServerPos, BackendPos int

	backend    *Backend
	in         *queue
	srv        *Server // whose queue it waits in, nil for the backend's
	arrival    uint64
	entered    uint64
	next, prev *Slot
}

// queue is a list of sessions in the order of arrival.
type queue struct {
	head, tail *Slot
	n          Gauge
	served     uint64 // sessions that were given a place so far
}

func (q *queue) push(s *Slot) {
	s.in, s.prev, s.next = q, q.tail, nil
	s.entered = q.served
	if q.tail == nil {
		q.head = s
	} else {
		q.tail.next = s
	}
	q.tail = s
	q.n.Inc()
}

func (q *queue) remove(s *Slot) {
	if s.prev == nil {
		q.head = s.next
	} else {
		s.prev.next = s.next
	}
	if s.next == nil {
		q.tail = s.prev
	} else {
		s.next.prev = s.prev
	}
	q.n.Dec()
	s.in, s.prev, s.next = nil, nil, nil
}

// Assign finds a server for t: want, when persistence names one that still takes such sessions, else the balancer's
// choice, not avoid if there is another. s must be free.
func (b *Backend) Assign(t *txn.Txn, s *Slot, want, avoid *Server) Outcome {
	b.mu.Lock()
	defer b.unlock()
	s.backend = b
	if want != nil && want.index >= 0 && want.persistent() {
		if want.hasRoom() {
			s.take(want)
			return Granted
		}
		if limit := want.config.Load().MaxQueue; limit == 0 || want.queue.n.Load() < int64(limit) {
			return s.wait(&want.queue, want)
		}
		if !b.settings.Redispatch {
			return Full
		}
		avoid = want
	}
	if len(b.candidates) == 0 || b.lb == nil {
		return NoServer
	}
	srv := b.lb.Pick(t, avoid)
	if srv == nil {
		return s.wait(&b.queue, nil)
	}
	srv.LBTotal.Add(1)
	b.LBTotal.Add(1)
	if !srv.hasRoom() {
		return s.wait(&srv.queue, srv)
	}
	s.take(srv)
	return Granted
}

func (s *Slot) take(srv *Server) {
	s.Server = srv
	srv.Sessions.Inc()
	if b := srv.backend; b.lb != nil && srv.index >= 0 {
		b.lb.Taken(srv)
	}
}

// wait puts s into q. A session of the server that has left it since hasRoom was asked did not see s in the queue:
// look again.
func (s *Slot) wait(q *queue, srv *Server) Outcome {
	b := s.backend
	b.arrivals++
	s.arrival, s.srv = b.arrivals, srv
	q.push(s)
	b.queued.Add(1)
	if srv != nil {
		srv.queueLen.Store(q.n.Load())
		b.handOver(srv)
	} else {
		for _, c := range b.candidates {
			b.handOver(c)
		}
	}
	if s.in == nil {
		return Granted
	}
	return Queued
}

// unqueue takes s out of its queue, because it is served or because it gives up.
func (b *Backend) unqueue(s *Slot, served bool) {
	q := s.in
	q.remove(s)
	pos := int(q.served-s.entered) + 1
	if served {
		q.served++
	}
	if s.srv != nil {
		s.ServerPos += pos
	} else {
		s.BackendPos += pos
	}
	b.queued.Add(-1)
	if s.srv != nil {
		s.srv.queueLen.Store(q.n.Load())
		s.srv = nil
	}
}

// Granted says that the slot has been handed over: Server is set.
func (s *Slot) Granted() bool {
	if s.backend == nil {
		return false
	}
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	return s.in == nil && s.Server != nil
}

// Waiting says that the slot is in a queue. After a Wake, a slot that is neither Waiting nor Granted was put out of its
// queue because its server is gone: call Assign again.
func (s *Slot) Waiting() bool {
	if s.backend == nil {
		return false
	}
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	return s.in != nil
}

// Cancel leaves the queue (timeout, client gone) and says whether the slot was still waiting. When it was not and it is
// granted, it is the session's and must be released.
func (s *Slot) Cancel() bool {
	b := s.backend
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.in == nil {
		return false
	}
	b.unqueue(s, false)
	return true
}

// Release gives the place at the server back and hands it to who waits. A free slot is left alone.
func (s *Slot) Release() {
	srv := s.Server
	if srv == nil {
		return
	}
	s.Server = nil
	b := srv.backend
	b.mu.Lock()
	defer b.unlock()
	srv.Sessions.Dec()
	if srv.index < 0 {
		return
	}
	if b.lb != nil {
		b.lb.Dropped(srv)
	}
	if b.queued.Load() > 0 {
		b.handOver(srv)
	}
}

// handOver gives srv's free places to waiting sessions: those of its own queue and of the backend's, in order of arrival.
func (b *Backend) handOver(srv *Server) int {
	n := 0
	for srv.index >= 0 && srv.free() {
		s := srv.queue.head
		if h := b.queue.head; h != nil && srv.candidate && (s == nil || h.arrival < s.arrival) {
			s = h
		}
		if s == nil {
			break
		}
		b.unqueue(s, true)
		s.take(srv)
		b.wake = append(b.wake, s.Waker)
		n++
	}
	return n
}

// drainQueues hands over whatever free places there are.
func (b *Backend) drainQueues() {
	if b.queued.Load() == 0 {
		return
	}
	for _, s := range b.servers {
		b.handOver(s)
	}
}

// unlock releases the lock, then wakes sessions and logs: neither may run under the lock.
func (b *Backend) unlock() {
	if len(b.wake) == 0 && len(b.say) == 0 && !b.changed {
		b.mu.Unlock()
		return
	}
	var first [4]Waker
	n := copy(first[:], b.wake)
	var rest []Waker
	if len(b.wake) > n {
		rest = append(rest, b.wake[n:]...)
	}
	clear(b.wake)
	b.wake = b.wake[:0]
	say, log, changed := b.say, b.settings.Log, b.changed
	b.say, b.changed = nil, false
	b.mu.Unlock()
	for _, w := range first[:n] {
		w.Wake()
	}
	for _, w := range rest {
		w.Wake()
	}
	if log != nil {
		for _, x := range say {
			log(x.level, x.text)
		}
	}
	if changed {
		b.watchers.call()
	}
}

type saying struct {
	level int
	text  string
}
