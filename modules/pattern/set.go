package pattern

import (
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Options are the flags of an ACL that change how patterns are read.
type Options struct {
	// IgnoreCase compares the words without regard to the case of ASCII letters (-i). Files have their own.
	IgnoreCase bool
	// NoDNS makes a host name among addresses an error (-n); else it is resolved while loading.
	NoDNS bool
	// MapFile takes only the first column of the files (-M).
	MapFile bool
}

// File is a file of patterns, one a line (-f).
type File struct {
	Path       string
	IgnoreCase bool
}

// Set is a compiled list of patterns. It does not change once compiled and serves any number of goroutines.
type Set struct {
	method  Method
	n       int
	matcher matcher
}

// matcher finds the pattern that decides: the index is its place in the order the patterns were given in, -1 if none.
type matcher interface {
	add(word string, index int, fold bool) error
	done()
	match(t *txn.Txn, s *txn.Sample) int
}

// Compile reads patterns from files, then from words. With operators (`gt 5 lt 3`, methods int and len) each one counts
// for the words behind it.
func Compile(m Method, words []string, files []File, o Options) (*Set, error) {
	set := newSet(m, o)
	for _, f := range files {
		lines, err := readLines(f.Path, o.MapFile)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if err := set.add(l.key, f.IgnoreCase); err != nil {
				return nil, fmt.Errorf("%w at line %d of file %s", err, l.number, f.Path)
			}
		}
	}
	if m.Operators() {
		var err error
		if words, err = applyOperators(words); err != nil {
			return nil, err
		}
	}
	for _, w := range words {
		if err := set.add(w, o.IgnoreCase); err != nil {
			return nil, err
		}
	}
	set.matcher.done()
	return set, nil
}

func newSet(m Method, o Options) *Set {
	set := &Set{method: m}
	switch m {
	case Found, Bool:
		set.matcher = truth{found: m == Found}
	case Int, Len:
		set.matcher = &integers{length: m == Len}
	case IP:
		set.matcher = &addresses{noDNS: o.NoDNS}
	case Bin:
		set.matcher = &exact{binary: true}
	case Str:
		set.matcher = &exact{}
	case Beg:
		set.matcher = &prefixes{}
	case End:
		set.matcher = &suffixes{}
	case Sub:
		set.matcher = &substrings{}
	case Dir:
		set.matcher = &words{delims: "/?"}
	case Dom:
		set.matcher = &words{delims: "/?.:"}
	case Reg:
		set.matcher = &regexes{}
	}
	return set
}

func (set *Set) add(word string, fold bool) error {
	if word == "" && !set.method.NoPatterns() {
		return fmt.Errorf("empty pattern")
	}
	err := set.matcher.add(word, set.n, fold)
	set.n++
	return err
}

// Method is how the set compares.
func (set *Set) Method() Method { return set.method }

// Len is the number of patterns.
func (set *Set) Len() int { return set.n }

// Match says whether a pattern matches s, which has been cast to the method's Input, and the index of the one that
// decides: the longest prefix or network, else the first.
func (set *Set) Match(t *txn.Txn, s *txn.Sample) (index int, ok bool) {
	i := set.matcher.match(t, s)
	return i, i >= 0
}

// truth is the methods found and bool.
type truth struct{ found bool }

func (truth) add(string, int, bool) error { return nil }
func (truth) done()                       {}

func (m truth) match(_ *txn.Txn, s *txn.Sample) int {
	if m.found || (s.Type == txn.Int || s.Type == txn.Bool) && s.Int != 0 {
		return 0
	}
	return -1
}
