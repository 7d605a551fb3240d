package regex

import "strings"

// class reads a bracket expression.
func (p *parser) class() (*node, bool) {
	start := p.pos
	rest := p.src[p.pos:]
	switch {
	case strings.HasPrefix(rest, "[[:<:]]"), strings.HasPrefix(rest, "[[:>:]]"):
		p.pos += len("[[:<:]]")
		return p.wordEdge(rest[3] == '<'), false
	}
	p.rejectPosixOutside(start)
	p.pos++
	negated := p.classStart()
	var set, bytes byteSet // bytes are the ones written out: only they follow (?i)
	for first := true; ; first = false {
		c, sub, isSet := p.classItem(first)
		switch {
		case isSet:
			set.union(sub)
			if p.hyphen() {
				p.fail(p.pos, "invalid range in character class")
			}
			continue
		case c >= 0:
			p.classRange(&bytes, c)
			continue
		}
		break
	}
	if p.flags.i {
		bytes.fold()
	}
	set.union(bytes)
	if negated {
		set = set.not()
	}
	return &node{kind: kSet, set: set}, true
}

// classStart reads the ^ of a negated class. \Q\E and \E may stand around it.
func (p *parser) classStart() bool {
	for p.accept(`\E`) || p.accept(`\Q\E`) {
		continue
	}
	return p.accept("^")
}

// wordEdge is [[:<:]] or [[:>:]]: \b followed by a look-around, as PCRE2 defines them.
func (p *parser) wordEdge(begin bool) *node {
	look := &node{kind: kLook, behind: !begin, subs: []*node{{kind: kSet, set: setWord}}}
	return &node{kind: kCat, subs: []*node{{kind: kWord}, look}}
}

// rejectPosixOutside refuses [:name:], [.x.] and [=x=] where a class begins, as PCRE2 does.
func (p *parser) rejectPosixOutside(start int) {
	if end, _ := p.posixEnd(start); end > 0 {
		if p.src[start+1] == ':' {
			p.fail(start, "POSIX named classes are supported only within a class")
		}
		p.fail(start, "POSIX collating elements are not supported")
	}
}

// posixEnd finds the end of "[:name:]" at start; 0 if there is no such thing.
func (p *parser) posixEnd(start int) (end int, name string) {
	s := p.src[start:]
	if len(s) < 4 || strings.IndexByte(":.=", s[1]) < 0 {
		return 0, ""
	}
	for i := 2; i+1 < len(s); i++ {
		switch {
		case s[i] == '\\' && (s[i+1] == ']' || s[i+1] == '\\'):
			i++
		case s[i] == '[' && s[i+1] == s[1], s[i] == ']':
			return 0, ""
		case s[i] == s[1] && s[i+1] == ']':
			return start + i + 2, s[2:i]
		}
	}
	return 0, ""
}

// classItem reads one element: a byte (c >= 0) or a set. Neither means that the class has ended.
func (p *parser) classItem(first bool) (c int, set byteSet, isSet bool) {
	for {
		if !p.more() {
			p.fail(len(p.src), "missing terminating ] for character class")
		}
		if p.quote {
			if p.accept(`\E`) {
				p.quote = false
				continue
			}
			p.pos++
			return int(p.src[p.pos-1]), set, false
		}
		if p.accept(`\Q`) {
			p.quote = true
			continue
		}
		if p.accept(`\E`) {
			continue
		}
		if p.flags.xx && (p.src[p.pos] == ' ' || p.src[p.pos] == '\t') {
			p.pos++
			continue
		}
		break
	}
	switch b := p.src[p.pos]; {
	case b == ']' && !first:
		p.pos++
		return -1, set, false
	case b == '[':
		if end, name := p.posixEnd(p.pos); end > 0 {
			return -1, p.posixClass(end, name), true
		}
	case b == '\\':
		return p.classEscape()
	}
	p.pos++
	return int(p.src[p.pos-1]), set, false
}

func (p *parser) posixClass(end int, name string) byteSet {
	if p.src[p.pos+1] != ':' {
		p.fail(p.pos, "POSIX collating elements are not supported")
	}
	base, neg := strings.CutPrefix(name, "^")
	set, ok := posixClasses[base]
	if !ok {
		p.fail(p.pos+2, "unknown POSIX class name")
	}
	if p.flags.i && (base == "upper" || base == "lower") {
		set = posixClasses["alpha"]
	}
	if neg {
		set = set.not()
	}
	p.pos = end
	return set
}

// hyphen says whether a - stands here that makes a range.
func (p *parser) hyphen() bool {
	for p.accept(`\E`) {
		p.quote = false
	}
	return !p.quote && p.more() && p.src[p.pos] == '-' && p.pos+1 < len(p.src) && p.src[p.pos+1] != ']'
}

// classRange adds c, or the range that begins with it.
func (p *parser) classRange(set *byteSet, c int) {
	set.add(byte(c))
	if !p.hyphen() {
		return
	}
	p.pos++
	for p.accept(`\E`) {
		continue
	}
	at := p.pos
	hi, _, hiSet := p.classItem(false)
	switch {
	case hiSet && p.src[at] == '[':
		p.fail(at+1, "invalid range in character class")
	case hiSet:
		p.fail(p.pos, "invalid range in character class")
	case hi < 0: // [a-\E]: the hyphen was the last character after all
		set.add('-')
		p.pos--
	case hi < c:
		p.fail(p.pos-1, "range out of order in character class")
	default:
		set.addRange(byte(c), byte(hi))
	}
}

// classEscape reads an escape inside a class.
func (p *parser) classEscape() (c int, set byteSet, isSet bool) {
	if p.pos+1 >= len(p.src) {
		p.fail(len(p.src), `\ at end of pattern`)
	}
	e := p.src[p.pos+1]
	if set, ok := escapeSet(e); ok {
		p.pos += 2
		return -1, set, true
	}
	switch e {
	case 'b':
		p.pos += 2
		return '\b', set, false
	case 'p', 'P':
		return -1, p.property(), true
	case 'N':
		p.fail(p.pos+2, `\N is not supported in a class`)
	case 'B', 'R', 'X', 'A', 'z', 'Z', 'G', 'K', 'C', 'k':
		p.fail(p.pos+1, "escape sequence is invalid in character class")
	case 'g':
		p.pos += 2
		return 'g', set, false
	}
	b, ok := p.byteEscape(true)
	if !ok {
		p.unknownEscape(e)
	}
	return int(b), set, false
}
