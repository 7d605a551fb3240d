package vrrpapp

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/guard"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/notify"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/track"
)

// process is what outlives a reload: the speaker, and the stack of configurations. Caddy starts the new app before it stops
// the old one, and stops the new one when another app fails: Start pushes, Stop removes its own, the top one is in force.
// So a reload never moves an address, whether it succeeds or not.
type process struct {
	// life is held while a configuration comes or goes, which may take as long as a hand-over and the scripts at the end. Who asks
	// or orders must not wait for that: an event handler that asks would wait for itself.
	life    sync.Mutex
	guarded Guard  // what the speaker was opened with
	hangup  func() // ends the wait for SIGHUP; nil: there is none
	opens   func(*built, func(speaker.Report)) (speaker.Speaker, string, error)

	// What follows is changed with life and mu held, and read with one of them.

	mu      sync.Mutex
	speaker speaker.Speaker
	where   string
	stack   []*built
	desk    *desk
}

var proc = process{opens: openSpeaker}

// built is an App that was compiled.
type built struct {
	app      *App
	config   speaker.Config
	trackers []*running
	log      *slog.Logger
	emit     func(event string, data map[string]any)
	scripts  scripts
	rules    atomic.Bool // verdicts of its trackers count
}

// push puts b in force. Nothing has changed when it fails.
func (p *process) push(b *built) error {
	p.life.Lock()
	defer p.life.Unlock()
	fresh := p.speaker == nil
	if fresh {
		if err := p.open(b); err != nil {
			return err
		}
	} else if !reflect.DeepEqual(b.app.guard(), p.guarded) {
		b.log.Warn("guard: other settings take effect when the process is started again")
	}
	was := p.top()
	err := p.desk.rule(b)
	if err == nil {
		err = p.speaker.Apply(b.config)
	}
	switch {
	case err != nil && fresh:
		p.close(0)
	case err != nil:
		err = errors.Join(err, p.desk.rule(was))
	}
	if err != nil {
		return err
	}
	p.change(func() { p.stack = append(p.stack, b) })
	if was != nil {
		was.rules.Store(false)
	}
	b.rules.Store(true)
	b.startTrackers(p.speaker)
	p.heed(b.app.ReloadOnSIGHUP)
	if b.scripts.onReload && !fresh {
		p.tellStates(b)
	}
	return nil
}

// change changes what others read. life is held.
func (p *process) change(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// tellStates writes all states to the FIFOs, in the order of the configuration.
func (p *process) tellStates(b *built) {
	all, err := p.speaker.Status()
	if err != nil {
		b.log.Error("states are not written to the FIFOs", "error", err)
	}
	for i := range all {
		if s := &all[i]; s.State != fsm.Init {
			p.desk.notifier.Tell(notify.Instance, s.Name, notify.State(s.State.Role().String()), s.Priority)
		}
	}
}

// heed waits for SIGHUP, or no longer. life is held.
func (p *process) heed(on bool) {
	switch {
	case on && p.hangup == nil:
		p.hangup = onHangup()
	case !on && p.hangup != nil:
		p.hangup()
		p.hangup = nil
	}
}

// ready says that the process serves: virtual routers may become masters. It is told once for each configuration that has
// started in full.
func (p *process) ready(b *built) {
	p.life.Lock()
	defer p.life.Unlock()
	if p.speaker != nil && p.top() == b {
		p.speaker.Ready()
	}
}

// remove takes b out of force; when it ruled, the one below rules again. With the last one everything is handed over.
func (p *process) remove(b *built) {
	p.life.Lock()
	defer p.life.Unlock()
	at := slices.Index(p.stack, b)
	if at < 0 {
		return
	}
	ruled := at == len(p.stack)-1
	p.change(func() { p.stack = slices.Delete(p.stack, at, at+1) })
	if top := p.top(); top != nil && ruled {
		if err := errors.Join(p.desk.rule(top), p.speaker.Apply(top.config)); err != nil {
			top.log.Error("the configuration before does not come back", "error", err)
		}
		b.rules.Store(false)
		top.rules.Store(true)
		top.retell(p.speaker)
		p.heed(top.app.ReloadOnSIGHUP)
	}
	b.stopTrackers()
	if top := p.top(); top != nil {
		top.retell(p.speaker) // b's may have had the last word
	} else {
		p.desk.stopping()
		p.close(b.patience())
		b.runOnce("shutdown_script", b.app.ShutdownScript)
	}
}

// leave hands everything over while the process still serves. remove does it too, and finds nothing left to do then.
func (p *process) leave(b *built) {
	p.mu.Lock()
	s, ours := p.speaker, p.top() == b
	if s != nil && ours {
		p.desk.stopping()
	}
	p.mu.Unlock()
	if s != nil && ours {
		s.Release(b.patience())
	}
}

func (p *process) close(most time.Duration) {
	p.heed(false)
	if most > 0 {
		p.speaker.Release(most)
	}
	if err := p.speaker.Close(); err != nil {
		p.desk.failed("vrrp: close", err)
	}
	p.desk.close()
	p.change(func() { p.speaker, p.desk = nil, nil })
}

// top is the configuration in force. life or mu is held.
func (p *process) top() *built {
	if n := len(p.stack); n > 0 {
		return p.stack[n-1]
	}
	return nil
}

// open makes the speaker, in a guard process if that is possible and wanted. life is held.
func (p *process) open(b *built) error {
	b.runOnce("startup_script", b.app.StartupScript)
	d := newDesk(b)
	s, where, err := p.opens(b, d.report)
	if err != nil {
		d.close()
		return err
	}
	p.guarded = b.app.guard()
	p.change(func() { p.speaker, p.desk, p.where = s, d, where })
	return nil
}

// openSpeaker opens a guard, or a speaker in this process.
func openSpeaker(b *built, report func(speaker.Report)) (speaker.Speaker, string, error) {
	if err := netif.CheckCapabilities(); err != nil {
		return nil, "", err
	}
	g := b.app.guard()
	if g.Mode != "off" {
		s, err := guard.Start(b.app.guardOptions(report, b.log))
		if err == nil {
			return s, "guard", nil
		}
		if g.Mode == "on" {
			return nil, "", err
		}
		b.log.Warn("there is no guard process: addresses stay behind if this process is killed", "error", err)
	}
	b.app.warnShort(b.log)
	s, err := speaker.Open(speaker.Options{Report: report})
	if err != nil {
		return nil, "", err
	}
	return s, "process", nil
}

// errNotRunning is the answer to whoever asks a process without a vrrp app.
var errNotRunning = errors.New("the vrrp app is not running")

// statuses asks the speaker.
func (p *process) statuses() ([]speaker.Status, error) {
	p.mu.Lock()
	s := p.speaker
	p.mu.Unlock()
	if s == nil {
		return nil, errNotRunning
	}
	return s.Status()
}

// place is where the virtual routers run: a guard that was given up has left them to this process.
func (p *process) place() string {
	p.mu.Lock()
	s, where := p.speaker, p.where
	p.mu.Unlock()
	if g, ok := s.(interface{ Place() string }); ok {
		return g.Place()
	}
	return where
}

// order gives an operator's order.
func (p *process) order(name string, o speaker.Order) error {
	p.mu.Lock()
	s := p.speaker
	p.mu.Unlock()
	if s == nil {
		return errNotRunning
	}
	return s.Order(name, o)
}

// running is a tracker module while its configuration is in the stack.
type running struct {
	name   string
	module track.Tracker
	cancel context.CancelFunc
	done   chan struct{}

	mu   sync.Mutex // held while the verdict is passed on: of two the later one comes last
	last *track.Verdict
}
