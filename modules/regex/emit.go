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
}

func (d dialect) emit(n *node) string {
	e := emitter{dialect: d}
	e.node(n)
	return e.String()
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
		e.list("(", n.subs, "")
	case kAtomic:
		e.list("(?>", n.subs, "")
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

func (e *emitter) repeat(n *node) {
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
