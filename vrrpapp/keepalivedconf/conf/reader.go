package conf

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// reader goes through files line by line.
type reader struct {
	opt    Options
	params map[string]parameter
	tree   tree
	diags  Diagnostics

	pos        Pos
	depth      int // of includes
	statements int
	bytes      int
	checks     checks
	rand       *rand.Rand
	stop       bool // a bound was exceeded: one message is enough
}

func (r *reader) errorf(format string, a ...any) { r.diags.Errorf(r.pos, format, a...) }

func (r *reader) file(f File) {
	outer := r.pos
	defer func() { r.pos = outer }()
	body := strings.TrimPrefix(string(f.Body), "\xef\xbb\xbf")
	r.pos = Pos{File: f.Name}
	next := func() (line string, ok bool) {
		if body == "" || r.stop {
			return "", false
		}
		line, body, _ = strings.Cut(body, "\n")
		r.pos.Line++
		return strings.TrimSuffix(line, "\r"), true
	}
	for line, ok := next(); ok; line, ok = next() {
		text, comment := uncomment(line)
		if strings.HasPrefix(comment, "#@") {
			r.directive(comment[2:])
		} else if goesOn(comment) && definition.MatchString(trim(text)) {
			text = trim(text) + `\`
		}
		if strings.IndexByte(text, 0) >= 0 {
			r.errorf("a NUL byte")
			continue
		}
		r.line(trim(text), logical{plain: true, more: next})
	}
}

func (r *reader) directive(text string) {
	list, err := words(text)
	if err != nil {
		r.errorf("#@ comment: %v", err)
		return
	}
	r.tree.pending = append(r.tree.pending, Directive{Pos: r.pos, Words: list})
}

// logical is what is known of a line beside its text.
type logical struct {
	plain bool                  // it stands so in the file: includes are obeyed
	depth int                   // of parameters inside parameters
	more  func() (string, bool) // the lines that a definition goes on with
}

// line obeys conditions, definitions and sequences, and replaces parameters, until a line of words is left.
func (r *reader) line(text string, l logical) {
	if r.over(text, l.depth) {
		return
	}
	if text = trim(text); text == "" {
		return
	}
	if text[0] == '@' {
		if text = r.condition(text); text == "" {
			return
		}
		l.plain = false
		r.line(text, l)
		return
	}
	if word, rest, ok := includeWord(text); ok && l.plain {
		r.include(includes[word], rest)
		return
	}
	if m := definition.FindStringSubmatch(text); m != nil {
		r.define(m[1], m[2], l.more)
		return
	}
	if strings.HasPrefix(text, "~SEQ") || strings.HasPrefix(text, "~LST") {
		r.sequence(text, l)
		return
	}
	if i := brace(text); i >= 0 {
		r.line(text[:i], l)
		r.brace(text[i])
		r.line(text[i+1:], l) // a condition, a sequence or a definition may begin here
		return
	}
	if lines, changed := r.expand(text); changed {
		l.plain = false
		l.depth++
		r.lines(lines, l)
		return
	}
	text, _ = uncomment(text) // ${_HASH}
	if text = trim(r.literal(text)); text != "" {
		r.part(text, l.plain)
	}
}

// brace begins or ends a block.
func (r *reader) brace(c byte) {
	switch {
	case r.stop:
	case c == '{':
		r.tree.open(r)
	default:
		r.tree.close(r)
	}
}

// lines reads what a parameter stands for; a definition among the lines goes on on the next of them.
func (r *reader) lines(lines []string, l logical) {
	outer := l.more
	for i := 0; i < len(lines); i++ {
		l.more = func() (string, bool) {
			if i+1 < len(lines) {
				i++
				return lines[i], true
			}
			return outer()
		}
		r.line(lines[i], l)
	}
}

// over counts what was read.
func (r *reader) over(text string, depth int) bool {
	r.statements++
	r.bytes += len(text)
	why := ""
	switch {
	case r.stop:
		return true
	case depth > maxExpand:
		why = fmt.Sprintf("parameters stand for each other deeper than %d", maxExpand)
	case len(text) > maxLine:
		why = fmt.Sprintf("a line becomes longer than %d bytes", maxLine)
	case r.statements > r.opt.Statements:
		why = fmt.Sprintf("the configuration becomes more than %d lines", r.opt.Statements)
	case r.bytes > maxBytes:
		why = fmt.Sprintf("the configuration becomes more than %d bytes", maxBytes)
	}
	if why != "" {
		r.errorf("%s", why)
		r.stop = true
	}
	return r.stop
}

// condition cuts "@id" or "@^id" off, or returns "" if it does not hold.
func (r *reader) condition(text string) string {
	id, rest := text[1:], ""
	if i := strings.IndexAny(id, " \t\v\f\r"); i >= 0 {
		id, rest = id[:i], id[i:]
	}
	id, not := strings.CutPrefix(id, "^")
	if (id == r.opt.ConfigID) == not {
		return ""
	}
	return trim(rest)
}

func (r *reader) sequence(text string, l logical) {
	s, err := parseSequence(text, r.opt.Statements)
	if err != nil {
		r.errorf("%v", err)
		return
	}
	l.plain = false
	l.depth++
	for _, row := range s.rows {
		for i, name := range s.names {
			r.params[name] = parameter{row[i]}
		}
		r.line(s.rest, l)
		if r.stop {
			return
		}
	}
}

// part reads words.
func (r *reader) part(text string, plain bool) {
	list, err := words(text)
	if err != nil {
		r.errorf("%v: %s", err, text)
		return
	}
	if word, rest, ok := includeWord(text); ok {
		if !plain {
			r.errorf("'%s' is read before conditions and parameters: keepalived would not know it here", word)
			return
		}
		r.include(includes[word], rest)
		return
	}
	r.obey(list)
	r.tree.add(&Statement{Pos: r.pos, Words: list, Text: text})
}

// obey does what two words of global_defs say about reading itself; they are statements all the same.
func (r *reader) obey(list []string) {
	if r.tree.block().name() != "global_defs" {
		return
	}
	switch list[0] {
	case "include_check":
		r.includeCheck(list[1:])
	case "random_seed":
		if len(list) > 1 {
			if seed, err := strconv.ParseUint(list[1], 10, 32); err == nil {
				r.rand = rand.New(rand.NewPCG(seed, 0))
			}
		}
	}
}

// literal complains about a parameter in braces that is not defined: its braces would begin and end a block. Between quotes it
// stays as it is.
func (r *reader) literal(text string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		if text[i] == '"' {
			quoted = !quoted
		}
		if m := undefined.FindString(text[i:]); !quoted && text[i] == '$' && m != "" {
			r.errorf("the parameter %s is not defined", m)
			i += len(m) - 1
			b.WriteByte('?')
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
