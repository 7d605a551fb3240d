package vrrpapp

import (
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// tracking compiles the trackers of an instance and those of its group.
func (c *compiler) tracking(where string, i *Instance, r *speaker.Router) {
	group := c.groups[i.Name]
	uses, links := i.Track, i.TrackInterface
	if group != nil {
		uses, links = slices.Concat(uses, group.Track), slices.Concat(links, group.TrackInterface)
		if group.GlobalTracking {
			uses, links = c.everybodys(group, uses, links)
		}
	}
	for n, t := range uses {
		d, ok := c.defaults[t.Name]
		if !ok {
			c.failf("%s: there is no tracker %s", where, t.Name)
			continue
		}
		if d.disabled != nil {
			c.warnf("%s: tracker %s is left out, as in keepalived: %v", where, t.Name, d.disabled)
			continue
		}
		ft := fsm.Tracker{Name: t.Name, Weight: d.weight, Reverse: d.reverse, Scaled: d.scaled, InitFail: d.initFail}
		if t.Weight != nil {
			ft.Weight = *t.Weight
		}
		ft.Reverse = pick(t.Reverse, ft.Reverse)
		ft.Weight = c.weight(where, i, group, n < len(i.Track), t.Name, ft.Weight)
		if at := slices.IndexFunc(r.FSM.Trackers, func(o fsm.Tracker) bool { return o.Name == t.Name }); at >= 0 {
			c.warnf("%s: tracker %s is named twice; the first counts", where, t.Name)
			continue
		}
		r.FSM.Trackers = append(r.FSM.Trackers, ft)
	}
	for n, t := range links {
		w := 0
		if t.Weight != nil {
			w = *t.Weight
		}
		if w < -253 || w > 253 {
			c.failf("%s: track_interface %s: weight %d: -253 to 253", where, t.Name, w)
		}
		w = c.weight(where, i, group, n < len(i.TrackInterface), t.Name, w)
		if slices.ContainsFunc(r.Interfaces, func(o speaker.TrackedInterface) bool { return o.Name == t.Name }) {
			continue
		}
		r.Interfaces = append(r.Interfaces, speaker.TrackedInterface{Name: t.Name, Weight: w, Reverse: pick(t.Reverse, false)})
	}
	c.movable(where, i, r)
}

// everybodys are the trackers of all members (global_tracking).
func (c *compiler) everybodys(g *SyncGroup, uses, links []Track) ([]Track, []Track) {
	for _, i := range c.app.Instances {
		if c.groups[i.Name] != g {
			continue
		}
		for _, t := range i.Track {
			if !names(uses, t.Name) {
				uses = append(slices.Clip(uses), t)
			}
		}
		for _, t := range i.TrackInterface {
			if !names(links, t.Name) {
				links = append(slices.Clip(links), t)
			}
		}
	}
	return uses, links
}

func names(list []Track, name string) bool {
	return slices.ContainsFunc(list, func(t Track) bool { return t.Name == name })
}

// weight is 0 where a weight cannot be: the owner's priority never changes, and members of a sync group must not drift
// apart (keepalived.conf(5), vrrp_sync_group).
func (c *compiler) weight(where string, i *Instance, g *SyncGroup, own bool, name string, w int) int {
	switch {
	case w == 0:
	case i.Priority == 255:
		c.warnf("%s: tracker %s: weight %d becomes 0: priority 255 never changes", where, name, w)
		return 0
	case g != nil && own && !g.TrackingWeight:
		c.warnf("%s: tracker %s: weight %d becomes 0 in sync group %s; track it in the group, or say sync_group_tracking_weight", where, name, w, g.Name)
		return 0
	}
	return w
}

// movable warns of weights that can never move the addresses.
func (c *compiler) movable(where string, i *Instance, r *speaker.Router) {
	var weighted string
	for _, t := range r.FSM.Trackers {
		if t.Weight != 0 && weighted == "" {
			weighted = t.Name
		}
	}
	for _, t := range r.Interfaces {
		if t.Weight != 0 && weighted == "" {
			weighted = t.Name
		}
	}
	if weighted != "" && r.FSM.NoPreempt {
		c.warnf("%s: tracker %s has a weight, but with nopreempt a lower priority moves nothing: use weight 0, which is a fault", where, weighted)
	}
}
