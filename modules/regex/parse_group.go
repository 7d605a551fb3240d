package regex

import "strings"

// group reads what a parenthesis opens. The node is nil for an option setting such as (?i).
func (p *parser) group() (*node, bool) {
	start := p.pos
	p.pos++
	if !strings.HasPrefix(p.src[p.pos:], "?") {
		if strings.HasPrefix(p.src[p.pos:], "*") {
			p.fail(p.pos+1, "verbs such as (*ACCEPT) and assertions by name are not supported")
		}
		if p.flags.n {
			return p.inner(start, nil), true
		}
		p.groups++
		return p.inner(start, &node{kind: kCapture, index: p.groups}), true
	}
	p.pos++
	switch {
	case p.accept(":"):
		return p.inner(start, nil), true
	case p.accept(">"):
		return p.inner(start, &node{kind: kAtomic}), true
	case p.accept("="):
		return p.inner(start, &node{kind: kLook}), true
	case p.accept("!"):
		return p.inner(start, &node{kind: kLook, neg: true}), true
	case p.accept("<="):
		return p.lookBehind(start, false), true
	case p.accept("<!"):
		return p.lookBehind(start, true), true
	case p.accept("P="):
		at := p.pos
		return p.reference(0, p.name(')'), at), true
	case p.accept("P<"), p.accept("<"):
		return p.named(start, '>'), true
	case p.accept("'"):
		return p.named(start, '\''), true
	}
	return p.options(start)
}

// inner reads up to the closing parenthesis into wrap; options that are set inside end there.
func (p *parser) inner(start int, wrap *node) *node {
	saved := p.flags
	if wrap != nil && wrap.kind == kCapture {
		p.open[wrap.index] = true
		defer delete(p.open, wrap.index)
	}
	n := p.alternation()
	p.flags = saved
	if !p.accept(")") {
		p.fail(len(p.src), "missing closing parenthesis")
	}
	if wrap == nil {
		return n
	}
	wrap.subs = []*node{n}
	return wrap
}

func (p *parser) named(start int, closer byte) *node {
	at := p.pos
	name := p.name(closer)
	if _, dup := p.names[name]; dup {
		p.fail(at+len(name)+1, "two named subpatterns have the same name (PCRE2_DUPNAMES not set)")
	}
	p.groups++
	p.names[name] = p.groups
	return p.inner(start, &node{kind: kCapture, index: p.groups})
}

// lookBehind reads a look-behind. Each alternative must have a fixed width; they may differ.
func (p *parser) lookBehind(start int, neg bool) *node {
	n := p.inner(start, &node{kind: kLook, behind: true, neg: neg})
	branches := []*node{n.subs[0]}
	if n.subs[0].kind == kAlt {
		branches = n.subs[0].subs
	}
	for _, b := range branches {
		if _, ok := b.width(); !ok {
			p.fail(start, "lookbehind assertion is not fixed length")
		}
	}
	return n
}

// options reads (?i-s) or (?i-s:...).
func (p *parser) options(start int) (*node, bool) {
	set := p.flags
	if p.accept("^") {
		set.i, set.m, set.n, set.s, set.x, set.xx = false, false, false, false, false, false
	}
	on := true
	for ; p.more(); p.pos++ {
		switch c := p.src[p.pos]; c {
		case '-':
			if !on {
				p.fail(p.pos+1, "invalid hyphen in option setting")
			}
			on = false
		case 'i':
			set.i = on
		case 'm':
			set.m = on
		case 's':
			set.s = on
		case 'n':
			set.n = on
		case 'U':
			set.u = on
		case 'x':
			set.x = on
			set.xx = false
			if p.accept("xx") {
				set.xx = on
				p.pos--
			}
		case ')':
			p.pos++
			p.flags = set
			return nil, false
		case ':':
			p.pos++
			saved := p.flags
			p.flags = set
			n := p.inner(start, nil)
			p.flags = saved
			return n, true
		case '|', '(', 'R', '&', '+', 'P', 'C', 'J', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			p.fail(p.pos, "(?%c is not supported (recursion, conditions, callouts, repeated group numbers)", c)
		default:
			p.fail(p.pos, "unrecognized character after (? or (?-")
		}
	}
	p.fail(len(p.src), "missing closing parenthesis")
	return nil, false
}
