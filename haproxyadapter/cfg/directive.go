package cfg

import (
	"fmt"
	"strings"
)

// maxBlocks is how many .if HAProxy 2.6 lets be open, though its message says one more.
const maxBlocks = 99

// block is one open .if. Its branches are taken at most once.
type block struct {
	outer  bool // the block itself stands in text that is skipped
	active bool // the lines of the present branch count
	taken  bool // a branch was active before, or an error made all of them unusable
	last   bool // .else was seen
}

func (x *Lexer) skipping() bool {
	return len(x.blocks) > 0 && !x.blocks[len(x.blocks)-1].active
}

// preprocess obeys a line that begins with a dot (configuration.txt 2.4).
func (x *Lexer) preprocess(words []string) {
	args := untilEmpty(words[1:])
	switch words[0] {
	case ".if":
		x.openBlock(words[1:]) // a condition does not end at an empty word
	case ".elif":
		x.otherwiseIf(words[1:])
	case ".else":
		x.otherwise(args)
	case ".endif":
		x.closeBlock(args)
	default:
		if !x.skipping() {
			x.report(words[0], args)
		}
	}
}

func untilEmpty(words []string) []string {
	for i, w := range words {
		if w == "" {
			return words[:i]
		}
	}
	return words
}

func (x *Lexer) openBlock(args []string) {
	if len(x.blocks) >= maxBlocks {
		x.alert("too many nested '.if', max is %d.", maxBlocks+1)
		x.abandonFile()
		return
	}
	b := block{outer: x.skipping()}
	if !b.outer {
		b.active, b.taken = x.condition(".if", args)
	}
	x.blocks = append(x.blocks, b)
}

// condition evaluates a line's condition. An unusable one makes all branches of its block be skipped, so that a single
// mistake is one message.
func (x *Lexer) condition(word string, args []string) (active, taken bool) {
	text := strings.Join(args, " ")
	v, newer, err := evaluate(text, x.opt)
	for _, p := range newer {
		x.warn("predicate '%s' is unknown to HAProxy 2.6.", p)
	}
	if err != nil {
		x.alert("%s in '%s' at position %d:%s", err.msg, word, err.at+1, excerpt(word+" ", text, err.at))
		return false, true
	}
	return v, v
}

func (x *Lexer) otherwiseIf(args []string) {
	b := x.branch(".elif")
	if b == nil {
		return
	}
	if b.outer || b.taken {
		b.active = false
		return
	}
	b.active, b.taken = x.condition(".elif", args)
}

func (x *Lexer) otherwise(args []string) {
	x.refuseArgument(".else", args)
	b := x.branch(".else")
	if b == nil {
		return
	}
	b.last = true
	b.active = !b.outer && !b.taken
}

// branch returns the block that .elif or .else continues, or nil after a message.
func (x *Lexer) branch(word string) *block {
	if len(x.blocks) == 0 {
		x.alert("lone '%s' with no matching '.if'.", word)
		return nil
	}
	b := &x.blocks[len(x.blocks)-1]
	if b.last {
		x.alert("'%s' after '.else' is not permitted.", word)
		b.active = false
		return nil
	}
	return b
}

func (x *Lexer) closeBlock(args []string) {
	x.refuseArgument(".endif", args)
	if len(x.blocks) == 0 {
		x.alert("lone '.endif' with no matching '.if'.")
		return
	}
	x.blocks = x.blocks[:len(x.blocks)-1]
}

func (x *Lexer) refuseArgument(word string, args []string) {
	if len(args) > 0 {
		x.alert("Unexpected argument '%s' for '%s'.", args[0], word)
	}
}

// report obeys .diag, .notice, .warning and .alert.
func (x *Lexer) report(word string, args []string) {
	var s Severity
	switch word {
	case ".diag":
		s = Diag
	case ".notice":
		s = Notice
	case ".warning":
		s = Warning
	case ".alert":
		s = Alert
	default:
		msg := fmt.Sprintf("unknown directive '%s'.", word)
		if near := Nearest(word, directives[:]); near != "" {
			msg += fmt.Sprintf(" Did you mean '%s'?", near)
		}
		x.alert("%s", msg)
		return
	}
	if len(args) > 1 {
		x.alert("Unexpected argument '%s' for '%s'. Use quotes if the message should contain spaces.", args[1], word)
		return
	}
	x.add(s, "'"+strings.Join(args, "")+"'.")
}

var directives = [...]string{".if", ".elif", ".else", ".endif", ".diag", ".notice", ".warning", ".alert"}

// abandonFile ends the file early, for flaws after which no line can be trusted.
func (x *Lexer) abandonFile() {
	x.rest = nil
	x.blocks = x.blocks[:0]
}

func (x *Lexer) add(s Severity, msg string) {
	*x.diags = append(*x.diags, Diagnostic{Pos: x.pos, Severity: s, Msg: msg, lexical: true})
}

func (x *Lexer) alert(format string, a ...any) { x.add(Alert, fmt.Sprintf(format, a...)) }

func (x *Lexer) warn(format string, a ...any) { x.add(Warning, fmt.Sprintf(format, a...)) }

func (x *Lexer) textAlert(text string, err *textError) {
	if err.shown > 0 {
		text = text[:err.shown]
	}
	x.alert("%s at position %d:%s", err.msg, err.at+1, excerpt("", text, err.at))
}
