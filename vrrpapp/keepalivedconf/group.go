package keepalivedconf

import (
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// group is a vrrp_sync_group and where it stands.
type group struct {
	*vrrpapp.SyncGroup
	pos   conf.Pos
	track tracks
}

func readGroup(p *parser, l *line) {
	name, ok := l.word("a name")
	if !ok {
		return
	}
	g := &group{SyncGroup: &vrrpapp.SyncGroup{Name: name}, pos: l.s.Pos}
	p.group, p.notify, p.track = g, &g.Notify, &g.track
	p.block(groupKeywords, "vrrp_sync_group", l.s.Block)
	p.group, p.notify, p.track = nil, nil, nil
	p.groups = append(p.groups, g)
}

var groupBasics = []keyword{
	{name: "group", block: true, read: func(p *parser, l *line) { p.group.Group = append(p.group.Group, p.list(l, "an instance")...) }},
	{name: "global_tracking", read: setFlag(func(p *parser) *bool { return &p.group.GlobalTracking })},
	{name: "sync_group_tracking_weight", read: setFlag(func(p *parser) *bool { return &p.group.TrackingWeight })},
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
