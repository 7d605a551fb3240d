package keepalivedconf

import (
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// group is a vrrp_sync_group and where it stands.
type group struct {
	*vrrpapp.SyncGroup
	pos   conf.Pos
	track tracks
	// loose are single words that are no keywords: names that should stand in group { }.
	loose []*conf.Statement
}

func readGroup(p *parser, l *line) {
	name, ok := l.word("a name")
	if !ok {
		return
	}
	g := &group{SyncGroup: &vrrpapp.SyncGroup{Name: name}, pos: l.s.Pos}
	p.group, p.notify, p.track = g, &g.Notify, &g.track
	var list []*conf.Statement
	for _, s := range l.s.Block {
		if len(s.Words) == 1 && !s.HasBlock && groupKeywords[s.Words[0]] == nil {
			g.loose = append(g.loose, s)
			continue
		}
		list = append(list, s)
	}
	p.block(groupKeywords, "vrrp_sync_group", list)
	p.group, p.notify, p.track = nil, nil, nil
	p.groups = append(p.groups, g)
}

var groupBasics = []keyword{
	{name: "group", block: true, read: func(p *parser, l *line) { p.group.Group = append(p.group.Group, p.list(l, "an instance")...) }},
	{name: "global_tracking", read: func(p *parser, l *line) {
		p.group.GlobalTracking = true
		l.warnf("'global_tracking' is old; write track_interface, track_script, track_file in the group")
	}},
	{name: "sync_group_tracking_weight", read: setFlag(func(p *parser) *bool { return &p.group.TrackingWeight })},
}

// looseNames warns of names that do not stand in group { }; keepalived ignores them, and people run such files.
func (p *parser) looseNames(g *group) {
	for _, s := range g.loose {
		if slices.ContainsFunc(p.instances, func(i *instance) bool { return i.Name == s.Words[0] }) {
			p.diags.Warnf(s.Pos, "vrrp_sync_group %s: '%s' is ignored, as in keepalived; names of instances stand in a block: group { %s }",
				g.Name, s.Words[0], s.Words[0])
			continue
		}
		l := &line{p: p, s: s, next: 1}
		if l.valid() {
			l.unknown(groupKeywords, "vrrp_sync_group")
		}
	}
}

// readTrackGroup reads a block that ties static addresses to instances.
func readTrackGroup(p *parser, l *line) {
	if _, ok := l.word("a name"); !ok {
		return
	}
	p.block(trackGroupKeywords, "track_group", l.s.Block)
	l.warnf("'track_group' has no effect here: static addresses, routes and rules that somebody removes are put back and never " +
		"make an instance fail")
}

var trackGroupKeywords = newTable([]keyword{
	{name: "group", block: true, read: func(p *parser, l *line) { p.list(l, "an instance") }},
})
