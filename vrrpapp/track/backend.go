package track

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
)

func init() { caddy.RegisterModule(new(Backend)) }

// Backends is what the haproxy app says of its backends. It may be asked from any goroutine.
type Backends interface {
	// UsableServers are the servers of a backend that may get sessions now, and all of them; ok is whether there is such a
	// backend.
	UsableServers(backend string) (usable, total int, ok bool)
}

// Subscriber is an app that says when an answer of UsableServers may have changed: it puts a value into the channel, which has
// room for one, or leaves it if it is full, until cancel. Without it Backend asks each Interval.
type Subscriber interface {
	SubscribeBackends(changed chan<- struct{}) (cancel func())
}

// Backend is track_backend: it is up while enough servers of a backend of the haproxy app of this process are usable. keepalived
// has no such word.
type Backend struct {
	Weighing
	// Backend is its name.
	Backend string `json:"backend"`
	// MinServers is how many must be usable (min_servers). Default 1.
	MinServers int `json:"min_servers,omitempty"`
	// Interval is between two questions (interval). Default 100ms.
	Interval duration.Duration `json:"interval,omitempty"`
	// InitFailed takes it for down until it was asked (init_fail).
	InitFailed bool `json:"init_fail,omitempty"`

	backends Backends
}

// CaddyModule registers the tracker.
func (*Backend) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "vrrp.trackers.backend", New: func() caddy.Module { return new(Backend) }}
}

// Provision finds the haproxy app.
func (b *Backend) Provision(ctx caddy.Context) error {
	atLeast(&b.Interval, 100*time.Millisecond)
	b.MinServers = max(1, b.MinServers)
	app, err := ctx.AppIfConfigured("haproxy")
	if errors.Is(err, caddy.ErrNotConfigured) {
		return fmt.Errorf("backend %s: this configuration has no haproxy app", b.Backend)
	}
	if err != nil {
		return err
	}
	return b.of(app)
}

// of asks an app from now on.
func (b *Backend) of(app any) error {
	backends, ok := app.(Backends)
	if !ok {
		return fmt.Errorf("backend %s: the haproxy app cannot be asked for its servers", b.Backend)
	}
	_, total, ok := backends.UsableServers(b.Backend)
	switch {
	case !ok:
		return fmt.Errorf("no backend %s", b.Backend)
	case total < b.MinServers:
		return fmt.Errorf("backend %s has %d servers: min_servers %d can never be met", b.Backend, total, b.MinServers)
	}
	b.backends = backends
	return nil
}

// Validate refuses what cannot be asked for.
func (b *Backend) Validate() error {
	if b.Interval < 0 {
		return errors.New("negative interval")
	}
	return nil
}

// DefaultWeight is weight and reverse.
func (b *Backend) DefaultWeight() (int, bool) { return b.or(0) }

// InitFail is init_fail.
func (b *Backend) InitFail() bool { return b.InitFailed }

// Run asks until ctx is done.
func (b *Backend) Run(ctx context.Context, tell func(Verdict)) {
	changed := make(chan struct{}, 1)
	if s, ok := b.backends.(Subscriber); ok {
		defer s.SubscribeBackends(changed)()
	}
	t := time.NewTicker(time.Duration(b.Interval))
	defer t.Stop()
	c := counter{rise: 1, fall: 1, tell: tell}
	for {
		usable, total, ok := b.backends.UsableServers(b.Backend)
		c.count(ok && usable >= b.MinServers, fmt.Sprintf("%d of %d servers usable", usable, total))
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-t.C:
		}
	}
}

var (
	_ Tracker           = (*Backend)(nil)
	_ Weigher           = (*Backend)(nil)
	_ InitFailer        = (*Backend)(nil)
	_ caddy.Provisioner = (*Backend)(nil)
	_ caddy.Validator   = (*Backend)(nil)
)
