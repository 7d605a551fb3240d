package haproxy

import (
	"cmp"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logtarget"
	"github.com/caddy-haproxy/caddy-haproxy/modules/stats"
)

// source shows the process to modules/stats.
type source struct{}

var _ stats.Source = source{}

// Proxies implements stats.Source.
func (source) Proxies() []*stats.Proxy {
	if b := proc.ruling.Load(); b != nil {
		return b.proxies()
	}
	return nil
}

// Sockets implements stats.Source.
func (source) Sockets() []stats.Socket { return proc.cli.list() }

// Process implements stats.Source.
func (source) Process() stats.Process {
	b := proc.ruling.Load()
	p := stats.Process{
		Pid: os.Getpid(), Threads: runtime.GOMAXPROCS(0), Start: time.Now(), UlimitN: openFiles(), Tasks: runtime.NumGoroutine(),
		Stopping: b == nil,
	}
	if b == nil {
		return p
	}
	g := &b.cfg.Global
	p.Node, p.Description = g.Node, g.Description
	if p.Node == "" {
		p.Node, _ = os.Hostname()
	}
	p.Maxconn, p.Maxpipes = b.snap.Global.Maxconn, b.snap.Global.MaxPipes
	p.PipesUsed, p.PipesFree = netio.Pipes.Used(), netio.Pipes.Free()
	p.Threads = cmp.Or(b.snap.Global.Threads, p.Threads)
	p.Listeners = len(b.sockets)
	for _, l := range b.snap.Listeners {
		if !l.Proxy.Disabled {
			p.Listeners++
		}
	}
	memory(&p)
	e := proc.engine
	conns, reqs := proc.cli.served.Load(), proc.cli.commands.Load()
	p.Start = p.Start.Add(-e.Uptime())
	p.CurrConns = e.ActConn.Load()
	p.CumConns, p.CumReq = e.TotalConns.Load()+conns, e.TotalReqs.Load()+reqs
	for _, x := range b.snap.Proxies {
		if x.FE != nil {
			p.ConnRate += x.FE.ConnRate()
			p.SessRate += x.FE.SessRate()
		}
	}
	p.BytesOut = e.TotalBytesOut.Load()
	p.DroppedLogs = int64(logtarget.Dropped())
	proc.rates.fill(&p)
	return p
}

// memory reads what Go's runtime has got from the system.
func memory(p *stats.Process) {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(samples)
	p.MemAlloc, p.MemUsed = int64(samples[0].Value.Uint64()), int64(samples[1].Value.Uint64())
	if limit := debug.SetMemoryLimit(-1); limit < 1<<62 {
		p.MemLimit = limit
	}
}

// rates samples once a second what is only known as a sum.
type rates struct {
	mu                     sync.Mutex
	bytes, bytesRate       int64
	connPeak, sessionsPeak int64
}

func (r *rates) tick(e *engine.Engine) {
	var conns, sessions int64
	if s := e.Ruling(); s != nil {
		for _, x := range s.Proxies {
			if x.FE != nil {
				conns += x.FE.ConnRate()
				sessions += x.FE.SessRate()
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := e.TotalBytesOut.Load()
	r.bytes, r.bytesRate = now, now-r.bytes
	r.connPeak, r.sessionsPeak = max(r.connPeak, conns), max(r.sessionsPeak, sessions)
}

func (r *rates) fill(p *stats.Process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.connPeak, r.sessionsPeak = max(r.connPeak, p.ConnRate), max(r.sessionsPeak, p.SessRate)
	p.MaxConnRate, p.MaxSessRate, p.BytesOutRate = r.connPeak, r.sessionsPeak, r.bytesRate
}
