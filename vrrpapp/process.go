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
	mu      sync.Mutex
	speaker speaker.Speaker
	guarded Guard // what the speaker was opened with
	where   string
	stack   []*built
	desk    *desk
	hangup  func() // ends the wait for SIGHUP; nil: there is none
	opens   func(*built, func(speaker.Report)) (speaker.Speaker, string, error)
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
	p.mu.Lock()
	defer p.mu.Unlock()
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
	p.stack = append(p.stack, b)
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

// heed waits for SIGHUP, or no longer. p is locked.
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
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.speaker != nil && p.top() == b {
		p.speaker.Ready()
	}
}

// remove takes b out of force; when it ruled, the one below rules again. With the last one everything is handed over.
func (p *process) remove(b *built) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.Index(p.stack, b)
	if at < 0 {
		return
	}
	ruled := at == len(p.stack)-1
	p.stack = slices.Delete(p.stack, at, at+1)
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
	if len(p.stack) == 0 {
		p.desk.stopping()
		p.close(b.app.patience())
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
		s.Release(b.app.patience())
	}
}

func (p *process) close(most time.Duration) {
	p.heed(false)
	if most > 0 {
		p.speaker.Release(most)
	}
	p.speaker.Close()
	p.desk.close()
	p.speaker, p.desk = nil, nil
}

func (p *process) top() *built {
	if n := len(p.stack); n > 0 {
		return p.stack[n-1]
	}
	return nil
}

// open makes the speaker, in a guard process if that is possible and wanted. p is locked.
func (p *process) open(b *built) error {
	b.runOnce("startup_script", b.app.StartupScript)
	p.desk = newDesk()
	s, where, err := p.opens(b, p.desk.report)
	if err != nil {
		p.desk.close()
		p.desk = nil
		return err
	}
	p.speaker, p.guarded, p.where = s, b.app.guard(), where
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
	last   atomic.Pointer[track.Verdict]
}
