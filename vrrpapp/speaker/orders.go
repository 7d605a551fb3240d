package speaker

import (
	"fmt"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// Ready is Speaker's.
func (l *Local) Ready() {
	l.do(func() {
		l.ready = true
		for _, u := range l.units {
			l.tellAll(u, fsm.Resume{By: fsm.ByStart})
		}
	})
}

// Track is Speaker's.
func (l *Local) Track(name string, up bool, value int) {
	l.do(func() { l.judge(fsm.Track{Name: name, Up: up, Value: value}) })
}

// Order is Speaker's. The members of a sync group obey together.
func (l *Local) Order(name string, o Order) error {
	events := map[Order]fsm.Event{HandOver: fsm.HandOver{}, Hold: fsm.Hold{By: fsm.ByOperator}, Resume: fsm.Resume{By: fsm.ByOperator}, Yield: fsm.Yield{}}
	e := events[o]
	if e == nil {
		return fmt.Errorf("speaker: no order is called %q", o)
	}
	found := false
	err := l.do(func() {
		for _, u := range l.units {
			if u.has(name) {
				found = true
				l.tellAll(u, e)
			}
		}
	})
	if err == nil && !found && name != "" {
		err = fmt.Errorf("speaker: no vrrp_instance is called %q", name)
	}
	return err
}

// has says whether an order for a name is meant for the unit.
func (u *unit) has(name string) bool {
	for _, r := range u.members {
		if name == "" || r.cfg.Name == name {
			return true
		}
	}
	return false
}

// Release is Speaker's.
func (l *Local) Release(most time.Duration) {
	var released chan struct{}
	err := l.do(func() {
		l.stopAll(fsm.Stop{})
		if l.released == nil { // else somebody waits already
			l.released = make(chan struct{})
		}
		released = l.released
	})
	if err != nil {
		return
	}
	patience := time.NewTimer(most)
	defer patience.Stop()
	select {
	case <-released:
		return
	case <-l.done:
		return
	case <-patience.C:
	}
	l.do(func() { l.stopAll(fsm.Stop{Abrupt: true}) })
}
