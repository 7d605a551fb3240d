package engine

import "sync"

// clients is the set of live clients, so that a stop can end the idle ones at once and the rest when time is up.
type clients struct {
	mu   sync.Mutex
	head *client // doubly linked through client.next and prev
	n    int

	closing, aborting bool // what sessions that begin later are told, too
}

func (l *clients) add(s *client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing || s.port.closed.Load() {
		s.stop.Store(true)
	}
	if l.aborting {
		s.abort()
	}
	s.next = l.head
	if l.head != nil {
		l.head.prev = s
	}
	l.head = s
	l.n++
}

// settle waits until a stop of idle sessions that is under way has reached the caller's.
func (l *clients) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
}

// reopen lets new sessions live again after a stop.
func (l *clients) reopen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closing, l.aborting = false, false
}

func (l *clients) remove(s *client) {
	l.mu.Lock()
	if s.prev != nil {
		s.prev.next = s.next
	} else {
		l.head = s.next
	}
	if s.next != nil {
		s.next.prev = s.prev
	}
	s.next, s.prev = nil, nil
	l.n--
	l.mu.Unlock()
}

// each calls f for every session, under the lock.
func (l *clients) each(f func(*client)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all(f)
}

func (l *clients) all(f func(*client)) {
	for s := l.head; s != nil; s = s.next {
		f(s)
	}
}

// closeIdle ends the sessions that wait for a next request.
func (l *clients) closeIdle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closing = true
	l.all(func(s *client) { s.stopIdle() })
}

// closeIdleOf is closeIdle for the connections of one socket.
func (l *clients) closeIdleOf(p *port) {
	l.each(func(s *client) {
		if s.port == p {
			s.stopIdle()
		}
	})
}

// abortAll ends every session now.
func (l *clients) abortAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.aborting = true
	l.all(func(s *client) { s.abort() })
}
