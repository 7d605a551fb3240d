package regex

import (
	"strings"
	"unicode"
)

// escape reads a backslash sequence outside a class.
func (p *parser) escape() (*node, bool) {
	if p.pos+1 >= len(p.src) {
		p.fail(len(p.src), `\ at end of pattern`)
	}
	e := p.src[p.pos+1]
	if set, ok := escapeSet(e); ok {
		p.pos += 2
		p.notSpace = p.notSpace || e == 'S'
		p.blank = p.blank || e == 'h' || e == 'v'
		return &node{kind: kSet, set: set}, true
	}
	if n, repeatable, ok := p.assertion(e); ok {
		p.pos += 2
		return n, repeatable
	}
	switch e {
	case 'p', 'P':
		return &node{kind: kSet, set: p.property()}, true
	case 'g', 'k':
		return p.namedReference(e), true
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if n := p.numberedReference(); n != nil {
			return n, true
		}
	case 'X', 'K':
		p.fail(p.pos+2, `\%c is not supported`, e)
	}
	b, ok := p.byteEscape(false)
	if !ok {
		p.unknownEscape(e)
	}
	return p.literal(b), true
}

const noPerlEscape = `PCRE2 does not support \F, \L, \l, \N{name}, \U, or \u`

func (p *parser) unknownEscape(e byte) {
	if strings.IndexByte("FLlUu", e) >= 0 {
		p.fail(p.pos+2, noPerlEscape)
	}
	p.fail(p.pos+1, `unrecognized character follows \`)
}

// assertion is an escape without an argument that is not one byte of a fixed set.
func (p *parser) assertion(e byte) (n *node, repeatable, ok bool) {
	switch e {
	case 'A':
		return &node{kind: kBeginText}, false, true
	case 'Z':
		return &node{kind: kEnd}, false, true
	case 'z':
		return &node{kind: kEndText}, false, true
	case 'G':
		return &node{kind: kStart}, false, true
	case 'b':
		return &node{kind: kWord}, false, true
	case 'B':
		return &node{kind: kNotWord}, false, true
	case 'N':
		p.dots = true
		rest := p.src[p.pos+2:]
		if strings.HasPrefix(rest, "{U+") {
			p.fail(p.pos+2, `\N{U+dddd} is supported only in Unicode (UTF) mode`)
		}
		if strings.HasPrefix(rest, "{") {
			if _, _, size, _ := p.counts(p.pos + 2); size == 0 {
				p.fail(p.pos+2, noPerlEscape)
			}
		}
		return &node{kind: kSet, set: setNewline.not()}, true, true
	case 'C':
		return &node{kind: kSet, set: setAny}, true, true
	case 'R':
		p.anyNewline = true
		crlf := &node{kind: kCat, subs: []*node{{kind: kSet, set: setOf("\r")}, {kind: kSet, set: setOf("\n")}}}
		alt := &node{kind: kAlt, subs: []*node{crlf, {kind: kSet, set: setVert}}}
		return &node{kind: kAtomic, subs: []*node{alt}}, true, true
	}
	return nil, false, false
}

// byteEscape reads an escape that stands for one byte.
func (p *parser) byteEscape(inClass bool) (byte, bool) {
	e := p.src[p.pos+1]
	switch e {
	case 'a', 'e', 'f', 'n', 'r', 't':
		p.pos += 2
		return map[byte]byte{'a': 7, 'e': 27, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}[e], true
	case 'c':
		return p.controlEscape(), true
	case 'x':
		return p.hexEscape(), true
	case 'o':
		return p.octalBraces(), true
	case '0', '1', '2', '3', '4', '5', '6', '7':
		return p.octalEscape(), true
	case '8', '9':
		if inClass {
			p.pos += 2
			return e, true
		}
	}
	if e >= '0' && e <= '9' || e >= 'a' && e <= 'z' || e >= 'A' && e <= 'Z' {
		return 0, false
	}
	p.pos += 2
	return e, true
}

func (p *parser) controlEscape() byte {
	if p.pos+2 >= len(p.src) {
		p.fail(len(p.src), `\c at end of pattern`)
	}
	c := p.src[p.pos+2]
	if c < ' ' || c > '~' {
		p.fail(p.pos+2, `\c must be followed by a printable ASCII character`)
	}
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	p.pos += 3
	return c ^ 0x40
}

func (p *parser) hexEscape() byte {
	p.pos += 2
	if p.accept("{") {
		return p.braced(16)
	}
	v := 0
	for i := 0; i < 2 && p.more(); i++ {
		d := digit(p.src[p.pos])
		if d < 0 || d > 15 {
			break
		}
		v = v*16 + d
		p.pos++
	}
	return byte(v)
}

func (p *parser) octalBraces() byte {
	p.pos += 2
	if !p.accept("{") {
		p.fail(p.pos, `missing opening brace after \o`)
	}
	return p.braced(8)
}

// braced reads digits and a closing brace.
func (p *parser) braced(base int) byte {
	v, n := 0, 0
	for ; p.more(); n++ {
		d := digit(p.src[p.pos])
		if d < 0 || d >= base {
			break
		}
		p.pos++
		if v = v*base + d; v > 255 {
			p.fail(p.pos, `character code point value in \x{} or \o{} is too large`)
		}
	}
	if n == 0 {
		p.fail(p.pos, `digits missing in \x{} or \o{} or \N{U+}`)
	}
	if !p.accept("}") {
		if base == 8 {
			p.fail(p.pos, `non-octal character in \o{} (closing brace missing?)`)
		}
		p.fail(p.pos, `non-hex character in \x{} (closing brace missing?)`)
	}
	return byte(v)
}

func (p *parser) octalEscape() byte {
	p.pos++
	v := 0
	for i := 0; i < 3 && p.more() && p.src[p.pos] >= '0' && p.src[p.pos] <= '7'; i++ {
		v = v*8 + int(p.src[p.pos]-'0')
		p.pos++
	}
	if v > 255 {
		p.fail(p.pos, `octal value is greater than \377 in 8-bit non-UTF-8 mode`)
	}
	return byte(v)
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// property reads \p{Lu}, \pL, \P{^Nd} and so on: general categories only, over the first 256 code points.
func (p *parser) property() byteSet {
	neg := p.src[p.pos+1] == 'P'
	start := p.pos
	p.pos += 2
	var name string
	if p.accept("{") {
		end := strings.IndexByte(p.src[p.pos:], '}')
		if end < 0 {
			p.fail(p.pos, `malformed \P or \p sequence`)
		}
		name = p.src[p.pos : p.pos+end]
		p.pos += end + 1
	} else if p.more() {
		name = p.src[p.pos : p.pos+1]
		p.pos++
	}
	if rest, ok := strings.CutPrefix(name, "^"); ok {
		name, neg = rest, !neg
	}
	table, ok := unicode.Categories[name]
	if name == "L&" {
		table, ok = unicode.LC, true
	}
	if !ok || len(name) > 2 {
		p.fail(start, `\p{%s} is not supported: only the general categories are`, name)
	}
	var set byteSet
	for c := range 256 {
		if unicode.Is(table, rune(c)) {
			set.add(byte(c))
		}
	}
	if neg {
		set = set.not()
	}
	return set
}

// numberedReference reads \1 and so on; nil if the digits are an octal number.
func (p *parser) numberedReference() *node {
	end, v := p.pos+1, 0
	for ; end < len(p.src) && p.src[end] >= '0' && p.src[end] <= '9'; end++ {
		if v = v*10 + int(p.src[end]-'0'); v > maxRepeat {
			p.fail(end, "number is too big")
		}
	}
	if v >= 10 && p.src[p.pos+1] < '8' && v > p.groups {
		return nil
	}
	p.pos = end
	return p.reference(v, "", end-1)
}

func (p *parser) reference(index int, name string, at int) *node {
	if p.open[index] || name != "" && p.open[p.names[name]] {
		p.fail(at, "a back-reference inside its own group is not supported")
	}
	n := &node{kind: kBackref, index: index, name: name, fold: p.flags.i}
	p.refs, p.refPos = append(p.refs, n), append(p.refPos, at)
	return n
}

// namedReference reads \g{n}, \gn, \g{-n}, \g{name}, \k{name}, \k<name> and \k'name'.
func (p *parser) namedReference(e byte) *node {
	p.pos += 2
	if !p.more() {
		p.fail(p.pos, `a numbered reference must not be zero`)
	}
	closer := byte(0)
	switch p.src[p.pos] {
	case '{':
		closer = '}'
	case '<':
		closer = '>'
	case '\'':
		closer = '\''
	}
	if e == 'g' && (closer == '>' || closer == '\'') {
		p.fail(p.pos, "calls of a group as a subroutine are not supported")
	}
	if closer == 0 {
		if e == 'k' {
			p.fail(p.pos, `\k is not followed by a braced, angle-bracketed, or quoted name`)
		}
		at := p.pos
		sign, v := p.number()
		return p.relative(at, sign, v)
	}
	start := p.pos
	p.pos++
	if c := p.src[p.pos:]; e == 'g' && c != "" && (c[0] == '-' || c[0] == '+' || c[0] >= '0' && c[0] <= '9') {
		sign, v := p.number()
		if !p.accept("}") {
			p.fail(p.pos, `\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number`)
		}
		return p.relative(start, sign, v)
	}
	at := p.pos
	return p.reference(0, p.name(closer), at)
}

// number reads an optional sign and digits.
func (p *parser) number() (sign byte, v int) {
	if p.accept("-") {
		sign = '-'
	} else if p.accept("+") {
		sign = '+'
	}
	start := p.pos
	for p.more() && p.src[p.pos] >= '0' && p.src[p.pos] <= '9' {
		if v = v*10 + int(p.src[p.pos]-'0'); v > maxRepeat {
			p.fail(p.pos, "number is too big")
		}
		p.pos++
	}
	if p.pos == start {
		p.fail(p.pos, `\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number`)
	}
	return sign, v
}

func (p *parser) relative(start int, sign byte, v int) *node {
	if v == 0 {
		p.fail(p.pos, "a numbered reference must not be zero")
	}
	switch sign {
	case '-':
		if v = p.groups - v + 1; v <= 0 {
			p.fail(start, "reference to non-existent subpattern")
		}
	case '+':
		v += p.groups
	}
	return p.reference(v, "", p.pos-1)
}

// name reads a group's name and its closing character.
func (p *parser) name(closer byte) string {
	start := p.pos
	for p.more() && setWord.has(p.src[p.pos]) {
		p.pos++
	}
	name := p.src[start:p.pos]
	switch {
	case name == "":
		p.fail(p.pos, "subpattern name expected")
	case name[0] >= '0' && name[0] <= '9':
		p.fail(start, "subpattern name must start with a non-digit")
	case len(name) > 32:
		p.fail(start+33, "subpattern name is too long (maximum 32 code units)")
	case !p.more() || p.src[p.pos] != closer:
		p.fail(p.pos, "syntax error in subpattern name (missing terminator?)")
	}
	p.pos++
	return name
}
