package logtarget

import (
	"sync"
	"time"
)

const (
	// streamBuffer bounds what waits for a slow descriptor, in bytes.
	streamBuffer = 1 << 20
	// drainTime is how long closing waits for a descriptor that takes nothing.
	drainTime = time.Second
)

// stream buffers messages for a descriptor that can block (a pipe, a terminal), which one goroutine writes.
type stream struct {
	out  writer
	lost func(uint64)

	mu      sync.Mutex
	pending batch
	closed  bool

	wake chan struct{} // holds a token when pending has something, or closed is set
	done chan struct{}
}

// batch is messages one after the other.
type batch struct {
	bytes []byte
	ends  []int // where each message ends
}

// writer writes a batch and says how many messages it could not write. It gives up when a descriptor takes nothing and
// the stream is closing.
type writer interface {
	write(b *batch, closing func() bool) (lost int)
}

func newStream(out writer, lost func(uint64)) *stream {
	s := &stream{out: out, lost: lost, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *stream) send(msg []byte) bool {
	s.mu.Lock()
	if s.closed || len(s.pending.bytes)+len(msg) > streamBuffer {
		s.mu.Unlock()
		return false
	}
	s.pending.bytes = append(s.pending.bytes, msg...)
	s.pending.ends = append(s.pending.ends, len(s.pending.bytes))
	first := len(s.pending.ends) == 1
	s.mu.Unlock()
	if first {
		s.notify()
	}
	return true
}

func (s *stream) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *stream) run() {
	defer close(s.done)
	var work batch
	var deadline time.Time
	closing := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.closed {
			return false
		}
		if deadline.IsZero() {
			deadline = time.Now().Add(drainTime)
		}
		return time.Now().After(deadline)
	}
	for range s.wake {
		for {
			s.mu.Lock()
			closed := s.closed
			work, s.pending = s.pending, batch{work.bytes[:0], work.ends[:0]}
			s.mu.Unlock()
			if len(work.ends) == 0 {
				if closed {
					return
				}
				break
			}
			if n := s.out.write(&work, closing); n > 0 {
				s.lost(uint64(n))
			}
		}
	}
}

func (s *stream) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.notify()
	<-s.done
}
