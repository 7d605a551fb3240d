package speaker

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// unit is what is driven together: one router, or the members of a vrrp_sync_group.
type unit struct {
	name    string     // the group's
	group   *fsm.Group // nil: a router by itself
	members []*router
	due     time.Time // zero: nothing is
	slack   time.Duration
	role    fsm.State // the group's, as it was reported last
}

// tell gives a router's machine an event and performs what follows.
func (l *Local) tell(r *router, e fsm.Event) {
	u, now := r.unit, time.Now()
	if u.group == nil {
		l.performAll(r, r.machine.Handle(now, e))
	} else {
		l.performSteps(u, u.group.Handle(now, r.member, e))
	}
	u.rearm()
}

// tellAll gives all members of a unit the same event.
func (l *Local) tellAll(u *unit, e fsm.Event) {
	if u.group == nil {
		l.tell(u.members[0], e)
		return
	}
	l.performSteps(u, u.group.HandleAll(time.Now(), e))
	u.rearm()
}

func (l *Local) tickUnit(u *unit) {
	if u.group == nil {
		l.tell(u.members[0], fsm.Tick{})
		return
	}
	l.performSteps(u, u.group.HandleDue(time.Now()))
	u.rearm()
}

func (l *Local) performAll(r *router, effects []fsm.Effect) {
	for i := range effects {
		l.perform(r, &effects[i])
	}
}

func (l *Local) performSteps(u *unit, steps []fsm.Step) {
	for i := range steps {
		l.perform(u.members[steps[i].Member], &steps[i].Effect)
	}
	if len(steps) > 0 {
		l.reportGroup(u)
	}
}

// rearm asks for the next deadline: any event may have changed it.
func (u *unit) rearm() {
	var due bool
	if u.group != nil {
		u.due, due = u.group.Deadline()
	} else {
		u.due, due = u.members[0].machine.Deadline()
	}
	if !due {
		u.due = time.Time{}
	}
	u.slack = u.indulgence()
}

// indulgence is how late a unit's timers may come on purpose, so that one wakeup serves several of many routers: a hundredth of
// the interval for masters, whose advertisements are on an absolute schedule and are waited for three times as long. Backups
// wait for nothing but the moment to take over.
func (u *unit) indulgence() time.Duration {
	least := time.Second
	for _, r := range u.members {
		if r.machine.State() != fsm.Master {
			return 0
		}
		least = min(least, r.spoken.Interval)
	}
	return least / 100
}

// together is the role that the members have in common; false: they are on the way.
func (u *unit) together() (role fsm.State, ok bool) {
	for i, r := range u.members {
		is := r.machine.State().Role()
		if i > 0 && is != role {
			return 0, false
		}
		role = is
	}
	return role, true
}
