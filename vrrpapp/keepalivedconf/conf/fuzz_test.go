package conf

import (
	"strings"
	"testing"
)

// write is a configuration that reads as the statements do.
func write(b *strings.Builder, list []*Statement) {
	for _, s := range list {
		for _, w := range s.Words {
			b.WriteString(` "` + w + `"`)
		}
		if s.HasBlock {
			b.WriteString(" {\n")
			write(b, s.Block)
			b.WriteString("}")
		}
		b.WriteString("\n")
	}
}

// FuzzParse: nothing makes a panic or grows beyond its bounds, and what is written of the statements reads the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a b {\n c \"d e\"\n}\n", "$A= \\\nx ${B} { \\\n}\n~SEQ(B,1,3) $A", "~LST({A,B},{1,2},{3,4}) ${A}.${B}", "@main a\n@^main b # c\n! d",
		"include d/*.conf\nincludea d/{a,b}.conf", "global_defs {\ninclude_check -match +readable\nrandom_seed 5\n}\n${_RANDOM 1 9}", "#@ skip x\n{ } } \"",
		"$A=${A}\n${A}", "a{b}c\r\n\"#\" ${_HASH}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first := parse(text)
		if first.Diagnostics.Err() != nil {
			return
		}
		var b strings.Builder
		write(&b, first.Statements)
		if b.Len() > maxBytes/8 {
			return
		}
		again := Parse([]File{{"again", []byte(b.String())}}, Options{ConfigID: "main"})
		if err := again.Diagnostics.Err(); err != nil {
			t.Fatalf("%q was written as\n%s\n%v", text, b.String(), err)
		}
		if got, want := brief(again.Statements), brief(first.Statements); got != want {
			t.Errorf("%q reads again as\n%q, not\n%q", text, got, want)
		}
	})
}

// FuzzCommandWords: nothing makes a panic.
func FuzzCommandWords(f *testing.F) {
	for _, seed := range []string{`script "/bin/sh -c 'a b' \"c\""`, `\x \1234 \c`, `'`, `a\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := CommandWords(text)
		if size := len(strings.Join(list, "")); err == nil && size > len(text) {
			t.Errorf("%q: %d bytes", text, size)
		}
	})
}
