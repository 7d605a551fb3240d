package regex

import (
	"regexp"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// backtrackTimeout bounds one match of a pattern that needs backtracking. HAProxy bounds it by a number of steps; in
// both, a match that takes longer counts as none.
const backtrackTimeout = 100 * time.Millisecond

// backtrackStack bounds the backtracking library's stack of one match, in integers.
const backtrackStack = 1 << 20

// Regex is a compiled pattern. It is safe for use by several goroutines.
type Regex struct {
	expr   string
	groups int
	tree   *node
	f      features
	plain  *regexp.Regexp                  // RE2, nil when the pattern needs backtracking
	tail   func() (*regexp.Regexp, error)  // RE2 for subjects that end in a newline
	back   func() (*regexp2.Regexp, error) // backtracking engine
	next   func() (*Regex, error)          // the pattern for the second round of a global replacement
}

// Compile compiles a pattern whose groups are wanted, as regsub, replace-header and map_regm do. Errors are
// *SyntaxError, with PCRE2's reason and offset where it would refuse the pattern too.
func Compile(expr string, icase bool) (*Regex, error) { return compile(expr, icase, true) }

// CompileMatch compiles a pattern that is only asked whether it matches, as ACLs and map_reg do: HAProxy turns plain
// groups into non-capturing ones there, so \1 is an error unless a group has a name. Only Match may be used.
func CompileMatch(expr string, icase bool) (*Regex, error) { return compile(expr, icase, false) }

func compile(expr string, icase, capture bool) (*Regex, error) {
	tree, groups, err := parse(expr, icase, capture)
	if err != nil {
		return nil, err
	}
	re := &Regex{expr: expr, groups: groups, tree: tree}
	tree.features(&re.f)
	if reason := re.f.unsupported(capture); reason != "" {
		return nil, &SyntaxError{Expr: expr, Reason: reason, Offset: len(expr)}
	}
	if err := re.build(false); err != nil {
		return nil, err
	}
	re.next = sync.OnceValues(func() (*Regex, error) {
		next := &Regex{expr: expr, groups: groups, tree: tree, f: re.f}
		return next, next.build(true)
	})
	return re, nil
}

// build makes the engines. Those that only some subjects need are made when the first such subject comes.
func (re *Regex) build(notBegin bool) error {
	re.back = sync.OnceValues(func() (*regexp2.Regexp, error) {
		text, ok := dialect{backtrack: true, notBegin: notBegin}.emit(re.tree)
		if !ok {
			return nil, &SyntaxError{Expr: re.expr, Reason: "not supported: repeated groups are too large"}
		}
		b, err := regexp2.Compile(text, regexp2.OptionMaxBacktrackingStackSize(backtrackStack))
		if err != nil {
			return nil, &SyntaxError{Expr: re.expr, Reason: "not supported: " + err.Error()}
		}
		b.MatchTimeout = backtrackTimeout
		return b, nil
	})
	re.tail = sync.OnceValues(func() (*regexp.Regexp, error) {
		text, _ := dialect{tail: true, notBegin: notBegin}.emit(re.tree)
		return regexp.Compile(text)
	})
	if !re.f.backtrack && !(re.f.beginLine && notBegin) {
		// RE2 refuses counts above 1000 and very large programs; those patterns backtrack.
		text, _ := dialect{notBegin: notBegin}.emit(re.tree)
		re.plain, _ = regexp.Compile(text)
	}
	if re.plain == nil || re.f.beginLine || re.f.loop || re.f.end && re.f.endLine {
		if _, err := re.back(); err != nil {
			return err
		}
	}
	return nil
}

// String is the pattern as written.
func (re *Regex) String() string { return re.expr }

// Groups is the number of capture groups, the whole match not counted.
func (re *Regex) Groups() int { return re.groups }

// engine chooses what runs the pattern on b: nil means the backtracking engine.
func (re *Regex) engine(b []byte) (r *regexp.Regexp, tail bool) {
	if re.plain == nil {
		return nil, false
	}
	if len(b) == 0 || b[len(b)-1] != '\n' {
		return re.plain, false
	}
	switch {
	case re.f.beginLine, re.f.end && re.f.endLine:
		return nil, false
	case !re.f.end:
		return re.plain, false
	}
	if t, err := re.tail(); err == nil {
		return t, true
	}
	return nil, false
}

// Match says whether the pattern matches somewhere in b.
func (re *Regex) Match(b []byte) bool {
	r, tail := re.engine(b)
	if r == nil {
		return re.matchBack(b)
	}
	if !tail && ascii(b) {
		return r.Match(b)
	}
	buf := subjects.Get().(*[]byte)
	*buf = appendRunes((*buf)[:0], b, tail)
	ok := r.Match(*buf)
	subjects.Put(buf)
	return ok
}

// FindSubmatchIndex appends to dst the start and end of the leftmost match and of each group (-1 for one that took no
// part), as regexp's method of that name. It returns nil when nothing matches.
func (re *Regex) FindSubmatchIndex(b []byte, dst []int) []int {
	r, tail := re.engine(b)
	if r == nil || re.f.loop {
		return re.findBack(b, dst)
	}
	if !tail && ascii(b) {
		loc := r.FindSubmatchIndex(b)
		if loc == nil {
			return nil
		}
		return append(dst, loc...)
	}
	buf := subjects.Get().(*[]byte)
	*buf = appendRunes((*buf)[:0], b, tail)
	loc := r.FindSubmatchIndex(*buf)
	for _, i := range loc {
		dst = append(dst, byteIndex(*buf, i))
	}
	subjects.Put(buf)
	if loc == nil {
		return nil
	}
	return dst
}
