package keepalivedconf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// firstPreference is what keepalived gives to the first rule that has none; each further one gets one less.
const firstPreference = 16384

// routes reads a block of lines in the words of ip-route(8). They stay text: the app reads them with the same function.
func (p *parser) routes(l *line) (list []string) {
	for _, s := range l.s.Block {
		r := &line{p: p, s: s}
		if !r.valid() || !r.plainWords() {
			continue
		}
		parsed, err := netif.ParseRoute(s.Words)
		if err != nil {
			r.errorf("route '%s': %v", s.Text, err)
			continue
		}
		for _, old := range []struct{ word, now string }{{"gw", "via"}, {"or", "nexthop"}} {
			if slices.Contains(s.Words, old.word) {
				r.warnf("'%s' of routes is old; write %s", old.word, old.now)
			}
		}
		if slices.Contains(s.Words, "protocol") && !parsed.NoTrack {
			r.warnf("route '%s': a route that is put back when somebody removes it has the protocol keepalived; with no_track it keeps its own", s.Text)
		}
		list = append(list, strings.Join(s.Words, " "))
	}
	return list
}

// rules reads a block of lines in the words of ip-rule(8).
func (p *parser) rules(l *line) (list []string) {
	for _, s := range l.s.Block {
		r := &line{p: p, s: s}
		if !r.valid() || !r.plainWords() {
			continue
		}
		parsed, err := netif.ParseRule(s.Words)
		if err != nil {
			r.errorf("rule '%s': %v", s.Text, err)
			continue
		}
		text := strings.Join(s.Words, " ")
		if !slices.ContainsFunc(s.Words, func(w string) bool { return w == "preference" || w == "priority" || w == "order" }) {
			preference := firstPreference - p.global.rules
			p.global.rules++
			r.warnf("rule '%s' has no preference; it gets %d, as in keepalived, which is probably not what you want", text, preference)
			text += fmt.Sprint(" preference ", preference)
		}
		if slices.Contains(s.Words, "protocol") && !parsed.NoTrack {
			r.warnf("rule '%s': a rule that is put back when somebody removes it has the protocol keepalived; with no_track it keeps its own", s.Text)
		}
		list = append(list, text)
	}
	return list
}

// plainWords refuses words with white space in them, and blocks: the line becomes one text.
func (l *line) plainWords() bool {
	for _, w := range l.s.Words {
		if w == "" || len(strings.Fields(w)) != 1 || strings.Fields(w)[0] != w {
			l.errorf("'%s' cannot be a word of a route or a rule", w)
			return false
		}
	}
	if l.s.HasBlock {
		l.errorf("a route or a rule has no block")
		return false
	}
	return true
}
