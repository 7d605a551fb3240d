package guard

import (
	"fmt"
	"maps"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// openSpeaker opens the speaker that speaks: in the guard, or here after the last guard. Tests have another one.
var openSpeaker = func(o speaker.Options) (speaker.Speaker, error) {
	l, err := speaker.Open(o)
	if err != nil {
		return nil, err // no Local in an interface that is not nil
	}
	return l, nil
}

// giveUp tries no further guard. Either this process speaks itself, or nobody does: then nothing may be left behind.
func (g *Guard) giveUp(why error, deaths int) {
	if g.opts.InProcess {
		g.died(deaths, fmt.Sprintf("%v; giving up: this process speaks itself now", why))
		if why = g.speakHere(); why == nil {
			return
		}
	}
	g.mu.Lock()
	g.gone = true
	g.announce()
	g.mu.Unlock()
	g.sweep()
	g.died(deaths, fmt.Sprintf("%v; giving up: this node is no VRRP router any more", why))
}

// speakHere is what opened is for a guard.
func (g *Guard) speakHere() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closing {
		return ErrGone
	}
	before := memory{states: maps.Clone(g.memory.states), groups: maps.Clone(g.memory.groups)} // the reporting goroutine's
	o := speaker.Options{Adopt: g.memory.masters(), Died: g.memory.heard, Report: func(r speaker.Report) {
		if before.reported(&r) {
			g.opts.Report(r)
		}
	}}
	var s speaker.Speaker
	err := g.place.Do(func() (err error) {
		s, err = openSpeaker(o)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range g.memory.replay() {
		if _, err := obey(s, c); err != nil {
			g.log.Error("vrrp: after the guard", "command", c.Do, "error", err)
		}
	}
	g.local = s
	g.announce()
	return nil
}

// obey carries out a command.
func obey(s speaker.Speaker, c command) (status []speaker.Status, err error) {
	switch c.Do {
	case doAlive:
	case doReady:
		s.Ready()
	case doTrack:
		s.Track(c.Name, c.Up, c.Value)
	case doOrder:
		return nil, s.Order(c.Name, c.Order)
	case doStatus:
		return s.Status()
	case doRelease:
		s.Release(max(c.Most, time.Millisecond))
	case doApply:
		if c.Config == nil {
			return nil, fmt.Errorf("guard: apply without a configuration")
		}
		return nil, s.Apply(*c.Config)
	default:
		return nil, fmt.Errorf("guard: unknown command %q", c.Do)
	}
	return nil, nil
}
