package pattern

import (
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

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
