package haproxy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
)

func init() { caddy.RegisterModule(new(App)) }

// App runs frontends, backends and listen sections: what a haproxy.cfg describes. It may also be written by hand; every
// setting has the name that it has in haproxy.cfg.
type App struct {
	Config

	build   *built
	log     *slog.Logger
	started bool
}

// CaddyModule registers the app.
func (*App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "haproxy", New: func() caddy.Module { return new(App) }}
}

// Provision compiles the configuration. Run-time state of the same names (counters, health, weights) is adopted from the
// configuration before.
func (a *App) Provision(ctx caddy.Context) error {
	a.log = ctx.Slogger()
	b := newBuilder(&a.Config)
	b.live, b.ctx, b.logger = true, ctx, a.log
	out, err := b.build()
	if err != nil {
		out.release()
		return err
	}
	a.build = out
	return nil
}

// Start binds the addresses and puts the configuration in force. The configuration before stays in force when it fails.
func (a *App) Start() error {
	proc.engineFor(a.log)
	if err := proc.push(a.build); err != nil {
		return err
	}
	a.started = true
	return nil
}

// Stop takes the configuration out of force. Connections go on under the one that replaces it; without one they may finish
// what runs, as long as hard-stop-after and Caddy's grace period allow.
func (a *App) Stop() error {
	if !a.started {
		return nil
	}
	a.started = false
	if last := proc.remove(a.build); last {
		ctx, cancel := context.WithTimeout(context.Background(), a.stopTimeout())
		defer cancel()
		proc.engine.Drain(ctx)
		engine.PurgeIdle(true)
	}
	return nil
}

// defaultStop bounds a stop of the whole process when nothing else does.
const defaultStop = 30 * time.Second

func (a *App) stopTimeout() time.Duration {
	if d := HardStop(); d >= 0 {
		return d
	}
	if d := time.Duration(a.Global.HardStopAfter); d > 0 {
		return d
	}
	return defaultStop
}

// Cleanup gives back what Provision took.
func (a *App) Cleanup() error {
	if a.build != nil {
		a.build.release()
		a.build = nil
	}
	return nil
}

// Check compiles c without binding anything and returns all errors, each with its position when c came from a file.
func (c *Config) Check(warn func(Warning)) error {
	b := newBuilder(c)
	b.warnTo = warn
	out, err := b.build()
	out.release()
	return err
}

// Engine is the process's engine, nil before the first start.
func Engine() *engine.Engine { return proc.engine }

// Ruling is the configuration that is in force, nil when the app does not run.
func Ruling() *Config {
	proc.mu.Lock()
	defer proc.mu.Unlock()
	if n := len(proc.stack); n > 0 {
		return proc.stack[n-1].cfg
	}
	return nil
}

func wrap(kind, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", kind, name, err)
}

// Interface guards.
var (
	_ caddy.App          = (*App)(nil)
	_ caddy.Provisioner  = (*App)(nil)
	_ caddy.CleanerUpper = (*App)(nil)
)
