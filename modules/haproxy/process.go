package haproxy

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// process is what outlives a reload: the engine with its sockets and connections, and the state of proxies and servers.
type process struct {
	mu       sync.Mutex
	engine   *engine.Engine
	registry server.Registry
	stack    []*built // configurations in force, the newest rules
	ruling   atomic.Pointer[built]
	cli      cli
	rates    rates
	janitor  chan struct{}
	wg       sync.WaitGroup
}

var proc process

// hardStop is what an operator wants a stop to take at most; negative says nothing.
var hardStop atomic.Int64

func init() { hardStop.Store(-1) }

// SetHardStop bounds how long the next stop waits for sessions; 0 ends them at once (SIGTERM), negative asks the
// configuration.
func SetHardStop(d time.Duration) { hardStop.Store(int64(d)) }

// HardStop is what SetHardStop was told.
func HardStop() time.Duration { return time.Duration(hardStop.Load()) }

func (p *process) engineFor(l *slog.Logger) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.engine == nil {
		p.engine = engine.New(l)
		return
	}
	p.engine.LogTo(l)
}

// push puts b in force.
func (p *process) push(b *built) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := b.configure(); err != nil {
		p.reconfigure()
		return err
	}
	opened, err := p.cli.adopt(b.sockets, b.cfg.Global.StatsMaxconn)
	if err != nil {
		p.reconfigure()
		return err
	}
	if err := p.engine.Push(b.snap); err != nil {
		p.cli.forget(opened)
		p.reconfigure()
		return err
	}
	p.stack = append(p.stack, b)
	p.ruling.Store(b)
	p.cli.point(b.sockets)
	b.startChecks()
	if p.janitor == nil {
		p.janitor = make(chan struct{})
		p.wg.Add(1)
		go p.purge(p.janitor)
	}
	return nil
}

// remove takes b out of force; when it ruled, the configuration below it rules again. It tells whether none is left.
func (p *process) remove(b *built) (last bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ruled := len(p.stack) > 0 && p.stack[len(p.stack)-1] == b
	for i, v := range p.stack {
		if v == b {
			p.stack = append(p.stack[:i:i], p.stack[i+1:]...)
			break
		}
	}
	b.stopChecks()
	p.engine.Remove(b.snap)
	if ruled {
		p.reconfigure()
	}
	p.ruling.Store(p.top())
	if top := p.top(); top != nil {
		p.cli.keep(top.sockets)
	}
	if len(p.stack) == 0 {
		p.cli.close()
		close(p.janitor)
		p.janitor = nil
		p.wg.Wait()
		return true
	}
	return false
}

// top is the ruling configuration, nil without one. p is locked.
func (p *process) top() *built {
	if n := len(p.stack); n > 0 {
		return p.stack[n-1]
	}
	return nil
}

// reconfigure puts the settings of the ruling configuration in force again.
func (p *process) reconfigure() {
	if n := len(p.stack); n > 0 {
		p.stack[n-1].configure()
	}
}

// purge closes idle server connections when they are due.
func (p *process) purge(stop chan struct{}) {
	defer p.wg.Done()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case <-t.C:
			engine.PurgeIdle(false)
			p.rates.tick(p.engine)
		}
	}
}
