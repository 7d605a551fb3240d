package cfg

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fragments are what random lines are made of: everything the grammar gives a meaning to, and its near misses.
var fragments = []string{
	"a", "b", "z", "foo", " ", " ", " ", "\t", "  ", "\v", "\f", "\r", "\x01", "\x80", "é", "\u00a0",
	`"`, `"`, `"`, `'`, `'`, `\`, `\\`, `\"`, `\'`, `\ `, `\#`, `\n`, `\r`, `\t`, `\x41`, `\x0a`, `\x2`, `\xg0`, `\x`, `\$`, `\q`, "\\\t", "\\\r", `\0`,
	"#", `"#"`, `""`, `''`, "$", "${", "}", "[*]", "-", "$A", "${A}", "$LIST", "${LIST}", "${LIST[*]}", "${NOPE}", "$NOPE", "${NOPE-d e}",
	"${NOPE-}", "${NOPE[*]-d e}", "${EMPTY-x}", "${EMPTY[*]}", "${BLANKS[*]}", "${BLANKS}", "${QUOTE}", "${HASH}", "${BACKSLASH[*]}",
	"${DOLLAR}", "${TAB[*]}", "${LF}", "${VTAB[*]}", "${LIST[", "${LIST[*", "${LIST[*]", "${LIST-", "${9}", "$9", "${_u}", "$_u", "${L9}", "${.LINE}",
	"${.FILE}", "$.LINE", "${.NOPE}", "$.", "${.", "${A.B}", `"${A}"`, `"x$LIST"`, `"${LIST[*]}"`, `"y${BLANKS[*]}z"`, `"${NOPE-"}"`, `"${NOPE-\}`,
	"%[path,regsub(\\\"(a|b)\\\",x)]", "(", ")", ",", ".", ";", "%", "=",
}

func randomLine(r *rand.Rand, prefix string) string {
	var b strings.Builder
	b.WriteString(prefix)
	for n := r.IntN(12) + 1; n > 0; n-- {
		b.WriteString(fragments[r.IntN(len(fragments))])
	}
	return b.String()
}

// interesting are lines picked by hand; the words of each are compared like those of the random lines.
var interesting = []string{
	`a b`, `a	b`, `a#b`, `a \#b`, `a "#b" '#c' #d`, `""`, `"" a`, `a "" b`, `a "${EMPTY}" b`, `'a"b' "c'd"`, `a'b'"c"d`, `a\ b`, `a\`, `a \`, `\ `,
	`"a\`, `'a\`, `'a\'b`, `"${A}"`, `${A}`, `'${A}'`, `"\${A}"`, `"$A$A"`, `"$$A"`, `"${LIST[*]}" z`, `x"${LIST[*]}"y`, `"x${BLANKS[*]}y" z`,
	`"x${NOPE[*]-p q}y"`, `"x${NOPE-p q[*]}y"`, `"${NOPE-"}"`, `"${NOPE-x\}y}"`, `"${QUOTE}" z`, `"$LIST[*]"`, `"${LIST[*]-z}"`, `"${LIST[}"`,
	`"${LIST"`, `"${"`, `"${}"`, `"$"`, `"$1"`, `"$-a"`, `"${A.B}"`, `"${.LINE}" "$.FILE"`, `"${.NOPE}"`, `"$.NOPE"`, `\x41\x`, `\x4`, `\x4g`, `"\x"`, `\xZZ`,
	"a\rb c", "a \rb c", "a\r", "\ra", `"a` + "\r" + `b"`, "a\vb\fc", "a\\\vb", "a\\\tb", "a\\\rb", `a\$b "\$"`, `\q\'\"\\`, `'\n' "\n"`,
	strings.Repeat("a ", 63), strings.Repeat("a ", 63) + "a", strings.Repeat("a ", 63) + "a # c", strings.Repeat("a ", 63) + "a ", strings.Repeat("a ", 63) + "a#c",
	strings.Repeat("a ", 63) + "a\r", strings.Repeat("a ", 63) + "a \r", strings.Repeat("a ", 63) + `"x ${LIST[*]}"`, strings.Repeat("a ", 63) + `"${BLANKS[*]}"`,
	strings.Repeat("a ", 58), strings.Repeat("a ", 70), strings.Repeat(`"" `, 70), strings.Repeat(`"a b" \x41 `, 40),
	strings.Repeat("a ", 70) + `"`, strings.Repeat("k", 77) + ` "x`, strings.Repeat("k", 78) + ` "x`, strings.Repeat("k", 79) + ` "x`,
	strings.Repeat("k", 90) + ` "` + strings.Repeat("z", 90), strings.Repeat("k", 3000), "é \"\u00a0\x80",
}

func randomLines(n int, prefix string) []string {
	r := rand.New(rand.NewPCG(26, 12))
	var lines []string
	for _, l := range interesting {
		lines = append(lines, prefix+l)
	}
	for len(lines) < n {
		lines = append(lines, randomLine(r, prefix))
	}
	return lines
}

// TestOracleLines gives lines to haproxy in a global section, where it names the first word of each ("unknown keyword"), or
// says what is wrong with the line. Both must be ours, to the byte.
func TestOracleLines(t *testing.T) {
	dir := t.TempDir()
	compared := 0
	// HAProxy stops a file after 50 errors.
	for chunk := range slices.Chunk(randomLines(3000, " z"), 48) {
		f := File{Name: "lines.cfg", Body: append([]byte("global\n"), joinLines(chunk)...)}
		got := unknownKeywords(f)
		want := check(t, dir, f)
		for i, w := range want {
			want[i], _, _ = strings.Cut(w, "; did you mean ")
			if i < len(got) && shownUpToDefault(w, got[i]) {
				want[i] = got[i]
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("differs from haproxy (-haproxy +ours):\n%s", diff)
		}
		compared += len(got)
	}
	if compared < 2500 {
		t.Errorf("only %d messages: the lines are not what this test wants", compared)
	}
}

// shownUpToDefault reports the one difference there is: behind a default that was used ("${NOPE-x}"), HAProxy's excerpt ends
// before the closing brace, though the flaw and its caret are further on. We show the line.
func shownUpToDefault(haproxy, ours string) bool {
	h, o := strings.Split(haproxy, "\n"), strings.Split(ours, "\n")
	return len(h) == 3 && len(o) == 3 && h[0] == o[0] && h[2] == o[2] && strings.HasPrefix(o[1], strings.TrimSuffix(h[1], "...")+"}")
}

// unknownKeywords reads a file of one global section in which no keyword is known.
func unknownKeywords(f File) []string {
	x := NewLexer([]File{f}, &Options{LookupEnv: testLookup})
	for l, ok := x.Next(); ok; l, ok = x.Next() {
		if l.Words[0] != "global" {
			x.Diagnostics().Addf(l.Pos, Alert, "unknown keyword '%s' in 'global' section", l.Words[0])
		}
	}
	var out []string
	for _, d := range x.Diagnostics().Errors() {
		out = append(out, d.String())
	}
	return out
}

// TestOracleWords gives lines to haproxy as patterns of an ACL, and asks its CLI for all of the words.
func TestOracleWords(t *testing.T) {
	var lines []string
	var want [][]string
	for i, l := range randomLines(2500, "") {
		line := fmt.Sprintf(" acl a%d path -m str -u %d -- z %s", i, i+1000, l)
		parsed, diags := Parse([]File{{Name: "t", Body: []byte(line)}}, &Options{LookupEnv: testLookup})
		if diags.HasErrors() || strings.Contains(l, ".FILE") || strings.Contains(l, ".LINE") {
			continue
		}
		lines = append(lines, line)
		want = append(want, untilEmpty(parsed[0].Words)[8:])
	}
	if len(lines) < 600 {
		t.Fatalf("only %d lines without errors", len(lines))
	}
	got := aclPatterns(t, lines)
	for i, line := range lines {
		if diff := cmp.Diff(got[i], want[i]); diff != "" {
			t.Errorf("%q (-haproxy +ours):\n%s", line, diff)
		}
	}
}

const awkward = " \t\n\r\v#'\"\\${}[]*.-azx0\x01\x7f\x80\xff"

// TestOracleQuote checks that HAProxy, too, reads back what Quote wrote.
func TestOracleQuote(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var lines []string
	var want [][]string
	for i := range 400 {
		words := []string{"z"}
		line := fmt.Sprintf(" acl a%d path -m str -u %d -- z", i, i+1000)
		for range r.IntN(5) + 1 {
			w := make([]byte, r.IntN(12)+1)
			for j := range w {
				w[j] = awkward[r.IntN(len(awkward))]
			}
			words = append(words, string(w))
			line += " " + Quote(string(w))
		}
		lines = append(lines, line)
		want = append(want, words)
	}
	got := aclPatterns(t, lines)
	for i, line := range lines {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Errorf("%q (-want +haproxy):\n%s", line, diff)
		}
	}
}

func joinLines(lines []string) []byte {
	var b bytes.Buffer
	for _, l := range lines {
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.Bytes()
}
