package speaker

import (
	"net/netip"
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

// echoes are when the addresses of a macvlan are announced again after a takeover. Its MAC address moves with them, and a switch
// sends to the port that spoke last: that may have been the former master's, which answers until it hears the successor.
var echoes = [...]time.Duration{5 * time.Millisecond, 20 * time.Millisecond, 60 * time.Millisecond, 200 * time.Millisecond}

// echo begins them, when r has become master.
func (l *Local) echo(r *router) {
	if len(r.cfg.macvlans()) == 0 {
		return
	}
	if r.echo == nil {
		r.echo = l.newAlarm(func(now time.Time) { l.echoed(r, now) })
	}
	r.echoed, r.echo.at = 0, time.Now().Add(echoes[0])
}

func (l *Local) echoed(r *router, now time.Time) {
	if r.machine.State() != fsm.Master {
		return
	}
	if r.echoed++; r.echoed < len(echoes) {
		r.echo.at = now.Add(echoes[r.echoed] - echoes[r.echoed-1])
	}
	list := make([]netip.Prefix, 0, len(r.held))
	for p := range r.held {
		list = append(list, p)
	}
	l.announce(r, 1, list)
}
