package cfg

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var fuzzOptions = &Options{LookupEnv: testLookup, Version: "2.6.12", IsSection: func(w string) bool { return w == "global" }}

// FuzzLexer: any text is read without a panic; lines and messages are sane; and the words of every line, written with Quote,
// are read back unchanged.
func FuzzLexer(f *testing.F) {
	for _, l := range randomLines(120, "z") {
		f.Add([]byte(l))
	}
	paths, _ := filepath.Glob("testdata/*.txtar")
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		lines, diags := Parse([]File{{"f", body}, {"g", body}}, fuzzOptions)
		for _, d := range diags {
			if d.Pos.Line < 1 || d.Msg == "" || d.Error() == "" {
				t.Fatalf("bad diagnostic %#v", d)
			}
		}
		for _, l := range lines {
			if len(l.Words) == 0 || len(l.Words) > maxWords || l.Words[0] == "" || l.Words[0][0] == '.' || l.Pos.Line < 1 {
				t.Fatalf("bad line %#v", l)
			}
			roundTrip(t, l.Words)
		}
	})
}

func roundTrip(t *testing.T, words []string) {
	t.Helper()
	text := QuoteLine(words)
	lines, diags := Parse([]File{{"q", []byte(text)}}, fuzzOptions)
	if len(lines) != 1 || !slices.Equal(lines[0].Words, words) || diags.HasErrors() {
		t.Fatalf("%q was written %q and read back %v, %v", words, text, lines, diags)
	}
}

// FuzzQuote reads back single words, which may hold anything but a NUL.
func FuzzQuote(f *testing.F) {
	for _, w := range []string{"", "a", " ", "'", `"`, `'"`, `\`, "#", "$A", "${A}", "a\tb", "\r", "\n", "\x01", "\x7f", "é", "\xff", "-", "[*]"} {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, word string) {
		word, _, _ = strings.Cut(word, "\x00")
		roundTrip(t, []string{"first", word, "last" + word})
	})
}

// FuzzCondition: any expression is evaluated without a panic, in files and for -cc, and negation negates.
func FuzzCondition(f *testing.F) {
	for _, group := range conditions {
		for _, expr := range group.list {
			f.Add(expr)
		}
	}
	f.Fuzz(func(t *testing.T, expr string) {
		_, _ = EvalCondition(expr, fuzzOptions)
		v, _, err := evaluate(expr, fuzzOptions)
		if err != nil {
			if err.at < 0 || err.at > len(expr) || err.msg == "" {
				t.Fatalf("%q: bad error %+v", expr, err)
			}
			_ = excerpt(".if ", expr, err.at)
			return
		}
		if expr == "" || strings.TrimSpace(expr) == "" {
			return
		}
		// 339 parentheses of its own leave room for the one that is added.
		negated, _, err := evaluate("!("+expr+")", fuzzOptions)
		if err == nil && negated == v {
			t.Fatalf("%q and its negation are both %v", expr, v)
		}
		if err != nil && strings.Count(expr, "(") < maxParentheses {
			t.Fatalf("%q: its negation is an error: %s", expr, err.msg)
		}
	})
}

// FuzzUnits: any text is a value or an error, and a value read once is read again from what it prints.
func FuzzUnits(f *testing.F) {
	for _, row := range durations {
		f.Add(row.in)
	}
	for _, row := range sizes {
		f.Add(row.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDuration(s, 1e6); err == nil {
			if again, err := ParseDuration(fmt.Sprintf("%dms", d.Milliseconds()), 1e6); again != d || err != nil || d < 0 {
				t.Fatalf("%q: %v, again %v, %v", s, d, again, err)
			}
		}
		if n, err := ParseSize(s); err == nil {
			if again, err := ParseSize(fmt.Sprint(n)); again != n || err != nil || n < 0 {
				t.Fatalf("%q: %d, again %d, %v", s, n, again, err)
			}
		}
		_, _ = ParseInt(s)
		_, _ = LeadingInt(s)
		_ = Nearest(s, []string{"balance", "backend", s})
	})
}
