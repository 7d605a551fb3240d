package cfg

import (
	"fmt"
	"strings"
)

// Dispenser walks the words of one line: every keyword's package reads its own words with it. It stands before the first
// word until Next is called. As for HAProxy's keywords, an empty word ends the line.
type Dispenser struct {
	line   Line
	words  []string
	cursor int
	diags  *Diagnostics
}

// NewDispenser returns a dispenser before the first word of l. Warnf appends to diags; nil gives it a list of its own.
func NewDispenser(l Line, diags *Diagnostics) *Dispenser {
	if diags == nil {
		diags = new(Diagnostics)
	}
	return &Dispenser{line: l, words: untilEmpty(l.Words), cursor: -1, diags: diags}
}

// FromWords returns a dispenser over given words, for tests and for callers without a haproxy.cfg.
func FromWords(pos Pos, words ...string) *Dispenser {
	return NewDispenser(Line{Pos: pos, Words: words}, nil)
}

// Next moves to the next word and reports whether there is one. At the end the cursor stays on the last word.
func (d *Dispenser) Next() bool {
	if d.cursor+1 >= len(d.words) {
		return false
	}
	d.cursor++
	return true
}

// NextArg is Next; it reads better where the word is an argument.
func (d *Dispenser) NextArg() bool { return d.Next() }

// Back moves one word back, so that the next Next returns the present word again.
func (d *Dispenser) Back() {
	if d.cursor >= 0 {
		d.cursor--
	}
}

// Val returns the present word, or "" before the first Next.
func (d *Dispenser) Val() string {
	if d.cursor < 0 || d.cursor >= len(d.words) {
		return ""
	}
	return d.words[d.cursor]
}

// Peek returns the next word without moving to it.
func (d *Dispenser) Peek() (string, bool) {
	if d.Done() {
		return "", false
	}
	return d.words[d.cursor+1], true
}

// Accept moves to the next word if it is one of the given ones.
func (d *Dispenser) Accept(words ...string) bool {
	next, ok := d.Peek()
	if !ok {
		return false
	}
	for _, w := range words {
		if w == next {
			return d.Next()
		}
	}
	return false
}

// Remaining returns all words after the present one and consumes them.
func (d *Dispenser) Remaining() []string {
	rest := d.words[d.cursor+1:]
	d.cursor = len(d.words) - 1
	return rest
}

// Args fills the targets with the words that follow, in order. It reports false when there are too few; the words that
// exist are consumed and stored all the same.
func (d *Dispenser) Args(targets ...*string) bool {
	for _, t := range targets {
		if !d.Next() {
			return false
		}
		*t = d.Val()
	}
	return true
}

// Done reports whether no word follows.
func (d *Dispenser) Done() bool { return d.cursor+1 >= len(d.words) }

// Count returns how many words follow the present one.
func (d *Dispenser) Count() int { return len(d.words) - d.cursor - 1 }

// Pos returns the line's position.
func (d *Dispenser) Pos() Pos { return d.line.Pos }

// Line returns the whole line.
func (d *Dispenser) Line() Line { return d.line }

// Directives returns the #@ comments above the line.
func (d *Dispenser) Directives() []Directive { return d.line.Directives }

// Keyword returns the line's first word.
func (d *Dispenser) Keyword() string {
	if len(d.words) == 0 {
		return ""
	}
	return d.words[0]
}

// Index returns the present word's place, counted from zero; -1 before the first Next.
func (d *Dispenser) Index() int { return d.cursor }

// Diagnostics returns the list that Warnf appends to.
func (d *Dispenser) Diagnostics() *Diagnostics { return d.diags }

// Errf returns an error of type *Diagnostic at the line's position. `%w` keeps its text only.
func (d *Dispenser) Errf(format string, a ...any) error {
	return &Diagnostic{Pos: d.line.Pos, Severity: Alert, Keyword: d.Keyword(), Msg: fmt.Errorf(format, a...).Error()}
}

// Warnf reports something that is accepted but differs from what was probably meant.
func (d *Dispenser) Warnf(format string, a ...any) {
	*d.diags = append(*d.diags, Diagnostic{Pos: d.line.Pos, Severity: Warning, Keyword: d.Keyword(),
		Msg: fmt.Sprintf(format, a...)})
}

// ArgErr returns the error for a missing argument after the present word.
func (d *Dispenser) ArgErr() error {
	return d.Errf("'%s' : missing argument after '%s'.", d.Keyword(), d.path())
}

// Unexpected returns the error for the present word: it does not belong there.
func (d *Dispenser) Unexpected() error {
	return d.Errf("'%s' cannot handle unexpected argument '%s'.", d.Keyword(), d.Val())
}

// End returns an error unless all words are read.
func (d *Dispenser) End() error {
	if d.Next() {
		return d.Unexpected()
	}
	return nil
}

// Unknown returns the error for the present word where one of the known words was expected, naming the nearest.
func (d *Dispenser) Unknown(what string, known []string) error {
	msg := fmt.Sprintf("'%s' : unknown %s '%s'", d.Keyword(), what, d.Val())
	if near := Nearest(d.Val(), known); near != "" {
		msg += fmt.Sprintf("; did you mean '%s' maybe ?", near)
	}
	return d.Errf("%s", msg)
}

// path returns the words up to and including the present one.
func (d *Dispenser) path() string {
	return strings.Join(d.words[:min(d.cursor+1, len(d.words))], " ")
}
