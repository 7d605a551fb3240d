package regex

import (
	"strings"
	"testing"
)

func TestMatchDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool forgets under the race detector")
	}
	for _, tt := range []struct{ name, expr, subject string }{
		{"ascii", `^(www|ww1)\.example\.(com|net)$`, "www.example.com"},
		{"high bytes", `\.(?:jpe?g|png)$`, "/caf\xe9/a.jpeg"},
		{"final newline", `a$`, "b\na\n"},
	} {
		re, err := CompileMatch(tt.expr, true)
		if err != nil {
			t.Fatal(err)
		}
		b := []byte(tt.subject)
		if !re.Match(b) {
			t.Errorf("%s: no match", tt.name)
		}
		if n := testing.AllocsPerRun(200, func() { re.Match(b) }); n > 0 {
			t.Errorf("%s: %v allocations", tt.name, n)
		}
	}
}

// TestTimeout: a pattern that backtracks without end counts as one that does not match.
func TestTimeout(t *testing.T) {
	re, err := CompileMatch(`^(?=(?:(?:a+)+)+$)b`, false)
	if err != nil {
		t.Fatal(err)
	}
	if re.Match([]byte(strings.Repeat("a", 4000) + "c")) {
		t.Error("match")
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		expr, want string
	}{
		{`(a)\1`, `regex '(a)\1' is invalid (error=reference to non-existent subpattern, erroffset=4)`},
		{`[`, `regex '[' is invalid (error=missing terminating ] for character class, erroffset=1)`},
		{`(a`, `regex '(a' is invalid (error=missing closing parenthesis, erroffset=2)`},
		{`a{1,2}{3}`, `regex 'a{1,2}{3}' is invalid (error=quantifier does not follow a repeatable item, erroffset=8)`},
	} {
		if _, err := CompileMatch(tt.expr, false); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.expr, err, tt.want)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	re, _ := CompileMatch(`^(?:www|ww1)\.example\.(?:com|net)$`, true)
	for _, s := range []string{"www.example.com", "images.example.org"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			subject := []byte(s)
			for b.Loop() {
				re.Match(subject)
			}
		})
	}
}

// FuzzParse: no pattern panics, and what compiles can be matched.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`^a(b|c)*$`, `(?<=a)\Q.\E[[:alpha:]\x{41}-\xff]`, `(?i:a)\1{2,3}?`, `\p{Lu}(?#x)\g{-1}`, `(?x) a # b`} {
		f.Add(s, "aab\n\xe9")
	}
	f.Fuzz(func(t *testing.T, expr, subject string) {
		if len(expr) > 60 || len(subject) > 60 {
			t.Skip()
		}
		if re, err := Compile(expr, true); err == nil {
			if loc := re.FindSubmatchIndex([]byte(subject), nil); loc != nil && !re.Match([]byte(subject)) {
				t.Errorf("%q on %q: %v without a match", expr, subject, loc)
			}
		}
	})
}
