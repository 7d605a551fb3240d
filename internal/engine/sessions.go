package engine

import "sync"

// sessions is the set of live sessions, so that a stop can end the idle ones at once and the rest when time is up.
type sessions struct {
	mu   sync.Mutex
	head *session // doubly linked through session.next and prev
	n    int
}

func (l *sessions) add(s *session) {
	l.mu.Lock()
	s.next = l.head
	if l.head != nil {
		l.head.prev = s
	}
	l.head = s
	l.n++
	l.mu.Unlock()
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
	for s := l.head; s != nil; s = s.next {
		f(s)
	}
}

// closeIdle ends the sessions that wait for a next request.
func (l *sessions) closeIdle() {
	l.each(func(s *session) { s.stopIdle() })
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
	l.each(func(s *session) { s.abort() })
}
