package regex

import (
	"fmt"
	"strconv"
	"strings"
)

// The runes that stand for bytes which an engine would not take as they are. Both engines work on runes.
const (
	// innerNewline stands for every newline of the subject but the last byte, where an engine must tell them apart.
	innerNewline = 0x100
	// private + b stands for a byte b >= 0x80 in the backtracking engine: these runes have no case and are in no class.
	private = 0xe000
)

// dialect is how one engine writes what differs between them.
type dialect struct {
	backtrack bool
	tail      bool // RE2 for subjects that end in a newline: inner newlines are innerNewline
	notBegin  bool // the subject does not begin a line: ^ matches only after a newline under (?m), else never
}

type emitter struct {
	strings.Builder
	dialect
	tooLarge bool
}

// maxText bounds a pattern whose nested repeats are written out.
const maxText = 1 << 16

// emit writes n for the dialect's engine; false when that would be too long.
func (d dialect) emit(n *node) (string, bool) {
	e := emitter{dialect: d}
	e.node(n)
	return e.String(), !e.tooLarge
}

func (e *emitter) node(n *node) {
	switch n.kind {
	case kEmpty:
		e.WriteString("(?:)")
	case kSet:
		e.set(n.set)
	case kCat:
		e.list("(?:", n.subs, "")
	case kAlt:
		e.list("(?:", n.subs, "|")
	case kRepeat:
		e.repeat(n)
	case kCapture:
		if e.backtrack { // numbered, since an expanded repeat writes it more than once
			e.list(fmt.Sprintf("(?<%d>", n.index), n.subs, "")
		} else {
			e.list("(", n.subs, "")
		}
	case kAtomic:
		// The library merges a repeat with a repeat inside a bare atomic group, as if that were not atomic; not through a
		// capture, though.
		e.list(fmt.Sprintf("(?<%d>(?>", spareGroup), n.subs, "")
		e.WriteByte(')')
	case kLook:
		e.look(n)
	case kBackref:
		if n.fold {
			fmt.Fprintf(e, `(?i:\%d)`, n.index)
		} else {
			fmt.Fprintf(e, `(?:\%d)`, n.index)
		}
	default:
		e.WriteString(e.assertion(n.kind))
	}
}

// assertion is what matches at a place and takes no byte.
func (e *emitter) assertion(k kind) string {
	switch k {
	case kBegin:
		if e.notBegin {
			return never(e.backtrack)
		}
		return `\A`
	case kBeginLine:
		if e.notBegin {
			return `(?<=\n)(?!\z)`
		}
		if e.backtrack {
			return `(?:\A|(?<=\n)(?!\z))` // PCRE: not after the newline that ends the subject
		}
		return `(?m:^)`
	case kEnd:
		switch {
		case e.backtrack:
			return `(?=\n?\z)`
		case e.tail:
			return `(?m:$)`
		}
		return `\z`
	case kEndLine:
		if e.backtrack {
			return `(?=\n|\z)`
		}
		return `(?m:$)`
	case kEndText:
		return `\z`
	case kWord:
		return `\b`
	case kNotWord:
		return `\B`
	}
	return `\A` // also kStart: matching always begins at the start of what is passed
}

func (e *emitter) list(open string, subs []*node, sep string) {
	e.WriteString(open)
	for i, s := range subs {
		if i > 0 {
			e.WriteString(sep)
		}
		e.node(s)
	}
	e.WriteByte(')')
}

func (e *emitter) look(n *node) {
	op := "(?"
	if n.behind {
		op += "<"
	}
	if n.neg {
		op += "!"
	} else {
		op += "="
	}
	e.list(op, n.subs, "")
}

// spareGroup is a group number that no pattern has: it would need more groups than maxRepeat.
const spareGroup = maxRepeat + 1

// maxExpand bounds the repeats that are written out for the backtracking engine.
const maxExpand = 40

func (e *emitter) repeat(n *node) {
	if e.backtrack && (n.min > 0 || n.max > 1) && n.max <= maxExpand && n.min <= maxExpand && n.subs[0].nullable() && n.subs[0].captures() {
		e.expand(n)
		return
	}
	e.count(n)
}

// expand writes a counted repeat of what can match nothing as PCRE runs it, one copy after the other: the library would
// stop repeating at the first empty match.
func (e *emitter) expand(n *node) {
	if e.Len() > maxText {
		e.tooLarge = true
		return
	}
	for range n.min {
		e.list("(?:", n.subs, "")
	}
	if n.max == -1 {
		e.count(&node{kind: kRepeat, subs: n.subs, max: -1, lazy: n.lazy})
		return
	}
	for range n.max - n.min {
		e.WriteString("(?:")
		e.list("(?:", n.subs, "")
	}
	for range n.max - n.min {
		e.WriteString(")?")
		if n.lazy {
			e.WriteByte('?')
		}
	}
}

func (e *emitter) count(n *node) {
	e.list("(?:", n.subs, "")
	switch {
	case n.min == 0 && n.max == -1:
		e.WriteByte('*')
	case n.min == 1 && n.max == -1:
		e.WriteByte('+')
	case n.min == 0 && n.max == 1:
		e.WriteByte('?')
	case n.max == -1:
		fmt.Fprintf(e, "{%d,}", n.min)
	default:
		fmt.Fprintf(e, "{%d,%d}", n.min, n.max)
	}
	if n.lazy {
		e.WriteByte('?')
	}
}

// set writes a class of explicit ranges, so that no engine's own idea of classes or case plays a part.
func (e *emitter) set(s byteSet) {
	if s == (byteSet{}) {
		e.WriteString(never(e.backtrack))
		return
	}
	e.WriteByte('[')
	for c := 0; c < 256; {
		if !s.has(byte(c)) {
			c++
			continue
		}
		lo := c
		for c < 256 && s.has(byte(c)) && (c == lo || e.byteRune(c) == e.byteRune(c-1)+1) {
			c++
		}
		e.WriteString(e.rune(e.byteRune(lo)))
		if c-1 > lo {
			e.WriteString("-" + e.rune(e.byteRune(c-1)))
		}
	}
	if e.tail && s.has('\n') {
		e.WriteString(e.rune(innerNewline))
	}
	e.WriteByte(']')
}

// never is what matches nothing.
func never(backtrack bool) string {
	if backtrack {
		return `(?!)`
	}
	return `[^\x00-\x{10ffff}]`
}

func (e *emitter) byteRune(c int) int {
	if e.backtrack && c >= 0x80 {
		return private + c
	}
	return c
}

func (e *emitter) rune(r int) string {
	switch {
	case r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
		return string(rune(r))
	case !e.backtrack:
		return `\x{` + strconv.FormatInt(int64(r), 16) + `}`
	}
	return fmt.Sprintf(`\u%04x`, r)
}
