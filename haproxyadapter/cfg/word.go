package cfg

import (
	"fmt"
	"strings"
)

// maxWords is how many words HAProxy 2.6 reads from one line before it gives up with an error.
const maxWords = 64

// textError is a flaw in one line's text: what, and where in the line (a byte offset).
type textError struct {
	msg string
	at  int
	// shown bounds the excerpt: HAProxy cuts it behind a bad pseudo-variable's name. Zero shows the whole line.
	shown int
}

// splitter cuts one line into words (configuration.txt 2.2): it resolves quotes, escapes and, in double quotes, the
// environment.
type splitter struct {
	line     string
	lookup   func(string) (string, bool)
	comments bool // '#' begins a comment; a condition given to -cc has none

	words  []string
	starts []int // where each word begins in the line as HAProxy rewrites it, for its "too many words" message
	word   strings.Builder
	begun  bool // a word is open, even when it is still empty
	blank  bool // blanks stand behind the last word
	offset int  // length of all words before the open one, each with its terminator

	comment   int // offset of the '#' that ended the line, or -1
	discarded int // offset of text behind a carriage return that ends the line early, or -1
	cut       int // offset of the first escaped NUL, which ends its word as it ends a C string, or -1
}

func split(line string, comments bool, lookup func(string) (string, bool)) (*splitter, *textError) {
	s := &splitter{line: line, lookup: lookup, comments: comments, comment: -1, discarded: -1, cut: -1}
	err := s.run()
	return s, err
}

// isSpace is C's isspace: all of these separate words, though only the space can be escaped.
func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func (s *splitter) run() *textError {
	for i := skipSpace(s.line, 0); i < len(s.line); {
		c := s.line[i]
		switch {
		case c == '#' && s.comments:
			s.comment = i
			s.end()
			return nil
		case c == '\r':
			s.endAtReturn(i)
			return nil
		case isSpace(c):
			s.finish()
			i = skipSpace(s.line, i)
			continue
		}
		s.begun = true
		next, err := s.step(i)
		if err != nil {
			return err
		}
		i = next
	}
	s.end()
	return nil
}

// end closes the line. HAProxy counts blanks at its end as one more word.
func (s *splitter) end() {
	s.blank = !s.begun && len(s.words) > 0
	s.finish()
}

// step consumes the piece of a word at i: a quoted string, an escape, or one byte.
func (s *splitter) step(i int) (int, *textError) {
	switch c := s.line[i]; c {
	case '\'':
		return s.strong(i)
	case '"':
		return s.weak(i)
	case '\\':
		return s.escape(i, false)
	default:
		s.word.WriteByte(c)
		return i + 1, nil
	}
}

// endAtReturn handles an unquoted carriage return right behind a word: HAProxy takes it for the end of the line.
func (s *splitter) endAtReturn(i int) {
	s.finish()
	if rest := strings.TrimLeft(s.line[i:], " \t\n\v\f\r"); rest != "" && !(s.comments && rest[0] == '#') {
		s.discarded = len(s.line) - len(rest)
	}
}

func skipSpace(line string, i int) int {
	for i < len(line) && isSpace(line[i]) {
		i++
	}
	return i
}

// finish closes the open word.
func (s *splitter) finish() {
	if !s.begun {
		return
	}
	w := s.word.String()
	s.starts = append(s.starts, s.offset)
	s.offset += len(w) + 1
	if nul := strings.IndexByte(w, 0); nul >= 0 {
		w = w[:nul]
	}
	s.words = append(s.words, w)
	s.word.Reset()
	s.begun = false
}

// strong reads '...', in which nothing is interpreted.
func (s *splitter) strong(open int) (int, *textError) {
	for i := open + 1; i < len(s.line); i++ {
		switch c := s.line[i]; c {
		case '\'':
			return i + 1, nil
		case '\r':
			return 0, unmatchedQuote(open)
		default:
			s.word.WriteByte(c)
		}
	}
	return 0, unmatchedQuote(open)
}

// weak reads "...", in which escapes and the environment are resolved.
func (s *splitter) weak(open int) (int, *textError) {
	for i := open + 1; i < len(s.line); {
		var err *textError
		switch c := s.line[i]; c {
		case '"':
			return i + 1, nil
		case '\r':
			return 0, unmatchedQuote(open)
		case '\\':
			i, err = s.escape(i, true)
		case '$':
			i, err = s.variable(i)
		default:
			s.word.WriteByte(c)
			i++
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, unmatchedQuote(open)
}

func unmatchedQuote(open int) *textError { return &textError{msg: "unmatched quote", at: open} }

// escape reads a backslash and what it protects. A backslash before any other character stands for itself: HAProxy has
// no line continuation, and despite its manual neither `\<TAB>` nor, outside quotes, `\$` is an escape.
func (s *splitter) escape(i int, quoted bool) (int, *textError) {
	if i+1 >= len(s.line) {
		s.word.WriteByte('\\')
		return i + 1, nil
	}
	switch c := s.line[i+1]; {
	case c == 'n':
		s.word.WriteByte('\n')
	case c == 'r':
		s.word.WriteByte('\r')
	case c == 't':
		s.word.WriteByte('\t')
	case c == '\\', c == '"', c == '\'', c == '#', c == ' ', c == '$' && quoted:
		s.word.WriteByte(c)
	case c == 'x':
		return s.hexadecimal(i)
	default:
		s.word.WriteByte('\\')
		return i + 1, nil
	}
	return i + 2, nil
}

func (s *splitter) hexadecimal(i int) (int, *textError) {
	if i+3 >= len(s.line) || hexDigit(s.line[i+2]) < 0 || hexDigit(s.line[i+3]) < 0 {
		return 0, &textError{msg: "truncated or invalid hexadecimal sequence", at: i}
	}
	b := byte(hexDigit(s.line[i+2])<<4 | hexDigit(s.line[i+3]))
	if b == 0 && s.cut < 0 {
		s.cut = i
	}
	s.word.WriteByte(b)
	return i + 4, nil
}

func hexDigit(c byte) int {
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

// tooMany returns HAProxy's message for a line of more words than it reads, or "".
func (s *splitter) tooMany() string {
	if n := len(s.words); n < maxWords || n == maxWords && !s.blank {
		return ""
	}
	indent := skipSpace(s.line, 0)
	return fmt.Sprintf("too many words, truncating after word %d, position %d: <%s>.",
		maxWords, indent+s.starts[maxWords-1], s.words[maxWords-1])
}
