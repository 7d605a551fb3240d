package pattern

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/modules/regex"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Map is a map file (configuration.txt 7.3.1, "map"): patterns with a value each.
type Map struct {
	set    *Set
	values []txn.Sample
}

// LoadMap reads the two-column file at path. Values are of type out: Str, Int, or IPv4 for addresses of both families.
func LoadMap(m Method, path string, out txn.Type) (*Map, error) {
	lines, err := readLines(path, true)
	if err != nil {
		return nil, err
	}
	return newMap(newSet(m, Options{}), path, lines, out)
}

// LoadRegexMap reads the file at path for map_regm: Regex gives the groups that its values refer to.
func LoadRegexMap(path string) (*Map, error) {
	lines, err := readLines(path, true)
	if err != nil {
		return nil, err
	}
	return newMap(&Set{method: Reg, matcher: &regexes{capture: true}}, path, lines, txn.Str)
}

// Regex is the pattern of entry i of a LoadRegexMap.
func (m *Map) Regex(i int) *regex.Regex { return m.set.matcher.(*regexes).list[i] }

func newMap(set *Set, path string, lines []line, out txn.Type) (*Map, error) {
	t := &Map{set: set}
	for _, l := range lines {
		v, err := ParseValue(l.value, out)
		if err == nil {
			err = t.set.add(l.key, false)
		}
		if err != nil {
			return nil, fmt.Errorf("%w at line %d of file %s", err, l.number, path)
		}
		t.values = append(t.values, v)
	}
	t.set.matcher.done()
	return t, nil
}

// ParseValue reads a map's value or default value.
func ParseValue(text string, out txn.Type) (v txn.Sample, err error) {
	switch out {
	case txn.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return v, fmt.Errorf("unable to parse '%s'", text)
		}
		v.SetInt(n)
	case txn.IPv4, txn.IPv6:
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return v, fmt.Errorf("unable to parse '%s'", text)
		}
		v.Addr, v.Type = a, txn.IPv6
		if a.Is4() {
			v.Type = txn.IPv4
		}
	default:
		v.SetStr([]byte(text))
	}
	return v, nil
}

// Method is how the map compares keys.
func (m *Map) Method() Method { return m.set.method }

// Find is the value for s, which has been cast to the method's Input; nil when there is none. The index is that of the
// entry, see Regex.
func (m *Map) Find(t *txn.Txn, s *txn.Sample) (v *txn.Sample, index int) {
	i, ok := m.set.Match(t, s)
	if !ok {
		return nil, -1
	}
	return &m.values[i], i
}
