package pattern

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// intRange is min <= value <= max.
type intRange struct{ min, max int64 }

// integers is the methods int and len.
type integers struct {
	length bool
	list   []intRange
}

func (m *integers) add(word string, _ int, _ bool) error {
	r, err := parseRange(word)
	m.list = append(m.list, r)
	return err
}

func (m *integers) done() {}

func (m *integers) match(_ *txn.Txn, s *txn.Sample) int {
	v := s.Int
	switch {
	case m.length:
		v = int64(len(s.Bytes))
	case s.Type != txn.Int && s.Type != txn.Bool:
		return -1
	}
	for i := range m.list {
		if v >= m.list[i].min && v <= m.list[i].max {
			return i
		}
	}
	return -1
}

// belowZero is what `lt 0` becomes: a range that no word can write.
const belowZero = "\x00lt 0"

// parseRange reads "5", "5:10", "5:", ":10". HAProxy takes a hyphen for a colon: "5-10" is a range, and "-3" is not a
// negative number but everything up to 3.
func parseRange(word string) (intRange, error) {
	if word == belowZero {
		return intRange{math.MinInt64, -1}, nil
	}
	sep := strings.IndexAny(word, ":-")
	if sep < 0 {
		v, ok := parseDigits(word)
		if !ok {
			return intRange{}, fmt.Errorf("'%s' is not a number", word)
		}
		return intRange{v, v}, nil
	}
	r := intRange{math.MinInt64, math.MaxInt64}
	lo, hi := true, true
	if sep > 0 {
		r.min, lo = parseDigits(word[:sep])
	}
	if sep+1 < len(word) {
		r.max, hi = parseDigits(word[sep+1:])
	}
	if len(word) == 1 || !lo || !hi || r.min > r.max {
		return r, fmt.Errorf("'%s' is not a valid number range", word)
	}
	return r, nil
}

// parseDigits reads a number without a sign.
func parseDigits(s string) (int64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	v, err := strconv.ParseInt(s, 10, 64)
	return v, err == nil
}

// applyOperators turns words after an operator into ranges (configuration.txt 7.1.2). A word that is a range already is
// left as it is, as HAProxy leaves it.
func applyOperators(words []string) ([]string, error) {
	var out []string
	op := ""
	for _, w := range words {
		switch w {
		case "eq", "gt", "ge", "lt", "le":
			op = w
			continue
		}
		if op == "" || strings.ContainsAny(w, ":-") {
			out = append(out, w)
			continue
		}
		v, ok := parseDigits(w)
		if !ok {
			return nil, fmt.Errorf("'%s' is neither a number nor a supported operator", w)
		}
		r, err := operatorRange(op, v)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func operatorRange(op string, v int64) (string, error) {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	switch op {
	case "gt":
		if v == math.MaxInt64 {
			return "", fmt.Errorf("no integer is greater than %d", v)
		}
		return n(v+1) + ":", nil
	case "ge":
		return n(v) + ":", nil
	case "lt":
		if v == 0 {
			return belowZero, nil
		}
		return ":" + n(v-1), nil
	case "le":
		return ":" + n(v), nil
	}
	return n(v), nil
}
