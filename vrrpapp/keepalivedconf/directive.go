package keepalivedconf

import (
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// directives obeys the comments "#@ ...", which keepalived does not read. "#@ skip NAME..." leaves blocks out.
func (p *parser) directives(read conf.Result) {
	p.directiveList(read.Trailing)
	p.statementDirectives(read.Statements)
}

func (p *parser) statementDirectives(list []*conf.Statement) {
	for _, s := range list {
		p.directiveList(s.Directives)
		p.statementDirectives(s.Block)
	}
}

func (p *parser) directiveList(list []conf.Directive) {
	for _, d := range list {
		switch {
		case len(d.Words) > 1 && d.Words[0] == "skip":
			p.skipBlocks(d)
		default:
			p.diags.Errorf(d.Pos, "unknown directive '#@ %s'; there is '#@ skip virtual_server'", strings.Join(d.Words, " "))
		}
	}
}

func (p *parser) skipBlocks(d conf.Directive) {
	names := skippableNames()
	for _, name := range d.Words[1:] {
		if !slices.Contains(names, name) {
			p.diags.Errorf(d.Pos, "'#@ skip %s': what can be skipped is %s", name, strings.Join(names, ", "))
			continue
		}
		p.skip[name] = true
	}
}

func skippableNames() (names []string) {
	for _, k := range topSkippable {
		names = append(names, k.name)
	}
	return names
}
