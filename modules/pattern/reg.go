package pattern

import (
	"github.com/caddy-haproxy/caddy-haproxy/modules/regex"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

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
