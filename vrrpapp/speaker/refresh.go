package speaker

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// setExtraRefresh begins, changes or ends the announcements on other interfaces than the router's (garp_extra_if).
func (l *Local) setExtraRefresh(r *router) {
	l.endAlarm(r.extra)
	r.extra = nil
	if r.cfg.ExtraRefresh <= 0 {
		return
	}
	every := r.cfg.ExtraRefresh
	r.extra = l.newAlarm(func(now time.Time) {
		r.extra.at = now.Add(every)
		l.announceExtra(r)
	})
	r.extra.at = time.Now().Add(every)
}

func (l *Local) announceExtra(r *router) {
	if r.machine.State() != fsm.Master {
		return
	}
	for _, h := range r.held {
		if h.dev != r.cfg.Interface && h.dev != r.cfg.voice() {
			l.announceHeld(r, h, 1)
		}
	}
	l.herald.kick()
}
