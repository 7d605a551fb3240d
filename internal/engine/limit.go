package engine

import (
	"slices"
	"sync"
	"sync/atomic"
)

// connLimit counts connections up to a limit and makes whoever wants one more wait. It is touched once per connection.
type connLimit struct {
	mu       sync.Mutex
	cond     sync.Cond
	cur, max int     // max 0: no limit
	waiting  []*port // of loops, to be told of a free place
}

func (l *connLimit) init() { l.cond.L = &l.mu }

// limit changes the limit; a raised one wakes who waits.
func (l *connLimit) limit(n int) {
	l.mu.Lock()
	l.max = n
	l.tell()
}

// tell lets who waits look again, and unlocks.
func (l *connLimit) tell() {
	waiting := l.waiting
	l.waiting = nil
	l.mu.Unlock()
	l.cond.Broadcast()
	for _, p := range waiting {
		p.loops.Resume()
	}
}

// try takes a place; without one it lets p know when there is.
func (l *connLimit) try(p *port) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full() {
		if !slices.Contains(l.waiting, p) {
			l.waiting = append(l.waiting, p)
		}
		return false
	}
	l.cur++
	return true
}

// room waits until there is a free place and takes none; false when stop is set meanwhile.
func (l *connLimit) room(stop *atomic.Bool) bool { return l.wait(0, stop) }

// acquire takes a place, waiting for one; false, and nothing taken, when stop is set meanwhile.
func (l *connLimit) acquire(stop *atomic.Bool) bool { return l.wait(1, stop) }

func (l *connLimit) wait(take int, stop *atomic.Bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.full() {
		if stop.Load() {
			return false
		}
		l.cond.Wait()
	}
	l.cur += take
	return true
}

// wakeAll makes waiters look at their stop flag.
func (l *connLimit) wakeAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cond.Broadcast()
}

// release gives a place back.
func (l *connLimit) release() {
	l.mu.Lock()
	l.cur--
	l.tell()
}

func (l *connLimit) full() bool { return l.max > 0 && l.cur >= l.max }

// feLimit is the limiter of a frontend's maxconn; it outlives snapshots with the frontend's counters.
func (e *Engine) feLimit(p *Proxy) *connLimit {
	e.limitMu.Lock()
	defer e.limitMu.Unlock()
	l := e.feLimits[p.Name]
	if l == nil {
		l = new(connLimit)
		l.init()
		l.max = p.MaxConn
		e.feLimits[p.Name] = l
	}
	return l
}
