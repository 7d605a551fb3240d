package pattern

import (
	"encoding/hex"
	"fmt"

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
