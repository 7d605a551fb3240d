package vrrpapp

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/track"
)

// loadTrackers makes the modules, and asks each for its weight.
func (a *App) loadTrackers(ctx caddy.Context) ([]*running, map[string]trackerDefaults, error) {
	defaults := map[string]trackerDefaults{}
	if a.Trackers == nil {
		return nil, defaults, nil
	}
	loaded, err := ctx.LoadModule(a, "Trackers")
	if err != nil {
		return nil, nil, err
	}
	var out []*running
	for name, m := range loaded.(map[string]any) {
		t, ok := m.(track.Tracker)
		if !ok {
			return nil, nil, fmt.Errorf("tracker %s: %T is not a tracker", name, m)
		}
		out = append(out, &running{name: name, module: t})
		defaults[name] = defaultsOf(t)
	}
	slices.SortFunc(out, func(x, y *running) int { return strings.Compare(x.name, y.name) })
	return out, defaults, nil
}

// peekTrackers reads the modules' settings without making them ready to run.
func (a *App) peekTrackers() (map[string]trackerDefaults, error) {
	defaults := map[string]trackerDefaults{}
	for name, raw := range a.Trackers {
		var kind struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(raw, &kind); err != nil {
			return nil, fmt.Errorf("tracker %s: %w", name, err)
		}
		info, err := caddy.GetModule("vrrp.trackers." + kind.Type)
		if err != nil {
			return nil, fmt.Errorf("tracker %s: %w", name, err)
		}
		m := info.New()
		if err := json.Unmarshal(raw, m); err != nil {
			return nil, fmt.Errorf("tracker %s: %w", name, err)
		}
		defaults[name] = defaultsOf(m)
	}
	return defaults, nil
}

func defaultsOf(m any) (d trackerDefaults) {
	if w, ok := m.(track.Weigher); ok {
		d.weight, d.reverse = w.DefaultWeight()
	}
	if s, ok := m.(track.Scaled); ok {
		d.scaled = s.Scaled()
	}
	if i, ok := m.(track.InitFailer); ok {
		d.initFail = i.InitFail()
	}
	return d
}

// remark lets trackers say what is wrong with what they watch. One that has nothing to watch is left out of everything that
// uses it, as keepalived disables it until the next reload.
func (a *App) remark(log *slog.Logger, trackers []*running, defaults map[string]trackerDefaults) {
	for _, r := range trackers {
		c, ok := r.module.(track.Checker)
		if !ok {
			continue
		}
		warnings, err := c.Check(a.rules())
		for _, w := range warnings {
			log.Warn(w, "tracker", r.name)
		}
		d := defaults[r.name]
		d.disabled = err
		defaults[r.name] = d
	}
}

func (a *App) rules() script.Rules {
	return script.Rules{User: a.ScriptUser, Group: a.ScriptGroup, Secure: a.EnableScriptSecurity}
}

// startTrackers runs those that an instance uses: one that nobody tracks is not run, as in keepalived.
func (b *built) startTrackers(s speaker.Speaker) {
	used := map[string]bool{}
	for _, r := range b.config.Routers {
		for _, t := range r.FSM.Trackers {
			used[t.Name] = true
		}
	}
	for _, r := range b.trackers {
		if !used[r.name] {
			continue
		}
		ctx, cancel := context.WithCancel(context.Background())
		r.cancel, r.done = cancel, make(chan struct{})
		go func() {
			defer close(r.done)
			first := true
			r.module.Run(ctx, func(v track.Verdict) {
				if ctx.Err() != nil {
					return
				}
				if !first || !v.Up {
					b.log.Info("tracker "+r.name, "up", v.Up, "value", v.Value, "why", v.Why)
				}
				first = false
				r.mu.Lock()
				defer r.mu.Unlock()
				if r.last = &v; b.rules.Load() {
					s.Track(r.name, v.Up, v.Value)
				}
			})
		}()
	}
}

// retell says the verdicts that another configuration's trackers of the same names may have overwritten.
func (b *built) retell(s speaker.Speaker) {
	for _, r := range b.trackers {
		r.mu.Lock()
		if v := r.last; v != nil {
			s.Track(r.name, v.Up, v.Value)
		}
		r.mu.Unlock()
	}
}

func (b *built) stopTrackers() {
	for _, r := range b.trackers {
		if r.cancel != nil {
			r.cancel()
		}
	}
	for _, r := range b.trackers {
		if r.done != nil {
			<-r.done
		}
	}
}
