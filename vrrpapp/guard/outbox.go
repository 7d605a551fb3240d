package guard

import (
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// mostQueued bounds the reports that wait for a proxy that does not read.
const mostQueued = 4096

// outbox is what the guard says, in order. Nobody who says something waits for the proxy to read it.
type outbox struct {
	mu    sync.Mutex
	queue []news
	lost  int
	ended bool
	wake  chan struct{}
	idle  chan struct{} // holds a token whenever everything has been written
	beat  atomic.Int64  // the longest silence, in nanoseconds
}

func newOutbox(beat time.Duration) *outbox {
	o := &outbox{wake: make(chan struct{}, 1), idle: make(chan struct{}, 1)}
	o.beat.Store(int64(beat))
	return o
}

// put queues a message. Answers are bounded by the proxy's commands; of other news the latest are lost, and counted.
func (o *outbox) put(n news) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.ended:
		return
	case n.ID == 0 && len(o.queue) >= mostQueued:
		o.lost++
		return
	case o.lost > 0 && len(o.queue) < mostQueued/2:
		o.queue = append(o.queue, o.apology())
	}
	o.queue = append(o.queue, n)
	select {
	case <-o.idle:
	default:
	}
	token(o.wake)
}

// apology says how many reports were lost.
func (o *outbox) apology() news {
	r := speaker.Report{At: time.Now(), Kind: speaker.Failed, Count: o.lost,
		Detail: strconv.Itoa(o.lost) + " reports of the guard were lost while nobody read them"}
	o.lost = 0
	return news{Report: &r}
}

// run writes until the socket ends.
func (o *outbox) run(conn net.Conn) {
	beat := time.NewTimer(time.Duration(o.beat.Load()))
	defer beat.Stop()
	for {
		var batch []news
		select {
		case <-o.wake:
		case <-beat.C:
			batch = []news{{}}
		}
		o.mu.Lock()
		batch = append(batch, o.queue...)
		if o.queue = nil; o.lost > 0 {
			batch = append(batch, o.apology())
		}
		o.mu.Unlock()
		if !o.write(conn, batch) {
			return
		}
		beat.Reset(time.Duration(o.beat.Load()))
	}
}

// write reports whether the socket still works.
func (o *outbox) write(conn net.Conn, batch []news) bool {
	for _, n := range batch {
		line, err := encode(n)
		if err != nil {
			line, err = encode(news{ID: n.ID, Error: err.Error()})
		}
		if err == nil {
			_, err = conn.Write(line)
		}
		if err != nil {
			o.mu.Lock()
			o.queue, o.ended = nil, true
			o.mu.Unlock()
			token(o.idle)
			return false
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) == 0 {
		token(o.idle)
	}
	return true
}

// flush waits until everything has been written, at most so long.
func (o *outbox) flush(most time.Duration) {
	select {
	case <-o.idle:
	case <-time.After(most):
	}
}

// token leaves one.
func token(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
