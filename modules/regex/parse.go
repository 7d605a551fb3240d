package regex

import (
	"fmt"
	"strings"
)

// flags are the option letters in force at one place of a pattern.
type flags struct {
	i, m, s, x, xx, n, u bool
}

// SyntaxError says why a pattern cannot be compiled, in PCRE2's words where PCRE2 would refuse it too.
type SyntaxError struct {
	Expr   string
	Reason string
	Offset int
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("regex '%s' is invalid (error=%s, erroffset=%d)", e.Expr, e.Reason, e.Offset)
}

// maxDepth bounds nested groups (PCRE2's own default), so that no pattern can exhaust the stack.
const maxDepth = 250

type parser struct {
	src   string
	pos   int
	flags flags
	depth int
	// groups is the number of capture groups so far; names are those that have one.
	groups int
	names  map[string]int
	open   map[int]bool // groups that are not closed yet
	refs   []*node      // back-references, checked at the end
	refPos []int
	quote  bool // inside \Q...\E
	// These say that . or \N, \R, \S, and \h or \v occur outside of classes.
	dots, anyNewline, notSpace, blank bool
}

// parse reads a whole pattern. Without capture, plain parentheses only group, as in HAProxy's ACLs and maps.
func parse(src string, icase, capture bool) (n *node, groups int, err error) {
	p := &parser{src: src, flags: flags{i: icase, n: !capture}, names: map[string]int{}, open: map[int]bool{}}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*SyntaxError)
			if !ok {
				panic(r)
			}
			n, err = nil, e
		}
	}()
	if strings.HasPrefix(src, "(*") && len(src) > 2 && src[2] >= 'A' && src[2] <= 'Z' {
		p.fail(2, "verbs such as (*UTF) are not supported")
	}
	n = p.alternation()
	if p.pos < len(src) {
		p.fail(p.pos, "unmatched closing parenthesis")
	}
	if p.anyNewline && p.dots || p.notSpace && (p.blank || p.anyNewline) {
		// PCRE2 10.42 takes these for disjoint and never gives back what a repeat of one took when the other follows. They
		// are not: \r is both . and \R, \x85 is \S and \v, \xa0 is \S and \h.
		p.fail(len(src), `. or \S together with \R, \h or \v is not supported`)
	}
	for i, ref := range p.refs {
		if ref.name != "" {
			ref.index = p.names[ref.name]
		}
		if ref.index == 0 || ref.index > p.groups {
			p.fail(p.refPos[i], "reference to non-existent subpattern")
		}
	}
	return n, p.groups, nil
}

// fail ends parsing; parse turns it into its error.
func (p *parser) fail(offset int, format string, args ...any) {
	panic(&SyntaxError{Expr: p.src, Reason: fmt.Sprintf(format, args...), Offset: min(offset, len(p.src))})
}

func (p *parser) more() bool { return p.pos < len(p.src) }

func (p *parser) accept(s string) bool {
	if strings.HasPrefix(p.src[p.pos:], s) {
		p.pos += len(s)
		return true
	}
	return false
}

// alternation reads up to a closing parenthesis or the end.
func (p *parser) alternation() *node {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.pos, "parentheses are too deeply nested")
	}
	defer func() { p.depth-- }()
	branches := []*node{p.branch()}
	for p.accept("|") {
		branches = append(branches, p.branch())
	}
	if len(branches) == 1 {
		return branches[0]
	}
	return &node{kind: kAlt, subs: branches}
}

func (p *parser) branch() *node {
	cat := &node{kind: kCat}
	for {
		p.skipIgnored()
		if !p.more() || !p.quote && (p.src[p.pos] == '|' || p.src[p.pos] == ')') {
			break
		}
		n, repeatable := p.atom()
		if n == nil { // an option setting
			continue
		}
		cat.subs = append(cat.subs, p.quantified(n, repeatable))
	}
	switch len(cat.subs) {
	case 0:
		return &node{kind: kEmpty}
	case 1:
		return cat.subs[0]
	}
	return cat
}

// skipIgnored skips comments, \Q, \E and, under (?x), white space.
func (p *parser) skipIgnored() {
	for p.more() {
		switch {
		case p.quote:
			if !p.accept(`\E`) {
				return
			}
			p.quote = false
		case p.accept(`\Q`):
			p.quote = true
		case p.accept(`\E`):
		case strings.HasPrefix(p.src[p.pos:], "(?#"):
			end := strings.IndexByte(p.src[p.pos:], ')')
			if end < 0 {
				p.fail(len(p.src), "missing ) after (?# comment")
			}
			p.pos += end + 1
		case p.flags.x && strings.IndexByte(" \t\n\v\f\r", p.src[p.pos]) >= 0:
			p.pos++
		case p.flags.x && p.src[p.pos] == '#':
			if end := strings.IndexByte(p.src[p.pos:], '\n'); end >= 0 {
				p.pos += end + 1
			} else {
				p.pos = len(p.src)
			}
		default:
			return
		}
	}
}

// atom reads one item without its quantifier. A nil node is one that matches nothing and only sets something.
func (p *parser) atom() (n *node, repeatable bool) {
	c := p.src[p.pos]
	if p.quote {
		p.pos++
		return p.literal(c), true
	}
	switch c {
	case '(':
		return p.group()
	case '[':
		return p.class()
	case '\\':
		return p.escape()
	case '.':
		p.pos++
		p.dots = true
		if p.flags.s {
			return &node{kind: kSet, set: setAny}, true
		}
		return &node{kind: kSet, set: setNewline.not()}, true
	case '^':
		p.pos++
		if p.flags.m {
			return &node{kind: kBeginLine}, false
		}
		return &node{kind: kBegin}, false
	case '$':
		p.pos++
		if p.flags.m {
			return &node{kind: kEndLine}, false
		}
		return &node{kind: kEnd}, false
	case '*', '+', '?':
		p.fail(p.pos, "quantifier does not follow a repeatable item")
	case '{':
		if _, _, size, _ := p.counts(p.pos); size > 0 {
			p.fail(p.pos+size-1, "quantifier does not follow a repeatable item")
		}
	}
	p.pos++
	return p.literal(c), true
}

func (p *parser) literal(c byte) *node {
	n := &node{kind: kSet}
	n.set.add(c)
	if p.flags.i {
		n.set.fold()
	}
	return n
}

// maxRepeat is PCRE2's limit of a counted repeat.
const maxRepeat = 65535

// counts reads {n}, {n,} or {n,m} at pos; size 0 says that there is none, and that the brace is a literal.
func (p *parser) counts(pos int) (lo, hi, size int, err string) {
	s := p.src[pos:]
	i := 1
	number := func() (v int, ok bool) {
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			if v = v*10 + int(s[i]-'0'); v > maxRepeat {
				v, err = maxRepeat+1, "number too big in {} quantifier"
			}
			ok = true
		}
		return v, ok
	}
	lo, ok := number()
	if !ok {
		return 0, 0, 0, ""
	}
	hi = lo
	if i < len(s) && s[i] == ',' {
		i++
		if hi, ok = number(); !ok {
			hi = -1
		}
	}
	if i >= len(s) || s[i] != '}' {
		return 0, 0, 0, ""
	}
	if err == "" && hi >= 0 && hi < lo {
		err = "numbers out of order in {} quantifier"
	}
	return lo, hi, i + 1, err
}

// quantifier reads a quantifier; ok is false if there is none.
func (p *parser) quantifier() (lo, hi int, ok bool) {
	if p.quote || !p.more() {
		return 0, 0, false
	}
	switch p.src[p.pos] {
	case '*':
		lo, hi = 0, -1
	case '+':
		lo, hi = 1, -1
	case '?':
		lo, hi = 0, 1
	case '{':
		l, h, size, err := p.counts(p.pos)
		if size == 0 {
			return 0, 0, false
		}
		p.pos += size
		if err != "" {
			p.fail(p.pos-1, "%s", err)
		}
		return l, h, true
	default:
		return 0, 0, false
	}
	p.pos++
	return lo, hi, true
}

// quantified reads the quantifier after n, if there is one.
func (p *parser) quantified(n *node, repeatable bool) *node {
	p.skipIgnored()
	lo, hi, ok := p.quantifier()
	if !ok {
		return n
	}
	if !repeatable {
		p.fail(p.pos-1, "quantifier does not follow a repeatable item")
	}
	p.skipIgnored()
	lazy := p.flags.u
	possessive := false
	switch {
	case p.accept("?"):
		lazy = !lazy
	case p.accept("+"):
		possessive, lazy = true, false
	}
	if n.kind == kLook {
		// PCRE2 runs a repeated assertion once or, when it is optional, tries once at most.
		lo = min(lo, 1)
		if hi != 0 {
			hi = 1
		}
	}
	rep := &node{kind: kRepeat, subs: []*node{n}, min: lo, max: hi, lazy: lazy}
	if possessive {
		if hi >= 0 && n.kind != kSet && n.kind != kBackref {
			// PCRE2 10.42 misses matches with it when a repeat stands in front.
			p.fail(p.pos, "a possessive repeat of a group with an upper bound is not supported")
		}
		return &node{kind: kAtomic, subs: []*node{rep}}
	}
	return rep
}
