package cfg

import (
	"bytes"
	"strings"
)

// Line is one logical line: its words after quotes, escapes and the environment were resolved.
type Line struct {
	Pos Pos
	// Words has at least one word, and the first is not empty. HAProxy's keywords take an empty word further on for the
	// end of the line; so does Dispenser.
	Words []string
	// Directives are the #@ comments that stand above this line.
	Directives []Directive
	// FileIndex counts the files from zero: a section never reaches into the next file.
	FileIndex int
}

// Directive is a `#@ word ...` comment: this project's additions to HAProxy's language, which HAProxy ignores.
type Directive struct {
	Pos   Pos
	Words []string
}

// Lexer reads logical lines one by one. Conditionals are evaluated and variables expanded when their line is reached, as
// HAProxy does: what the caller changes in the environment is seen by the next line.
type Lexer struct {
	files []File
	opt   *Options
	diags *Diagnostics

	index   int
	rest    []byte
	pos     Pos
	section string
	blocks  []block
	pending []Directive
}

// NewLexer prepares to read the files in order.
func NewLexer(files []File, opt *Options) *Lexer {
	x := &Lexer{files: files, opt: opt, diags: new(Diagnostics), index: -1}
	x.nextFile()
	return x
}

// Diagnostics returns the list of messages, which grows while lines are read. The caller may add its own, so that all
// stand in the order of the text.
func (x *Lexer) Diagnostics() *Diagnostics { return x.diags }

// Parse reads all files and returns every logical line. The environment must not depend on the lines: use a Lexer where
// setenv and the like have to be obeyed.
func Parse(files []File, opt *Options) ([]Line, Diagnostics) {
	var lines []Line
	x := NewLexer(files, opt)
	for {
		l, ok := x.Next()
		if !ok {
			return lines, *x.diags
		}
		lines = append(lines, l)
	}
}

// Next returns the next logical line, or false when all files are read. A line with a flaw is reported and left out.
func (x *Lexer) Next() (Line, bool) {
	for x.index < len(x.files) {
		text, ok := x.readLine()
		if !ok {
			x.endFile()
			continue
		}
		if l, ok := x.logical(text); ok {
			return l, true
		}
	}
	return Line{}, false
}

func (x *Lexer) nextFile() {
	x.index++
	x.section = ""
	x.blocks = x.blocks[:0]
	if x.index >= len(x.files) {
		x.rest = nil
		return
	}
	f := x.files[x.index]
	x.pos = Pos{File: f.Name}
	x.rest = f.Body
	if rest, ok := bytes.CutPrefix(f.Body, []byte("\xef\xbb\xbf")); ok {
		x.rest = rest
		x.pos.Line = 1
		x.warn("the byte order mark is ignored; HAProxy rejects it.")
		x.pos.Line = 0
	}
}

func (x *Lexer) endFile() {
	if len(x.blocks) > 0 {
		x.alert("non-terminated '.if' block.")
	}
	x.releasePending()
	x.nextFile()
}

// readLine returns the next physical line without its line feed.
func (x *Lexer) readLine() (string, bool) {
	if len(x.rest) == 0 {
		return "", false
	}
	line := x.rest
	if end := bytes.IndexByte(x.rest, '\n'); end >= 0 {
		line, x.rest = x.rest[:end], x.rest[end+1:]
	} else {
		x.rest = nil
	}
	x.pos.Line++
	if nul := bytes.IndexByte(line, 0); nul >= 0 {
		// As in HAProxy the rest of the file is not looked at: a NUL means that it is no configuration.
		x.alert("Stray NUL character at position %d.", nul+1)
		x.rest = nil
		line = line[:nul]
	}
	return string(line), true
}

// logical turns a physical line into a logical one, or reports false when it holds none.
func (x *Lexer) logical(text string) (Line, bool) {
	if start := skipSpace(text, 0); strings.HasPrefix(text[start:], "#@") {
		x.directive(text, start+len("#@"))
		return Line{}, false
	}
	words, ok := x.split(text)
	if !ok {
		x.pending = nil // they belong to the line that was refused
		return Line{}, false
	}
	if len(words) == 0 {
		return Line{}, false
	}
	if strings.HasPrefix(words[0], ".") {
		x.releasePending()
		x.preprocess(words)
		return Line{}, false
	}
	if x.skipping() {
		return Line{}, false
	}
	x.checkEmpty(words)
	if words[0] == "" {
		x.releasePending()
		return Line{}, false
	}
	if x.opt.isSection(words[0]) {
		x.section = words[0]
		if len(words) > 1 && words[1] != "" {
			x.section = words[1]
		}
	}
	l := Line{Pos: x.pos, Words: words, Directives: x.pending, FileIndex: x.index}
	x.pending = nil
	return l, true
}

func (x *Lexer) split(text string) ([]string, bool) {
	s, err := split(text, true, x.lookup)
	if err != nil {
		x.textAlert(text, err)
		return nil, false
	}
	if msg := s.tooMany(); msg != "" {
		x.alert("%s", msg)
		return nil, false
	}
	if !x.skipping() {
		x.checkDropped(text, s)
	}
	return s.words, true
}

// checkDropped warns about text that HAProxy drops without a word.
func (x *Lexer) checkDropped(text string, s *splitter) {
	if s.discarded >= 0 {
		x.warn("text behind a carriage return is ignored at position %d.", s.discarded+1)
	}
	if s.cut >= 0 {
		x.warn("an escaped NUL ends the word at position %d.", s.cut+1)
	}
	if s.comment >= 0 && strings.HasPrefix(text[s.comment:], "#@") {
		x.warn("a '#@' directive must stand on a line of its own: this one is ignored.")
	}
}

func (x *Lexer) checkEmpty(words []string) {
	for i, w := range words {
		if w != "" {
			continue
		}
		for _, later := range words[i:] {
			if later != "" {
				x.warn("word %d is empty and ends the line: '%s' and all words after it are ignored.", i+1, later)
				return
			}
		}
		return
	}
}

// directive reads a #@ comment. It waits for the line below.
func (x *Lexer) directive(text string, start int) {
	if x.skipping() {
		return
	}
	s, err := split(text[start:], true, x.lookup)
	if err != nil {
		err.at += start
		if err.shown > 0 {
			err.shown += start
		}
		x.textAlert(text, err)
		return
	}
	if len(s.words) == 0 {
		x.alert("missing word after '#@'.")
		return
	}
	x.pending = append(x.pending, Directive{Pos: x.pos, Words: s.words})
}

// releasePending hands the directives that no line follows to the file.
func (x *Lexer) releasePending() {
	for _, d := range x.pending {
		if x.opt != nil && x.opt.FileDirective != nil {
			x.opt.FileDirective(d)
			continue
		}
		*x.diags = append(*x.diags, Diagnostic{Pos: d.Pos, Severity: Alert, Keyword: d.Words[0], lexical: true,
			Msg: "directive '#@ " + d.Words[0] + "' must stand directly above the line it belongs to."})
	}
	x.pending = nil
}
