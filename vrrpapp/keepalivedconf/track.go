package keepalivedconf

import (
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// tracks are the uses of trackers and interfaces in an instance or a group. Their names are looked up when all files are read:
// a tracker may be defined below.
type tracks struct {
	uses       []use
	interfaces []use
}

// use is one line of track_script and its like.
type use struct {
	vrrpapp.Track
	kind trackerKind
	pos  conf.Pos
	// number counts the trackers and uses that were read before.
	number int
}

var trackKeywords = []keyword{
	{name: "track_interface", block: true, read: func(p *parser, l *line) {
		p.track.interfaces = append(p.track.interfaces, p.uses(l, "", maxWeight)...)
	}},
	{name: "track_script", block: true, read: trackBlock(scriptTracker, maxWeight)},
	{name: "track_file", block: true, read: trackBlock(fileTracker, maxWideWeight)},
	{name: "track_process", block: true, read: trackBlock(processTracker, maxWideWeight)},
	{name: "track_listener", block: true, read: trackBlock(listenerTracker, maxWeight)},
	{name: "track_backend", each: true, either: true, read: readTrackBackend},
	{name: "track_bfd", block: true, read: readTrackBFD},
}

// readTrackBFD goes with bfd_instance: refused, or left out.
func readTrackBFD(p *parser, l *line) {
	if p.skip["bfd_instance"] {
		l.warnf("'track_bfd' is skipped")
		return
	}
	l.errorf("'track_bfd' is not supported: %s. '#@ skip bfd_instance' leaves it out", noBFD)
}

func trackBlock(kind trackerKind, most int) func(*parser, *line) {
	return func(p *parser, l *line) { p.track.uses = append(p.track.uses, p.uses(l, kind, most)...) }
}

// uses reads a block of lines NAME [weight N [reverse|noreverse]].
func (p *parser) uses(l *line, kind trackerKind, most int) (list []use) {
	for _, s := range l.s.Block {
		u := &line{p: p, s: s, next: 1}
		if !u.valid() {
			continue
		}
		one := use{Track: vrrpapp.Track{Name: u.keyword()}, kind: kind, pos: s.Pos, number: p.count()}
		if !u.weight(&one.Track, most) || kind == "" && !u.ifname(one.Name) {
			continue
		}
		if s.HasBlock {
			u.errorf("'%s' has no block", u.keyword())
		}
		list = append(list, one)
	}
	return list
}

// weight reads what may follow a name.
func (l *line) weight(t *vrrpapp.Track, most int) bool {
	for w, ok := l.optional(); ok; w, ok = l.optional() {
		switch w {
		case "weight":
			v, ok := l.word("a number after weight")
			if !ok {
				return false
			}
			n, ok := l.number("weight of "+t.Name, v, -most, most)
			if !ok {
				return false
			}
			t.Weight = &n
		case "reverse":
			t.Reverse = pointer(true)
		case "noreverse", "no_reverse":
			t.Reverse = pointer(false)
		default:
			l.errorf("'%s' is followed by weight, reverse or noreverse, not '%s'", t.Name, w)
			return false
		}
	}
	return true
}

// readTrackBackend reads a block of names, or our short form: track_backend NAME min_servers N [weight W [reverse]].
func readTrackBackend(p *parser, l *line) {
	if l.s.HasBlock && l.next == len(l.s.Words) {
		trackBlock(backendTracker, maxWeight)(p, l)
		return
	}
	name, ok := l.word("a block of names, or the name of a backend")
	if !ok {
		return
	}
	if l.s.HasBlock {
		l.errorf("'track_backend' has a block or the name of a backend, not both")
		return
	}
	t := &tracker{trackerID: trackerID{backendTracker, "backend " + name}, pos: l.s.Pos, module: module{Type: backendTracker, Backend: name}}
	var track vrrpapp.Track
	for w, more := l.optional(); more; w, more = l.optional() {
		if w != "min_servers" {
			l.next--
			break
		}
		v, ok := l.word("a number after min_servers")
		if !ok {
			return
		}
		if t.MinServers, ok = l.number("min_servers", v, 1, 1<<20); !ok {
			return
		}
		t.name += " min_servers " + v
	}
	if track.Name = t.name; !l.weight(&track, maxWeight) {
		return
	}
	if p.trackers[t.trackerID] == nil {
		p.define(t)
	}
	p.track.uses = append(p.track.uses, use{Track: track, kind: backendTracker, pos: l.s.Pos, number: p.count()})
}

// resolve finds the trackers that are used and writes them as the app wants them.
func (p *parser) resolve(t *tracks, who string) (list, interfaces []vrrpapp.Track) {
	seen := map[trackerID]bool{}
	for _, u := range t.uses {
		id := trackerID{u.kind, u.Name}
		known := p.trackers[id]
		switch {
		case known == nil:
			p.unknownTracker(u, who)
			continue
		case seen[id]:
			p.diags.Warnf(u.pos, "%s tracks %s '%s' twice; the first counts, as in keepalived", who, u.kind, u.Name)
			continue
		}
		if seen[id], known.used = true, true; known.number > u.number {
			p.diags.Warnf(u.pos, "%s: %s '%s' is defined below; keepalived ignores it then, here it is tracked", who, u.kind, u.Name)
		}
		u.Name = known.key
		p.usePos[who+" "+u.Name] = u.pos
		list = append(list, u.Track)
	}
	for _, u := range t.interfaces {
		id := trackerID{"", u.Name}
		if seen[id] {
			p.diags.Warnf(u.pos, "%s tracks interface '%s' twice; the first counts, as in keepalived", who, u.Name)
			continue
		}
		seen[id] = true
		p.usePos[who+" "+u.Name] = u.pos
		interfaces = append(interfaces, u.Track)
	}
	return list, interfaces
}

func (p *parser) unknownTracker(u use, who string) {
	var names []string
	for id := range p.trackers {
		if id.kind == u.kind {
			names = append(names, id.name)
		}
	}
	slices.Sort(names)
	hint := ""
	if near := cfg.Nearest(u.Name, names); near != "" {
		hint = "; did you mean '" + near + "'?"
	}
	p.diags.Errorf(u.pos, "%s: there is no %s '%s'%s", who, strings.TrimSpace(string(u.kind)), u.Name, hint)
}

// posOf is where an instance names a tracker or an interface.
func (p *parser) posOf(i *instance, t vrrpapp.Track) conf.Pos {
	return p.usePos["vrrp_instance "+i.Name+" "+t.Name]
}
