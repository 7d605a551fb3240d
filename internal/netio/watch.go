package netio

import (
	"sync"
	"sync/atomic"
	"time"
)

// watcher looks whether the peer of a connection goes away while its session waits for something else.
type watcher struct {
	c    *Conn
	gone atomic.Bool
	wg   sync.WaitGroup
}

// start begins to watch c; onGone is called from another goroutine when its peer closes. It returns false when the
// peer is gone already. Bytes that the peer sent ahead (a pipelined request) end the watch: what is behind them
// cannot be seen without reading them.
func (w *watcher) start(c *Conn, onGone func()) bool {
	w.c = c
	w.gone.Store(false)
	switch c.peek() {
	case peekClosed:
		w.gone.Store(true)
		w.c = nil
		return false
	case peekData:
		w.c = nil
		return true
	}
	if c.rArmed != 0 {
		c.rArmed = 0
		c.nc.SetReadDeadline(time.Time{})
	}
	w.wg.Add(1)
	go func() {
		defer w.wg.Done()
		if c.waitClosed() {
			w.gone.Store(true)
			onGone()
		}
	}()
	return true
}

// stop ends the watch and says whether the peer was gone.
func (w *watcher) stop() bool {
	if w.c == nil {
		return w.gone.Load()
	}
	w.c.nc.SetReadDeadline(time.Unix(1, 0))
	w.wg.Wait()
	w.c.rArmed = 1
	w.c = nil
	return w.gone.Load()
}

// ReadWatch is Read that also ends, with ErrGone, when the peer of other closes its connection first (option
// abortonclose). Watching starts only after grace: an answer that comes quickly costs nothing extra.
func (t *Task) ReadWatch(c *Conn, p []byte, other *Conn, until Time) (int, error) {
	if c.lp != nil {
		return c.loopRead(p, nil, beside{c: other}, until)
	}
	const grace = 5 * time.Millisecond
	n, err := c.Read(p, Earlier(until, After(grace)))
	if err != ErrTimeout || (until != 0 && Now() >= until) {
		return n, err
	}
	if !t.watch.start(other, c.poke) {
		return 0, ErrGone
	}
	n, err = c.Read(p, until)
	gone := t.watch.stop()
	c.Resume()
	if n == 0 && gone {
		return 0, ErrGone
	}
	return n, err
}
