package vrrpapp

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyevents"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/guard"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

func init() { caddy.RegisterModule(App{}) }

// CaddyModule registers the app.
func (App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "vrrp", New: func() caddy.Module { return new(App) }}
}

// freebinder is the haproxy app: its listeners on our addresses are to bind on a backup too.
type freebinder interface{ Freebind([]netip.Addr) }

// Provision compiles the configuration. It opens nothing.
func (a *App) Provision(ctx caddy.Context) error {
	log := ctx.Slogger()
	trackers, defaults, err := a.loadTrackers(ctx)
	if err != nil {
		return err
	}
	a.remark(log, trackers, defaults)
	config, warnings, err := a.compile(defaults)
	if err != nil {
		return err
	}
	a.build = &built{app: a, config: config, trackers: trackers, log: log, scripts: a.scripts()}
	for _, w := range warnings {
		log.Warn(w)
	}
	if app, err := ctx.AppIfConfigured("haproxy"); err == nil {
		if f, ok := app.(freebinder); ok {
			f.Freebind(addresses(config))
		}
	}
	a.collect(ctx)
	return a.listen(ctx)
}

// listen subscribes to the events of Caddy that say when the process serves, and when it is about to stop.
func (a *App) listen(ctx caddy.Context) error {
	app, err := ctx.App("events")
	if err != nil {
		return err
	}
	events := app.(*caddyevents.App)
	b := a.build
	b.emit = func(name string, data map[string]any) { events.Emit(ctx, name, data) }
	if err := events.On("started", handler(func() { proc.ready(b) })); err != nil {
		return err
	}
	return events.On("stopping", handler(func() {
		if caddy.Exiting() { // at a reload the successor goes on
			proc.leave(b)
		}
	}))
}

// handler is an events.Handler.
type handler func()

// Handle is called for each of Caddy's own events that we subscribed to.
func (h handler) Handle(context.Context, caddy.Event) error {
	h()
	return nil
}

// addresses are all virtual addresses.
func addresses(c speaker.Config) (all []netip.Addr) {
	for _, r := range c.Routers {
		for _, list := range [][]speaker.Address{r.Addresses, r.Excluded} {
			for _, v := range list {
				all = append(all, v.Addr())
			}
		}
	}
	return all
}

// Start puts the configuration in force. Virtual routers that are new wait until all apps have started.
func (a *App) Start() error {
	if err := proc.push(a.build); err != nil {
		return fmt.Errorf("vrrp: %w", err)
	}
	return nil
}

// Stop takes it out of force.
func (a *App) Stop() error {
	proc.remove(a.build)
	return nil
}

// Check compiles the configuration without opening anything and returns warnings and all errors. Trackers are only known
// by name.
func (a *App) Check() (warnings []string, err error) {
	defaults, err := a.peekTrackers()
	if err != nil {
		return nil, err
	}
	_, warnings, err = a.compile(defaults)
	return warnings, err
}

// Defaults of guard.
const (
	defaultPatience = 10 * time.Second
	shortest        = time.Second // the shortest advert_int that a busy process can keep
)

// guard is the guard's settings with their defaults.
func (a *App) guard() Guard {
	g := Guard{Mode: "auto"}
	if a.Guard != nil {
		g = *a.Guard
		g.Mode = orElse(g.Mode, "auto")
	}
	g.Patience = orElse(g.Patience, duration.Duration(defaultPatience))
	return g
}

func (a *App) guardOptions(report func(speaker.Report), log *slog.Logger) guard.Options {
	g := a.guard()
	return guard.Options{
		Report: report, Log: log, Realtime: g.Priority, Niceness: g.Niceness, Swappable: g.NoSwap != nil && !*g.NoSwap,
		CPUs: g.CPUs, Patience: time.Duration(g.Patience), InProcess: g.Mode != "on",
	}
}

func (a *App) warnShort(log *slog.Logger) {
	for _, i := range a.Instances {
		if d := time.Duration(i.AdvertInt); d > 0 && d < shortest {
			log.Warn("advert_int below 1 s in a busy process causes false changes: use the guard", "instance", i.Name, "advert_int", d.String())
		}
	}
}

// margin is what a hand-over may take longer than its timers say, on a busy machine and over a guard's socket.
const margin = 400 * time.Millisecond

// patience is how long a hand-over may take.
func (b *built) patience() time.Duration { return b.config.Patience() + margin }

// Interface guards.
var (
	_ caddy.App         = (*App)(nil)
	_ caddy.Provisioner = (*App)(nil)
)
