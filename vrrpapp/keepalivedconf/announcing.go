package keepalivedconf

import (
	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
)

// announcing makes the rows of the garp_* words, which global_defs has with a prefix.
func announcing(prefix string, of func(p *parser) *vrrpapp.Announcing) []keyword {
	delay := func(field func(a *vrrpapp.Announcing) **duration.Duration, high int) func(*parser, *line) {
		return func(p *parser, l *line) {
			if d, ok := l.wholeSeconds(0, high); ok {
				*field(of(p)) = &d
			}
		}
	}
	repeat := func(field func(a *vrrpapp.Announcing) **int, low int) func(*parser, *line) {
		return func(p *parser, l *line) {
			if n, ok := l.integer(low, maxRepeat); ok {
				*field(of(p)) = &n
			}
		}
	}
	return []keyword{
		{name: prefix + "garp_master_delay", read: delay(func(a *vrrpapp.Announcing) **duration.Duration { return &a.MasterDelay }, maxSeconds)},
		{name: prefix + "garp_master_repeat", read: repeat(func(a *vrrpapp.Announcing) **int { return &a.MasterRepeat }, 1)},
		{name: prefix + "garp_lower_prio_delay", read: delay(func(a *vrrpapp.Announcing) **duration.Duration { return &a.LowerDelay }, maxSeconds)},
		{name: prefix + "garp_lower_prio_repeat", read: repeat(func(a *vrrpapp.Announcing) **int { return &a.LowerRepeat }, 0)},
		{name: prefix + "garp_master_refresh", read: delay(func(a *vrrpapp.Announcing) **duration.Duration { return &a.Refresh }, 1<<31-1)},
		{name: prefix + "garp_master_refresh_repeat", read: repeat(func(a *vrrpapp.Announcing) **int { return &a.RefreshRepeat }, 1)},
	}
}

const (
	// maxSeconds and maxFraction are keepalived's limits, those of its microseconds in 32 bits.
	maxSeconds  = 4294
	maxFraction = 4294.967295
	// maxRepeat keeps announcements from being a flood; keepalived has no limit.
	maxRepeat = 1 << 16
)

var (
	instanceAnnouncing = announcing("", func(p *parser) *vrrpapp.Announcing { return &p.instance.Announcing })
	globalAnnouncing   = announcing("vrrp_", func(p *parser) *vrrpapp.Announcing { return &p.app.Announcing })
)

func readGARPGroup(p *parser, l *line) {
	p.garp = new(vrrpapp.GARPGroup)
	p.block(garpKeywords, "garp_group", l.s.Block)
	g := p.garp
	p.garp = nil
	switch {
	case len(g.Interfaces) == 0:
		l.errorf("garp_group has no interface")
	case g.GARPInterval == 0 && g.GNAInterval == 0:
		l.errorf("garp_group has neither garp_interval nor gna_interval")
	default:
		p.app.GARPGroups = append(p.app.GARPGroups, *g)
	}
}

var garpKeywords = newTable([]keyword{
	{name: "garp_interval", read: setTime(func(p *parser) *duration.Duration { return &p.garp.GARPInterval }, 0, maxFraction)},
	{name: "gna_interval", read: setTime(func(p *parser) *duration.Duration { return &p.garp.GNAInterval }, 0, maxFraction)},
	{name: "interface", each: true, read: func(p *parser, l *line) {
		if name, ok := l.iface(); ok {
			p.garp.Interfaces = append(p.garp.Interfaces, name)
		}
	}},
	{name: "interfaces", block: true, read: func(p *parser, l *line) {
		p.garp.Interfaces = append(p.garp.Interfaces, p.list(l, "an interface")...)
	}},
})

// list reads a block of names, one or several on a line.
func (p *parser) list(l *line, what string) (names []string) {
	for _, s := range l.s.Block {
		item := &line{p: p, s: s}
		if !item.valid() {
			continue
		}
		if s.HasBlock {
			item.errorf("%s has no block", what)
		}
		names = append(names, item.rest()...)
	}
	return names
}

// readDelays reads interface_up_down_delays.
func readDelays(p *parser, l *line) {
	for _, s := range l.s.Block {
		d := &line{p: p, s: s, next: 1}
		if !d.valid() || !d.ifname(d.keyword()) {
			continue
		}
		down, ok := d.seconds(0, 255)
		if !ok {
			continue
		}
		delay := vrrpapp.InterfaceDelay{Down: down, Up: down}
		if d.next < len(s.Words) {
			if delay.Up, ok = d.seconds(0, 255); !ok {
				continue
			}
		}
		d.end(&keyword{name: d.keyword()})
		if p.app.InterfaceDelays == nil {
			p.app.InterfaceDelays = map[string]vrrpapp.InterfaceDelay{}
		}
		p.app.InterfaceDelays[d.keyword()] = delay
	}
}
