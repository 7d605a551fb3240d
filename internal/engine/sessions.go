package engine

import "sync"

// sessions is the set of live sessions, so that a stop can end the idle ones at once and the rest when time is up.
type sessions struct {
	mu   sync.Mutex
	head *session // doubly linked through session.next and prev
	n    int

	closing, aborting bool // what sessions that begin later are told, too
}

func (l *sessions) add(s *session) {
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
func (l *sessions) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
}

// reopen lets new sessions live again after a stop.
func (l *sessions) reopen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closing, l.aborting = false, false
}

func (l *sessions) remove(s *session) {
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
func (l *sessions) each(f func(*session)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all(f)
}

func (l *sessions) all(f func(*session)) {
	for s := l.head; s != nil; s = s.next {
		f(s)
	}
}

// closeIdle ends the sessions that wait for a next request.
func (l *sessions) closeIdle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closing = true
	l.all(func(s *session) { s.stopIdle() })
}

// closeIdleOf is closeIdle for the connections of one socket.
func (l *sessions) closeIdleOf(p *port) {
	l.each(func(s *session) {
		if s.port == p {
			s.stopIdle()
		}
	})
}

// abortAll ends every session now.
func (l *sessions) abortAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.aborting = true
	l.all(func(s *session) { s.abort() })
}
