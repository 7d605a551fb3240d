package netif

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// wordReader goes through the words of a route or a rule.
type wordReader struct {
	list []string
	next int
}

func (w *wordReader) more() bool { return w.next < len(w.list) }

// word is the next word, or "" at the end.
func (w *wordReader) word() string {
	if !w.more() {
		return ""
	}
	w.next++
	return w.list[w.next-1]
}

// peek is the next word without taking it.
func (w *wordReader) peek() string {
	if !w.more() {
		return ""
	}
	return w.list[w.next]
}

// argument is the word that belongs to a keyword.
func (w *wordReader) argument(keyword string) (string, error) {
	if !w.more() {
		return "", fmt.Errorf("%s needs a word after it", keyword)
	}
	return w.word(), nil
}

// value stores what read makes of a keyword's argument.
func value[T any](w *wordReader, keyword string, into *T, read func(string) (T, error)) error {
	arg, err := w.argument(keyword)
	if err != nil {
		return err
	}
	v, err := read(arg)
	if err != nil {
		return fmt.Errorf("%s: %w", keyword, err)
	}
	*into = v
	return nil
}

func text(s string) (string, error) { return s, nil }

func interfaceName(s string) (string, error) {
	if s == "" || len(s) > 15 || strings.ContainsAny(s, "/ \t") {
		return "", fmt.Errorf("'%s' cannot be the name of an interface", s)
	}
	return s, nil
}

// decimal reads a decimal number; keepalived takes no others here.
func decimal[T uint8 | uint16 | uint32 | uint64](most uint64) func(string) (T, error) {
	return func(s string) (T, error) {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil || n > most {
			return 0, fmt.Errorf("'%s' is no number from 0 to %d", s, most)
		}
		return T(n), nil
	}
}

// byName reads a number or a name of iproute2's files.
func byName[T uint8 | uint32](file string, most uint64) func(string) (T, error) {
	return func(s string) (T, error) {
		n, err := numbered(file, s, most)
		return T(n), err
	}
}

func address(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" || a.Is4In6() {
		return netip.Addr{}, fmt.Errorf("'%s' is no IP address", s)
	}
	return a, nil
}

// destination reads ADDRESS[/PREFIX], where default, any and all are everywhere: the zero prefix.
func destination(s string) (netip.Prefix, error) {
	switch s {
	case "default", "any", "all":
		return netip.Prefix{}, nil
	}
	if !strings.Contains(s, "/") {
		a, err := address(s)
		if err != nil {
			return netip.Prefix{}, err
		}
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("'%s' is no IP address with a prefix", s)
	}
	return p, nil
}

// milliseconds reads a time: a number of ms, with the unit s or ms if it is written.
func milliseconds(s string) (uint32, error) {
	unit, factor := s, 1.0
	if rest, ok := strings.CutSuffix(s, "ms"); ok {
		unit = rest
	} else if rest, ok := strings.CutSuffix(s, "s"); ok {
		unit, factor = rest, 1000
	}
	f, err := strconv.ParseFloat(unit, 64)
	if err != nil || strings.ContainsAny(unit, "eExXpPnNiI+-_") {
		return 0, fmt.Errorf("'%s' is no time in s or ms", s)
	}
	if f *= factor; f > 1<<28 {
		return 0, errors.New("a time of more than three days")
	}
	return uint32(f), nil
}
