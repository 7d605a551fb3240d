package guard

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// errEnded is what calls get whose guard ends before it answers.
var errEnded = errors.New("guard: it ended")

// link is the proxy's end of the socket to one guard.
type link struct {
	conn   net.Conn
	frames *frames

	writing sync.Mutex // one message at a time
	torn    bool       // the last one was not written to its end

	mu      sync.Mutex
	last    uint64
	waiting map[uint64]func(news) // each is called once, by the reader or by end
	ended   bool
	heard   time.Time
	late    func() // what to do when a configuration is applied that its caller has given up
}

func newLink(conn net.Conn) *link {
	return &link{conn: conn, frames: newFrames(conn), waiting: map[uint64]func(news){}, heard: time.Now()}
}

// send says something. A guard that leaves no room in the socket for so long is stuck, and the message may be torn: the end.
func (l *link) send(c command) error {
	line, err := encode(c)
	if err != nil {
		return err
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.torn {
		return errEnded // those who waited for their turn do not try as long again
	}
	l.conn.SetWriteDeadline(time.Now().Add(patient))
	if _, err := l.conn.Write(line); err != nil {
		l.torn = true
		l.conn.SetReadDeadline(time.Unix(1, 0)) // the reader ends, and kills it before the socket is closed
		return errEnded
	}
	return nil
}

// ask says something, and has then called with the answer: by the reader, which it must not hold up. An answer of errEnded's
// text means that there is none.
func (l *link) ask(c command, then func(news)) (id uint64, err error) {
	l.mu.Lock()
	if l.ended {
		l.mu.Unlock()
		return 0, errEnded
	}
	l.last++
	id = l.last
	c.ID, l.waiting[id] = id, then
	l.mu.Unlock()
	if err := l.send(c); err != nil {
		l.expect(id, nil)
		return id, err
	}
	return id, nil
}

// expect replaces who waits for an answer. It reports whether that is still to come.
func (l *link) expect(id uint64, then func(news)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, still := l.waiting[id]
	if delete(l.waiting, id); still && then != nil {
		l.waiting[id] = then
	}
	return still
}

// limits are how long a call waits: at least so long, and while there are signs of life so long at most.
type limits struct{ least, most time.Duration }

// call asks and waits for the answer. If it is a good one, first is called with the reader waiting: so before the link ends.
func (l *link) call(c command, wait limits, first func()) (news, error) {
	answer := make(chan news, 1)
	start := time.Now()
	id, err := l.ask(c, func(n news) {
		if first != nil && n.err() == nil {
			first()
		}
		answer <- n
	})
	if err != nil {
		return news{}, err
	}
	timer := time.NewTimer(wait.least)
	defer timer.Stop()
	for {
		select {
		case n := <-answer:
			return n, n.err()
		case <-timer.C:
		}
		left := wait.most - time.Since(start)
		switch {
		case left > 0 && time.Since(l.lastHeard()) < wait.least:
			timer.Reset(min(left, wait.least))
		case l.expect(id, l.tooLate(c)):
			return news{}, errStuck
		default: // just now
			n := <-answer
			return n, n.err()
		}
	}
}

// tooLate is what becomes of an answer that nobody waits for. Its caller has been told that nothing was changed.
func (l *link) tooLate(c command) func(news) {
	if c.Do != doApply || l.late == nil {
		return nil
	}
	return func(n news) {
		if n.err() == nil {
			l.late()
		}
	}
}

func (l *link) lastHeard() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heard
}

// next reads one piece of news that is no answer. Answers go to who waits for them.
func (l *link) next() (news, error) {
	for {
		var n news
		if err := l.frames.next(&n); err != nil {
			return n, err
		}
		l.mu.Lock()
		l.heard = time.Now()
		then := l.waiting[n.ID]
		delete(l.waiting, n.ID)
		l.mu.Unlock()
		if n.ID == 0 {
			return n, nil
		}
		if then != nil {
			then(n)
		}
	}
}

// end tells all who wait that there is no answer.
func (l *link) end() {
	l.mu.Lock()
	waiting := l.waiting
	l.waiting, l.ended = nil, true
	l.mu.Unlock()
	for _, then := range waiting {
		then(news{Error: errEnded.Error()})
	}
}

// err is the answer's.
func (n news) err() error {
	switch {
	case len(n.Lacks) > 0:
		return &netif.CapabilityError{Missing: n.Lacks}
	case n.Error == errEnded.Error():
		return errEnded
	case n.Error != "":
		return errors.New(n.Error)
	}
	return nil
}
