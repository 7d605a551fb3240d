package keepalivedconf

import (
	"unicode/utf8"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// parser fills the app's config from statements.
type parser struct {
	opt   Options
	host  Host
	app   *vrrpapp.App
	diags conf.Diagnostics
	skip  map[string]bool

	trackers  map[trackerID]*tracker
	order     []*tracker
	counted   int // trackers and their uses
	instances []*instance
	groups    []*group
	global    globals
	usePos    map[string]conf.Pos // where trackers are used, by user and name

	// The block that is being read.
	instance *instance
	group    *group
	tracker  *tracker
	garp     *vrrpapp.GARPGroup
	notify   *vrrpapp.Notify
	track    *tracks
}

func newParser(opt Options, diags conf.Diagnostics) *parser {
	p := &parser{opt: opt, host: opt.Host, app: new(vrrpapp.App), diags: diags, skip: map[string]bool{}, trackers: map[trackerID]*tracker{}, usePos: map[string]conf.Pos{}}
	if p.host == nil {
		p.host = system{}
	}
	for _, name := range opt.Skip {
		p.skip[name] = true
	}
	return p
}

// block reads the statements of a block by its keywords.
func (p *parser) block(t table, where string, list []*conf.Statement) {
	seen := map[string]bool{}
	for _, s := range list {
		l := &line{p: p, s: s, next: 1}
		if !l.valid() {
			continue
		}
		k := t[s.Words[0]]
		if k == nil {
			l.unknown(t, where)
			continue
		}
		if seen[k.name] && !k.block && !k.each && k.warn == "" {
			if k.first {
				l.warnf("'%s' stands twice in %s; the first counts, as in keepalived", k.name, where)
				continue
			}
			l.warnf("'%s' stands twice in %s; the last counts, as in keepalived", k.name, where)
		}
		seen[k.name] = true
		p.obey(k, l)
	}
}

func (p *parser) obey(k *keyword, l *line) {
	if k.never != "" {
		l.errorf("'%s' is not supported: %s", k.name, k.never)
		return
	}
	if k.read != nil {
		failed := len(p.diags.Errors())
		k.read(p, l)
		if len(p.diags.Errors()) == failed {
			l.end(k)
		}
	}
	if k.warn != "" {
		l.warnf("'%s' has no effect here: %s", k.name, k.warn)
	}
}

// line is a statement that is being read.
type line struct {
	p    *parser
	s    *conf.Statement
	next int // the first word that was not read yet
}

func (l *line) keyword() string { return l.s.Words[0] }

func (l *line) add(warning bool, format string, a ...any) {
	if warning {
		l.p.diags.Warnf(l.s.Pos, format, a...)
	} else {
		l.p.diags.Errorf(l.s.Pos, format, a...)
	}
	l.p.diags[len(l.p.diags)-1].Keyword = l.keyword()
}

func (l *line) errorf(format string, a ...any) { l.add(false, format, a...) }
func (l *line) warnf(format string, a ...any)  { l.add(true, format, a...) }

// valid refuses words that JSON cannot carry: it would replace their bytes without a word.
func (l *line) valid() bool {
	for _, w := range l.s.Words {
		if !utf8.ValidString(w) {
			l.errorf("%+q is not valid UTF-8, and the configuration becomes JSON, which holds nothing else", w)
			return false
		}
	}
	return true
}

func (l *line) unknown(t table, where string) {
	if near := cfg.Nearest(l.keyword(), t.names()); near != "" {
		l.errorf("unknown keyword '%s' in %s; did you mean '%s'?", l.keyword(), where, near)
		return
	}
	l.errorf("unknown keyword '%s' in %s", l.keyword(), where)
}

// end looks at what a keyword's function left over.
func (l *line) end(k *keyword) {
	if l.next < len(l.s.Words) {
		l.warnf("'%s' takes no '%s'; keepalived ignores it too", k.name, l.s.Words[l.next])
	}
	if l.s.HasBlock && !k.block && !k.either {
		l.errorf("'%s' has no block", k.name)
	}
	if k.block && !l.s.HasBlock {
		l.errorf("'%s' needs a block in braces", k.name)
	}
}
