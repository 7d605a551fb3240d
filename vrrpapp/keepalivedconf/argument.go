package keepalivedconf

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
)

// word takes the next word; what says what it should be.
func (l *line) word(what string) (string, bool) {
	if l.next >= len(l.s.Words) {
		l.errorf("'%s' needs %s", l.keyword(), what)
		return "", false
	}
	l.next++
	return l.s.Words[l.next-1], true
}

// optional takes the next word if there is one.
func (l *line) optional() (string, bool) {
	if l.next >= len(l.s.Words) {
		return "", false
	}
	l.next++
	return l.s.Words[l.next-1], true
}

// rest takes all words that are left.
func (l *line) rest() []string {
	list := l.s.Words[l.next:]
	l.next = len(l.s.Words)
	return list
}

// integer takes a whole number.
func (l *line) integer(low, high int) (int, bool) {
	w, ok := l.word("a number")
	if !ok {
		return 0, false
	}
	return l.number(l.keyword(), w, low, high)
}

// number reads a whole number that belongs to name.
func (l *line) number(name, word string, low, high int) (int, bool) {
	n, err := strconv.Atoi(word)
	switch {
	case err != nil || word[0] == '+':
		l.errorf("'%s' needs a whole number from %d to %d, not '%s'", name, low, high, word)
	case n < low || n > high:
		l.errorf("'%s' needs a number from %d to %d, not %d", name, low, high, n)
	default:
		return n, true
	}
	return 0, false
}

// seconds takes a time in seconds with a fraction.
func (l *line) seconds(low, high float64) (duration.Duration, bool) {
	w, ok := l.word("a time in seconds")
	if !ok {
		return 0, false
	}
	return l.time(l.keyword(), w, low, high)
}

// time reads a time in seconds with a fraction, to the microsecond.
func (l *line) time(name, word string, low, high float64) (duration.Duration, bool) {
	f, err := strconv.ParseFloat(word, 64)
	switch {
	case err != nil || strings.ContainsFunc(word, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }):
		l.errorf("'%s' needs a time in seconds, not '%s'", name, word)
	case f < low || f > high:
		l.errorf("'%s' needs a time from %v to %v seconds, not %s", name, low, high, word)
	default:
		return duration.Duration(math.Round(f*1e6)) * duration.Duration(time.Microsecond), true
	}
	return 0, false
}

// wholeSeconds takes a time in seconds without a fraction.
func (l *line) wholeSeconds(low, high int) (duration.Duration, bool) {
	n, ok := l.integer(low, high)
	return duration.Duration(n) * duration.Duration(time.Second), ok
}

// boolean takes on, off, true, false, yes or no; alone the keyword means on.
func (l *line) boolean() (value, ok bool) {
	w, given := l.optional()
	if !given {
		return true, true
	}
	switch w {
	case "on", "true", "yes":
		return true, true
	case "off", "false", "no":
		return false, true
	}
	l.errorf("'%s' is on, off, true, false, yes or no, not '%s'", l.keyword(), w)
	return false, false
}

// addr takes an IP address.
func (l *line) addr() (netip.Addr, bool) {
	w, ok := l.word("an IP address")
	if !ok {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(w)
	if err != nil || a.Zone() != "" || a.Is4In6() {
		l.errorf("'%s' needs an IP address, not '%s'", l.keyword(), w)
		return netip.Addr{}, false
	}
	return a, true
}

// iface takes the name of an interface.
func (l *line) iface() (string, bool) {
	w, ok := l.word("the name of an interface")
	return w, ok && l.ifname(w)
}

func (l *line) ifname(name string) bool {
	if name == "" || len(name) > 15 || strings.ContainsAny(name, "/ \t") || name == "." || name == ".." {
		l.errorf("'%s' cannot be the name of an interface: it has 1 to 15 bytes without '/' and white space", name)
		return false
	}
	return true
}

func pointer[T any](v T) *T { return &v }

// Fields of one block that have the same kind of value share a reader.

func setInt(field func(p *parser) *int, low, high int) func(*parser, *line) {
	return func(p *parser, l *line) {
		if n, ok := l.integer(low, high); ok {
			*field(p) = n
		}
	}
}

func setTime(field func(p *parser) *duration.Duration, low, high float64) func(*parser, *line) {
	return func(p *parser, l *line) {
		if d, ok := l.seconds(low, high); ok {
			*field(p) = d
		}
	}
}

func setBool(field func(p *parser) *bool) func(*parser, *line) {
	return func(p *parser, l *line) {
		if b, ok := l.boolean(); ok {
			*field(p) = b
		}
	}
}

// setOptional is for words whose absence means another thing than off.
func setOptional(field func(p *parser) **bool) func(*parser, *line) {
	return func(p *parser, l *line) {
		if b, ok := l.boolean(); ok {
			*field(p) = &b
		}
	}
}

// setFlag is for words without arguments.
func setFlag(field func(p *parser) *bool) func(*parser, *line) {
	return func(p *parser, l *line) { *field(p) = true }
}

func setWord(field func(p *parser) *string, what string) func(*parser, *line) {
	return func(p *parser, l *line) {
		if w, ok := l.word(what); ok {
			*field(p) = w
		}
	}
}

func setInterface(field func(p *parser) *string) func(*parser, *line) {
	return func(p *parser, l *line) {
		if w, ok := l.iface(); ok {
			*field(p) = w
		}
	}
}

func setAddr(field func(p *parser) *string) func(*parser, *line) {
	return func(p *parser, l *line) {
		if a, ok := l.addr(); ok {
			*field(p) = a.String()
		}
	}
}
