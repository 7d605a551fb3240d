package pattern

import (
	"bytes"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// listed is a pattern of a method that tries one after the other.
type listed struct {
	key  []byte
	fold bool
}

// contained are patterns that are looked for inside of samples, in their order.
type contained struct {
	list []listed
	fold bool // at least one pattern ignores case
}

func (m *contained) append(word string, fold bool) {
	m.list = append(m.list, listed{[]byte(foldKey(word, fold)), fold})
	m.fold = m.fold || fold
}

func (m *contained) done() {}

// find gives the first pattern that a sample has in it by the measure of in.
func (m *contained) find(t *txn.Txn, s *txn.Sample, in func(b, key []byte) bool) int {
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
		if in(b, p.key) {
			return i
		}
	}
	return -1
}

// substrings is the method sub.
type substrings struct{ contained }

func (m *substrings) add(word string, _ int, fold bool) error {
	m.append(word, fold)
	return nil
}

func (m *substrings) match(t *txn.Txn, s *txn.Sample) int { return m.find(t, s, bytes.Contains) }

// words is the methods dir and dom: a pattern matches between delimiters, the start and the end.
type words struct {
	contained
	delims string
}

func (m *words) add(word string, _ int, fold bool) error {
	m.append(strings.Trim(word, m.delims), fold)
	return nil
}

func (m *words) match(t *txn.Txn, s *txn.Sample) int { return m.find(t, s, m.contains) }

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
