package guard

import (
	"fmt"
	"maps"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

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
