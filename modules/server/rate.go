package server

import (
	"sync/atomic"
	"time"
)

// Rate counts events per second over a sliding second: the events of this second, plus those of the one before in
// proportion to what is left of this one. The zero value is ready.
type Rate struct {
	word atomic.Uint64 // second (20 bits) | events of the second before (22) | events of this second (22)
	peak atomic.Int64
}

const (
	rateBits = 22
	rateMask = 1<<rateBits - 1
	secMask  = 1<<20 - 1
)

var epoch = time.Now()

// Add counts one event at now and returns the rate with it; the highest rate is kept for Peak.
func (r *Rate) Add(now time.Time) int64 {
	at := now.Sub(epoch)
	for {
		old := r.word.Load()
		sec, prev, cur := rotate(old, at)
		if cur < rateMask {
			cur++
		}
		if r.word.CompareAndSwap(old, sec<<(2*rateBits)|prev<<rateBits|cur) {
			v := slide(prev, cur, at)
			raise(&r.peak, v)
			return v
		}
	}
}

// Read returns the rate at now in events per second.
func (r *Rate) Read(now time.Time) int64 {
	at := now.Sub(epoch)
	_, prev, cur := rotate(r.word.Load(), at)
	return slide(prev, cur, at)
}

// Peak is the highest rate that Add has seen.
func (r *Rate) Peak() int64 { return r.peak.Load() }

// ResetPeak forgets the highest rate (CLI: clear counters).
func (r *Rate) ResetPeak() { r.peak.Store(0) }

func rotate(word uint64, at time.Duration) (sec, prev, cur uint64) {
	sec = uint64((at-fraction(at))/time.Second) & secMask
	old := word >> (2 * rateBits)
	prev, cur = word>>rateBits&rateMask, word&rateMask
	switch (sec - old) & secMask {
	case 0:
	case 1:
		prev, cur = cur, 0
	case secMask: // another core's clock reading was a moment older: count it into the running second
		sec = old
	default:
		prev, cur = 0, 0
	}
	return sec, prev, cur
}

// fraction is how much of the running second is over. Clocks of tests may stand before epoch.
func fraction(at time.Duration) time.Duration {
	f := at % time.Second
	if f < 0 {
		f += time.Second
	}
	return f
}

func slide(prev, cur uint64, at time.Duration) int64 {
	left := uint64(time.Second-fraction(at)) / 1000 // microseconds: no overflow with 22 bits of events
	return int64(cur + (prev*left+999_999)/1_000_000)
}

func raise(peak *atomic.Int64, v int64) {
	for {
		old := peak.Load()
		if v <= old || peak.CompareAndSwap(old, v) {
			return
		}
	}
}

// Gauge is a current value and the highest it has had.
type Gauge struct{ cur, peak atomic.Int64 }

// Inc adds one and returns the new value.
func (g *Gauge) Inc() int64 {
	v := g.cur.Add(1)
	raise(&g.peak, v)
	return v
}

// Dec takes one away and returns the new value.
func (g *Gauge) Dec() int64 { return g.cur.Add(-1) }

// Load returns the current value.
func (g *Gauge) Load() int64 { return g.cur.Load() }

// Peak returns the highest value.
func (g *Gauge) Peak() int64 { return g.peak.Load() }

// ResetPeak makes the current value the highest (CLI: clear counters).
func (g *Gauge) ResetPeak() { g.peak.Store(g.cur.Load()) }

// averageWindow is over how many of the last requests times are averaged (management.txt 9.1: 1024).
const averageWindow = 1024

// Average is the average of the last 1024 values, and the highest of all.
type Average struct{ sum, n, peak atomic.Int64 }

// Add counts d.
func (a *Average) Add(d time.Duration) {
	ms := max(d.Milliseconds(), 0)
	raise(&a.peak, ms)
	if a.n.Load() < averageWindow {
		a.n.Add(1)
		a.sum.Add(ms)
		return
	}
	for {
		old := a.sum.Load()
		if a.sum.CompareAndSwap(old, old-(old+averageWindow-1)/averageWindow+ms) {
			return
		}
	}
}

// Read returns the average in milliseconds, rounded up.
func (a *Average) Read() int64 {
	n := a.n.Load()
	if n == 0 {
		return 0
	}
	n = min(n, averageWindow)
	return (a.sum.Load() + n - 1) / n
}

// Peak returns the highest value in milliseconds.
func (a *Average) Peak() int64 { return a.peak.Load() }

// ResetPeak forgets the highest value.
func (a *Average) ResetPeak() { a.peak.Store(0) }
