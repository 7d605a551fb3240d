package engine

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
)

// Engine runs the sessions of one process. Several snapshots may be pushed; the newest rules.
type Engine struct {
	mu     sync.Mutex
	stack  []*Snapshot
	ports  map[string]*port
	group  *netio.Group // the loops, nil while none is wanted
	top    atomic.Pointer[Snapshot]
	wg     sync.WaitGroup // sessions and accept loops
	active clients

	// ActConn is the number of client connections of the process (%ac, actconn).
	ActConn atomic.Int64
	// Totals since the start, for `show info`.
	TotalConns, TotalReqs, TotalBytesOut, Panics atomic.Int64

	counter  atomic.Uint32 // requests that were waited for (%rt)
	slots    connLimit     // global maxconn
	limitMu  sync.Mutex
	feLimits map[string]*connLimit // maxconn of each frontend
	logger   atomic.Pointer[slog.Logger]
	start    atomic.Int64 // netio.Time
}

// New returns an engine without any snapshot.
func New(logger *slog.Logger) *Engine {
	e := &Engine{ports: make(map[string]*port), feLimits: make(map[string]*connLimit)}
	e.LogTo(logger)
	e.start.Store(int64(netio.Now()))
	e.slots.init()
	return e
}

// Push makes s the ruling snapshot: its listeners are adopted or started, and each connection takes its next request
// to it. On an error nothing has changed.
func (e *Engine) Push(s *Snapshot) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.top.Load()
	opened, err := e.bindAll(s)
	if err != nil {
		return err
	}
	e.active.reopen()
	e.stack = append(e.stack, s)
	group := e.loops(s)
	e.rule(s)
	e.open(opened, group)
	if old == nil {
		e.start.Store(int64(netio.Now()))
	}
	return nil
}

// Remove takes s out of the stack. What listeners only s had are closed; their idle connections too.
func (e *Engine) Remove(s *Snapshot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, v := range e.stack {
		if v == s {
			e.stack = append(e.stack[:i:i], e.stack[i+1:]...)
			break
		}
	}
	var top *Snapshot
	if n := len(e.stack); n > 0 {
		top = e.stack[n-1]
	}
	e.unbind(s)
	if top != e.top.Load() {
		e.rule(top)
	}
	if top == nil && e.group != nil {
		e.group.Release() // the loops end with their last connection
		e.group = nil
	}
}

// processors is how many Go may use before loops need more of its own kind.
var processors = runtime.GOMAXPROCS(0)

// loops are the event loops that s wants, nil when sessions are to run on goroutines.
func (e *Engine) loops(s *Snapshot) *netio.Group {
	if s.Global.NoEpoll {
		return nil
	}
	if e.group == nil {
		e.group = netio.NewGroup(func(value any, stack []byte) {
			e.Panics.Add(1)
			e.logger.Load().Error("panic in a task", "panic", value, "stack", string(stack))
		})
	}
	n := s.Global.Threads
	if n <= 0 {
		n = processors
	}
	if err := e.group.Start(n, s.Global.MaxAccept); err != nil {
		return nil
	}
	return e.group
}

// rule makes s the snapshot that new requests see.
func (e *Engine) rule(s *Snapshot) {
	e.top.Store(s)
	if s != nil {
		e.rebind(s) // before the limit, so that whoever waits for it finds the new listeners
		e.slots.limit(s.Global.Maxconn)
		netio.Pipes.Limit(s.Global.MaxPipes, s.Global.PipeSize)
	}
}

// Ruling is the snapshot that new requests see, nil before the first Push.
func (e *Engine) Ruling() *Snapshot { return e.top.Load() }

// defaultBufsize is tune.bufsize without a configuration.
const defaultBufsize = 16384

func (e *Engine) bufsize() int {
	if s := e.Ruling(); s != nil {
		return s.Global.Bufsize
	}
	return defaultBufsize
}

// Uptime is how long the engine has been serving.
func (e *Engine) Uptime() time.Duration { return netio.Now().Sub(netio.Time(e.start.Load())) }

// LogTo sets who takes what no proxy's log is for: panics of sessions, failed accepts.
func (e *Engine) LogTo(l *slog.Logger) { e.logger.Store(l) }

// Drain waits until no session is left or ctx ends; then the rest is aborted and waited for.
func (e *Engine) Drain(ctx context.Context) {
	done := make(chan struct{})
	e.active.closeIdle()
	go func() { e.wg.Wait(); close(done) }()
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	e.active.abortAll()
	<-done
}
