package netio

import "sync/atomic"

// Pipes limits and counts the pipes of the process's loops (maxpipes, tune.pipesize; management.txt "show info").
var Pipes pipeLimits

type pipeLimits struct {
	max, size  atomic.Int64
	used, free atomic.Int64
}

// Limit sets how many pipes there may be, 0 for no limit, negative for none, and how many bytes each holds, 0 for the
// built-in size.
func (p *pipeLimits) Limit(n, size int) {
	p.max.Store(int64(n))
	p.size.Store(int64(size))
}

// Used and Free count the pipes that carry something and those that wait for their next use.
func (p *pipeLimits) Used() int64 { return p.used.Load() }

// Free counts the open pipes without use.
func (p *pipeLimits) Free() int64 { return p.free.Load() }

// room takes a place for one more pipe.
func (p *pipeLimits) room() bool {
	most := p.max.Load()
	if most < 0 {
		return false
	}
	if n := p.used.Add(1); most > 0 && n+p.free.Load() > most {
		p.used.Add(-1)
		return false
	}
	return true
}
