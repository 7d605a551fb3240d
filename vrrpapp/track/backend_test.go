package track

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
)

// app is a haproxy app with one backend, web.
type app struct {
	usable, total atomic.Int32
}

func (a *app) UsableServers(backend string) (usable, total int, ok bool) {
	return int(a.usable.Load()), int(a.total.Load()), backend == "web"
}

// telling is an app that tells of changes.
type telling struct {
	app
	changed chan<- struct{}
	cancels atomic.Int32
}

func (a *telling) SubscribeBackends(changed chan<- struct{}) (cancel func()) {
	a.changed = changed
	return func() { a.cancels.Add(1) }
}

func TestBackend(t *testing.T) {
	var a app
	a.usable.Store(2)
	a.total.Store(3)
	b := &Backend{Backend: "web", MinServers: 2, Interval: duration.Duration(time.Millisecond)}
	if err := b.of(&a); err != nil {
		t.Fatal(err)
	}
	w := watch(t, b)
	if v := w.wantUp(true); v.Why != "2 of 3 servers usable" {
		t.Error(v)
	}
	a.usable.Store(1)
	w.wantUp(false)
	a.usable.Store(3)
	w.wantUp(true)
}

// An app that tells of changes need not be asked again and again.
func TestBackendIsTold(t *testing.T) {
	var a telling
	a.total.Store(1)
	t.Run("", func(t *testing.T) {
		b := &Backend{Backend: "web", MinServers: 1, Interval: duration.Duration(time.Hour)}
		if err := b.of(&a); err != nil {
			t.Fatal(err)
		}
		w := watch(t, b)
		w.wantUp(false)
		a.usable.Store(1)
		a.changed <- struct{}{}
		w.wantUp(true)
	})
	if a.cancels.Load() != 1 {
		t.Error("still subscribed")
	}
}

func TestBackendThatCannotBe(t *testing.T) {
	var a app
	a.total.Store(2)
	for name, err := range map[string]error{
		"no such backend": (&Backend{Backend: "api", MinServers: 1}).of(&a),
		"too many":        (&Backend{Backend: "web", MinServers: 3}).of(&a),
		"no backends":     (&Backend{Backend: "web", MinServers: 1}).of(t),
		"no app":          new(Backend).Provision(caddyContext(t)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func caddyContext(t *testing.T) caddy.Context {
	ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
	t.Cleanup(cancel)
	return ctx
}
