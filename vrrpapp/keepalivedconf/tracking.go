package keepalivedconf

import (
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
)

// trackingEnd finds the trackers that instances and groups use, and looks at what they can do there.
func (p *parser) trackingEnd() {
	for _, i := range p.instances {
		i.Track, i.TrackInterface = p.resolve(&i.track, "vrrp_instance "+i.Name)
		i.Track = slices.DeleteFunc(i.Track, func(t vrrpapp.Track) bool { return p.useless(i, t) })
		i.TrackInterface = slices.DeleteFunc(i.TrackInterface, func(t vrrpapp.Track) bool {
			if t.Name == i.Interface && i.Interface != "" {
				p.diags.Warnf(i.pos("track_interface"), "vrrp_instance %s tracks its own interface %s: that says nothing, as in keepalived", i.Name, t.Name)
				return true
			}
			return p.useless(i, t)
		})
	}
	for _, g := range p.groups {
		g.Track, g.TrackInterface = p.resolve(&g.track, "vrrp_sync_group "+g.Name)
	}
	for _, t := range p.order {
		if !t.used {
			p.diags.Warnf(t.pos, "%s '%s' is tracked by nobody", t.kind, t.name)
		}
		if t.kind == scriptTracker {
			p.checkScript(t)
		}
	}
}

// weightOf is what a use counts: its own weight or the tracker's.
func (p *parser) weightOf(t vrrpapp.Track) int {
	if t.Weight != nil {
		return *t.Weight
	}
	for _, known := range p.order {
		if known.key != t.Name {
			continue
		}
		switch {
		case known.Weight != nil:
			return *known.Weight
		case known.kind == fileTracker:
			return 1
		}
	}
	return 0
}

// useless reports uses that keepalived leaves out, and warns of those that can never move the addresses.
func (p *parser) useless(i *instance, t vrrpapp.Track) bool {
	weight := p.weightOf(t)
	if weight == 0 {
		return false
	}
	pos, priority := p.posOf(i, t), i.Priority
	if priority == 0 {
		priority = 100
	}
	g := p.groupOf(i.Name)
	switch {
	case priority == owner:
		p.diags.Warnf(pos, "vrrp_instance %s has priority 255, which never changes: '%s' with a weight is not tracked, as in keepalived. "+
			"With weight 0 it makes a fault", i.Name, t.Name)
		return true
	case g != nil && !g.TrackingWeight && !g.GlobalTracking:
		p.diags.Warnf(pos, "vrrp_instance %s is in sync group %s, whose members keep their priorities: '%s' with a weight is not tracked, "+
			"as in keepalived. Track it in the group, or with weight 0", i.Name, g.Name, t.Name)
		return true
	case i.NoPreempt:
		p.diags.Warnf(pos, "vrrp_instance %s has nopreempt, so the weight %+d of '%s' never takes the addresses back, and moves them away only if the "+
			"other nodes preempt; weight 0 makes a fault, which always does", i.Name, weight, t.Name)
	case weight > 0 && priority == owner-1 || weight < 0 && priority == 1:
		p.diags.Warnf(pos, "vrrp_instance %s: priority %d stays as it is with the weight %+d of '%s': the limits are 1 and 254", i.Name, priority, weight, t.Name)
	}
	return false
}

func (p *parser) groupOf(instance string) *group {
	for _, g := range p.groups {
		if slices.Contains(g.Group, instance) {
			return g
		}
	}
	return nil
}

// groupsEnd looks at the members of groups.
func (p *parser) groupsEnd() {
	member, names := map[string]string{}, map[string]bool{}
	for _, g := range p.groups {
		if names[g.Name] {
			p.diags.Errorf(g.pos, "vrrp_sync_group '%s' is defined twice", g.Name)
			continue
		}
		names[g.Name] = true
		p.looseNames(g)
		for _, m := range g.Group {
			switch other, taken := member[m]; {
			case !slices.ContainsFunc(p.instances, func(i *instance) bool { return i.Name == m }):
				p.diags.Errorf(g.pos, "vrrp_sync_group %s: there is no vrrp_instance '%s'; keepalived ignores the name", g.Name, m)
			case taken:
				p.diags.Errorf(g.pos, "vrrp_sync_group %s: vrrp_instance '%s' is in group %s already", g.Name, m, other)
			default:
				member[m] = g.Name
			}
		}
		switch len(g.Group) {
		case 0:
			p.diags.Warnf(g.pos, "vrrp_sync_group %s has no members; keepalived removes it too", g.Name)
			continue
		case 1:
			p.diags.Warnf(g.pos, "vrrp_sync_group %s has only one member, which probably is not what you want", g.Name)
		}
		p.app.SyncGroups = append(p.app.SyncGroups, g.SyncGroup)
	}
}
