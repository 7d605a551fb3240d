package pattern

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/regex"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// lower is s in lower case (ASCII), in scratch memory that the next use of it overwrites.
func lower(t *txn.Txn, s []byte) []byte {
	b := append(t.Room(len(s)), s...)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}

// foldKey is word as a table has it: in lower case when case does not count. Bytes that are no UTF-8 stay as they are.
func foldKey(word string, fold bool) string {
	if !fold {
		return word
	}
	b := []byte(word)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// table finds strings; the first of several equal ones counts.
type table map[string]int

func (m *table) add(key string, index int) {
	if *m == nil {
		*m = table{}
	}
	if _, dup := (*m)[key]; !dup {
		(*m)[key] = index
	}
}

// exact is the methods str and bin.
type exact struct {
	binary        bool
	plain, folded table
}

func (m *exact) add(word string, index int, fold bool) error {
	if m.binary {
		b, err := parseHex(word)
		m.plain.add(string(b), index)
		return err
	}
	if fold {
		m.folded.add(foldKey(word, true), index)
	} else {
		m.plain.add(word, index)
	}
	return nil
}

func (m *exact) done() {}

func (m *exact) match(t *txn.Txn, s *txn.Sample) int {
	if i, ok := m.plain[string(s.Bytes)]; ok {
		return i
	}
	if m.folded != nil {
		if i, ok := m.folded[string(lower(t, s.Bytes))]; ok {
			return i
		}
	}
	return -1
}

func parseHex(word string) ([]byte, error) {
	if len(word)%2 != 0 {
		return nil, fmt.Errorf("an even number of hex digit is expected")
	}
	b, err := hex.DecodeString(word)
	if e, ok := err.(hex.InvalidByteError); ok {
		return nil, fmt.Errorf("an hex digit is expected (found '%c')", byte(e))
	}
	return b, err
}

// lengths is a table of strings and the distinct lengths that they have, longest first.
type lengths struct {
	table table
	list  []int
}

func (l *lengths) add(key string, index int) {
	l.table.add(key, index)
	if i, ok := slices.BinarySearchFunc(l.list, len(key), func(a, b int) int { return b - a }); !ok {
		l.list = slices.Insert(l.list, i, len(key))
	}
}

// prefixes is the method beg: the longest prefix decides.
type prefixes struct{ plain, folded lengths }

func (m *prefixes) add(word string, index int, fold bool) error {
	if fold {
		m.folded.add(foldKey(word, true), index)
	} else {
		m.plain.add(word, index)
	}
	return nil
}

func (m *prefixes) done() {}

func (m *prefixes) match(t *txn.Txn, s *txn.Sample) int {
	if i := m.plain.prefix(s.Bytes); i >= 0 {
		return i
	}
	if m.folded.list != nil {
		return m.folded.prefix(lower(t, s.Bytes))
	}
	return -1
}

func (l *lengths) prefix(b []byte) int {
	for _, n := range l.list {
		if n <= len(b) {
			if i, ok := l.table[string(b[:n])]; ok {
				return i
			}
		}
	}
	return -1
}

// suffixes is the method end: the first pattern that fits decides.
type suffixes struct{ plain, folded lengths }

func (m *suffixes) add(word string, index int, fold bool) error {
	if fold {
		m.folded.add(foldKey(word, true), index)
	} else {
		m.plain.add(word, index)
	}
	return nil
}

func (m *suffixes) done() {}

func (m *suffixes) match(t *txn.Txn, s *txn.Sample) int {
	i := m.plain.suffix(s.Bytes)
	if i < 0 && m.folded.list != nil {
		i = m.folded.suffix(lower(t, s.Bytes))
	}
	return i
}

func (l *lengths) suffix(b []byte) int {
	first := -1
	for _, n := range l.list {
		if n <= len(b) {
			if i, ok := l.table[string(b[len(b)-n:])]; ok && (first < 0 || i < first) {
				first = i
			}
		}
	}
	return first
}

// listed is a pattern of a method that tries one after the other.
type listed struct {
	key  []byte
	fold bool
}

// substrings is the method sub.
type substrings struct {
	list []listed
	fold bool // at least one pattern ignores case
}

func (m *substrings) add(word string, _ int, fold bool) error {
	m.list = append(m.list, listed{[]byte(foldKey(word, fold)), fold})
	m.fold = m.fold || fold
	return nil
}

func (m *substrings) done() {}

func (m *substrings) match(t *txn.Txn, s *txn.Sample) int {
	folded := s.Bytes
	if m.fold {
		folded = lower(t, s.Bytes)
	}
	for i := range m.list {
		p := &m.list[i]
		b := s.Bytes
		if p.fold {
			b = folded
		}
		if bytes.Contains(b, p.key) {
			return i
		}
	}
	return -1
}

// words is the methods dir and dom: a pattern matches between delimiters, the start and the end.
type words struct {
	delims string
	list   []listed
	fold   bool
}

func (m *words) add(word string, _ int, fold bool) error {
	m.list = append(m.list, listed{[]byte(foldKey(strings.Trim(word, m.delims), fold)), fold})
	m.fold = m.fold || fold
	return nil
}

func (m *words) done() {}

func (m *words) match(t *txn.Txn, s *txn.Sample) int {
	folded := s.Bytes
	if m.fold {
		folded = lower(t, s.Bytes)
	}
	for i := range m.list {
		p := &m.list[i]
		b := s.Bytes
		if p.fold {
			b = folded
		}
		if m.contains(b, p.key) {
			return i
		}
	}
	return -1
}

func (m *words) contains(b, key []byte) bool {
	if len(key) == 0 {
		return false
	}
	for from := 0; ; {
		i := bytes.Index(b[from:], key)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(key)
		if (i == 0 || m.delim(b[i-1])) && (end == len(b) || m.delim(b[end])) {
			return true
		}
		from = i + 1
	}
}

func (m *words) delim(c byte) bool { return strings.IndexByte(m.delims, c) >= 0 }

// regexes is the method reg.
type regexes struct {
	list    []*regex.Regex
	capture bool // the groups are wanted
}

func (m *regexes) add(word string, _ int, fold bool) error {
	compile := regex.CompileMatch
	if m.capture {
		compile = regex.Compile
	}
	re, err := compile(word, fold)
	m.list = append(m.list, re)
	return err
}

func (m *regexes) done() {}

func (m *regexes) match(_ *txn.Txn, s *txn.Sample) int {
	for i, re := range m.list {
		if re.Match(s.Bytes) {
			return i
		}
	}
	return -1
}
