package haproxy

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/check"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/stats"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Warning is one thing about a configuration that is accepted but differs from what its author may expect.
type Warning struct {
	Pos cfg.Pos
	Msg string
}

// built is a compiled configuration with the run-time objects that it holds.
type built struct {
	cfg      *Config
	snap     *engine.Snapshot
	settings map[*server.Backend]*server.Settings
	checked  []check.Backend
	runner   *check.Runner
	sockets  []*cliSocket          // stats sockets
	free     freeAddrs             // what listeners may bind to before this host has it
	proxies  func() []*stats.Proxy // made when statistics are first asked for
	undo     []func()              // gives references back
}

func (b *built) release() {
	if b == nil {
		return
	}
	for i := len(b.undo) - 1; i >= 0; i-- {
		b.undo[i]()
	}
	b.undo = nil
}

// configure puts the settings of all backends in force.
func (b *built) configure() error {
	var errs []error
	for be, s := range b.settings {
		if err := be.Configure(s); err != nil {
			errs = append(errs, wrap("backend", be.Name(), err))
		}
	}
	for _, p := range b.snap.Proxies {
		if p.FE != nil {
			p.FE.Configure(p.ID, int64(p.MaxConn))
		}
	}
	return errors.Join(errs...)
}

// builder compiles a Config.
type builder struct {
	cfg    *Config
	live   bool // take run-time state from the process; else everything is private and thrown away
	ctx    caddy.Context
	logger *slog.Logger
	warnTo func(Warning)

	out       *built
	fronts    map[string]*engine.Proxy
	backs     map[string]*engine.Proxy
	userlists map[string]sample.Userlist
	pages     pageSet
	errs      []error
}

func newBuilder(c *Config) *builder {
	return &builder{
		cfg:       c,
		out:       &built{cfg: c, snap: new(engine.Snapshot), settings: make(map[*server.Backend]*server.Settings), free: make(freeAddrs)},
		fronts:    make(map[string]*engine.Proxy),
		backs:     make(map[string]*engine.Proxy),
		userlists: make(map[string]sample.Userlist),
	}
}

func (b *builder) build() (*built, error) {
	b.global()
	b.buildUserlists()
	b.buildPages()
	for i, p := range b.cfg.Proxies {
		b.declare(i, p)
	}
	for i, p := range b.cfg.Proxies {
		b.compile(b.out.snap.Proxies[i], p)
	}
	if len(b.errs) == 0 {
		b.listeners()
		b.cliSockets()
	}
	b.out.proxies = sync.OnceValue(b.out.statsProxies)
	return b.out, errors.Join(b.errs...)
}

// fail notes an error; pos is zero for settings that came as JSON.
func (b *builder) fail(pos cfg.Pos, err error) {
	if err == nil {
		return
	}
	var d *cfg.Diagnostic
	if pos.IsZero() || errors.As(err, &d) {
		b.errs = append(b.errs, err)
		return
	}
	b.errs = append(b.errs, &cfg.Diagnostic{Pos: pos, Severity: cfg.Alert, Msg: err.Error()})
}

func (b *builder) failf(pos cfg.Pos, format string, a ...any) { b.fail(pos, fmt.Errorf(format, a...)) }

func (b *builder) warn(pos cfg.Pos, msg string) {
	if b.warnTo != nil {
		b.warnTo(Warning{pos, msg})
	} else if b.logger != nil && b.live {
		b.logger.Warn(msg)
	}
}

func (b *builder) global() {
	g, t := &b.cfg.Global, &b.cfg.Global.Tune
	s := &b.out.snap.Global
	s.Maxconn = cmp.Or(g.Maxconn, b.cfg.defaultMaxconn())
	s.Bufsize = cmp.Or(t.Bufsize, 16384)
	s.Maxrewrite = cmp.Or(t.Maxrewrite, 1024)
	s.MaxHdr = cmp.Or(t.HTTPMaxhdr, 101)
	s.LogURILen = cmp.Or(t.HTTPLogurilen, 1024)
	s.Node = g.Node
	b.loops()
	b.setVars()
}

// loops compiles what concerns the event loops and the pipes.
func (b *builder) loops() {
	g, t := &b.cfg.Global, &b.cfg.Global.Tune
	s := &b.out.snap.Global
	if g.Nbthread < 0 || g.Nbthread > MaxThreads {
		b.failf(cfg.Pos{}, "'nbthread' value must be between 1 and %d (was %d)", MaxThreads, g.Nbthread)
	}
	if g.Maxpipes < 0 {
		b.failf(cfg.Pos{}, "'maxpipes' expects a value of at least 0, got '%d'", g.Maxpipes)
	}
	if t.Pipesize < 0 {
		b.failf(cfg.Pos{}, "'tune.pipesize' expects a value of at least 0, got '%d'", t.Pipesize)
	}
	s.Threads, s.NoEpoll, s.NoSplice = g.Nbthread, g.Noepoll, g.Nosplice
	s.MaxPipes, s.PipeSize = g.maxpipes(s.Maxconn), t.Pipesize
	s.MaxAccept = t.Maxaccept
	s.IdlePoolShared = t.IdlePoolShared == nil || *t.IdlePoolShared
}

// firstID is the number of the first proxy: the stats sockets are one before it, when there are any.
func (b *builder) firstID() int {
	if len(b.cfg.Global.StatsSocket) > 0 {
		return 2
	}
	return 1
}

// declare makes the run-time halves of a proxy, so that any other proxy can refer to them.
func (b *builder) declare(i int, p *Proxy) {
	e := &engine.Proxy{Name: p.Name, ID: cmp.Or(p.ID, i+b.firstID()), HTTP: p.Mode == ModeHTTP, Disabled: p.Disabled, IsListen: p.Type == TypeListen}
	b.out.snap.Proxies = append(b.out.snap.Proxies, e)
	reg := new(server.Registry)
	if b.live {
		reg = &proc.registry
	}
	if p.Type.HasFrontend() {
		e.FE = reg.Frontend(p.Name)
		b.out.undo = append(b.out.undo, func() { reg.ReleaseFrontend(p.Name) })
		if b.fronts[p.Name] != nil {
			b.failf(p.Pos, "frontend '%s' has the same name as another one", p.Name)
		}
		b.fronts[p.Name] = e
	}
	if p.Type.HasBackend() {
		e.BE = reg.Backend(p.Name)
		b.out.undo = append(b.out.undo, func() { reg.ReleaseBackend(p.Name) })
		if b.backs[p.Name] != nil {
			b.failf(p.Pos, "backend '%s' has the same name as another one", p.Name)
		}
		b.backs[p.Name] = e
	}
}

// lookup resolves names for the expressions of one proxy.
type lookup struct {
	b    *builder
	acls *acl.Set
}

func (l *lookup) Frontend(name string) txn.Proxy {
	if p := l.b.fronts[name]; p != nil {
		return p.FE
	}
	return nil
}

func (l *lookup) Backend(name string) txn.Backend {
	if p := l.b.backs[name]; p != nil {
		return p.BE
	}
	return nil
}

func (l *lookup) Userlist(name string) sample.Userlist {
	if u := l.b.userlists[name]; u != nil {
		return u
	}
	return nil
}

func (l *lookup) ACL(name string) func(*txn.Txn) bool {
	if l.acls == nil {
		return nil
	}
	return l.acls.Func(name)
}
