package logtarget

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// UnmarshalHAProxy reads a `log` line; d stands before it. `no log` is the adapter's: it empties the list. In the
// global section the caller refuses a Target that is Global ("'global' is not supported for a global syslog server").
//
//	Syntax:
//	log global
//	log <address> [len <length>] [format <format>] [sample <ranges>:<sample_size>] <facility> [<level> [<minlevel>]]
func (t *Target) UnmarshalHAProxy(d *cfg.Dispenser) error {
	t.Pos = d.Pos()
	d.Next()
	words := d.Remaining()
	if len(words) == 1 && words[0] == "global" {
		t.Global = true
		return nil
	}
	if err := t.read(words); err != nil {
		return d.Errf("log : %w", err)
	}
	return nil
}

func (t *Target) read(words []string) error {
	if len(words) < 2 {
		return fmt.Errorf("expects <address> and <facility> or global as arguments")
	}
	word := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	t.Address = words[0]
	if _, err := parseAddress(t.Address); err != nil {
		return err
	}
	i := 1
	if word(i) == "len" {
		n, err := strconv.Atoi(word(i + 1))
		if err != nil || n < minLen || n > maxLen {
			return fmt.Errorf("invalid log length '%s', must be between %d and %d", word(i+1), minLen, maxLen)
		}
		t.Len = n
		i += 2
	}
	if word(i) == "format" {
		if formatOf(word(i+1)) == unset {
			return fmt.Errorf("unknown log format '%s'%s", word(i+1), near(word(i+1), formatNames[:]))
		}
		t.Format = word(i + 1)
		i += 2
	}
	if word(i) == "sample" {
		if err := t.readSample(word(i + 1)); err != nil {
			return err
		}
		i += 2
	}
	t.Facility, t.Level, t.MinLevel = word(i), word(i+1), word(i+2)
	switch {
	case !slices.Contains(Facilities, t.Facility):
		return fmt.Errorf("unknown log facility '%s'%s", t.Facility, near(t.Facility, Facilities))
	case t.Level != "" && Level(t.Level) < 0:
		return fmt.Errorf("unknown optional log level '%s'%s", t.Level, near(t.Level, Levels))
	case t.MinLevel != "" && Level(t.MinLevel) < 0:
		return fmt.Errorf("unknown optional minimum log level '%s'%s", t.MinLevel, near(t.MinLevel, Levels))
	case word(i+3) != "":
		return fmt.Errorf("cannot handle unexpected argument '%s'", word(i+3))
	}
	return nil
}

func near(word string, known []string) string {
	if n := cfg.Nearest(word, known); n != "" {
		return "; did you mean '" + n + "' maybe ?"
	}
	return ""
}

// readSample reads "<range>[,<range>...]:<size>". As in HAProxy the ranges may come in any order, and a comma may be left
// over.
func (t *Target) readSample(text string) error {
	list, size, ok := strings.Cut(text, ":")
	if !ok {
		return fmt.Errorf("Missing sample size")
	}
	s := &Sample{}
	if list == "" {
		return fmt.Errorf("no sampling ranges given")
	}
	for word := range strings.SplitSeq(list, ",") {
		if word == "" {
			continue
		}
		r, err := parseRange(word)
		if err != nil {
			return err
		}
		s.Ranges = append(s.Ranges, r)
	}
	slices.SortFunc(s.Ranges, func(a, b Range) int { return cmp.Compare(a.Low, b.Low) })
	n, err := strconv.Atoi(size)
	if err != nil || n < 1 {
		return fmt.Errorf("wrong sample size '%s' for sample range '%s'", size, list)
	}
	s.Size = n
	t.Sample = s
	return s.validate()
}

func parseRange(word string) (Range, error) {
	low, high, both := strings.Cut(word, "-")
	if !both {
		high = low
	}
	l, err := strconv.Atoi(low)
	if err == nil {
		var h int
		if h, err = strconv.Atoi(high); err == nil && l >= 1 && h >= l {
			return Range{l, h}, nil
		}
	}
	return Range{}, fmt.Errorf("wrong sample range '%s'", word)
}
