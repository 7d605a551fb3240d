package cfg

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var conditionFragments = []string{
	"1", "0", "-1", "01", "0x0", "!", "!", "(", ")", "(", ")", " && ", " || ", "&&", "||", " ", "defined(A)", "defined(NOPE)", "feature(OPENSSL)", "streq(a,a)", "streq(a,b)",
	"strneq(a,b)", "streq(", "streq(a", ",b)", `streq("$A",1)`, `'streq("a,b","a,b")'`, `"${LIST}"`, `"${EMPTY}"`, "version_atleast(2.6)", "version_before(2.6)", "version_atleast(", "2.7", "x", ",", "a",
	"1 && (0 || 1)", "!(1)", "(0)",
}

func randomCondition(r *rand.Rand) string {
	var b strings.Builder
	if r.IntN(3) == 0 { // mostly broken ones
		for n := r.IntN(6) + 1; n > 0; n-- {
			b.WriteString(conditionFragments[r.IntN(len(conditionFragments))])
		}
		return b.String()
	}
	writeCondition(&b, r, 4)
	return b.String()
}

// writeCondition writes a well-formed condition.
func writeCondition(b *strings.Builder, r *rand.Rand, depth int) {
	blank := func() { b.WriteString(strings.Repeat(" ", r.IntN(2))) }
	for range r.IntN(3) {
		b.WriteByte('!')
		blank()
	}
	if depth > 0 && r.IntN(3) == 0 {
		b.WriteByte('(')
		blank()
		writeCondition(b, r, depth-1)
		blank()
		b.WriteByte(')')
	} else {
		b.WriteString([]string{"1", "0", "defined(A)", "defined(B)", "streq(a,b)", "streq( a, a)", "strneq(a,b)", `streq("$A",1)`, "feature(OPENSSL)", "-0", "+7"}[r.IntN(11)])
	}
	if depth > 0 && r.IntN(2) == 0 {
		blank()
		b.WriteString([]string{"&&", "||"}[r.IntN(2)])
		blank()
		writeCondition(b, r, depth-1)
	}
}

// TestOracleRandomConditions has haproxy decide random conditions: the sound ones in one file, of the others the message.
func TestOracleRandomConditions(t *testing.T) {
	r := rand.New(rand.NewPCG(26, 2))
	dir := t.TempDir()
	var body strings.Builder
	var want []string
	bad, line := 0, 0
	for range 1500 {
		// HAProxy takes blanks at a line's end for an empty word and shows one of them.
		expr := strings.TrimRight(randomCondition(r), " ")
		one := File{Name: "one.cfg", Body: []byte(".if " + expr + "\n.notice yes\n.else\n.notice no\n.endif\n")}
		_, diags := Parse([]File{one}, conditionOptions)
		if !diags.HasErrors() {
			body.Write(one.Body)
			d := diags[0]
			d.Pos = Pos{"many.cfg", line + d.Pos.Line}
			want = append(want, d.String())
			line += 5
			continue
		}
		if bad++; bad > 150 {
			continue
		}
		if diff := cmp.Diff(check(t, dir, one)[0], diags[0].String()); diff != "" {
			t.Errorf("%q (-haproxy +ours):\n%s", expr, diff)
		}
	}
	if bad < 150 || len(want) < 900 {
		t.Errorf("%d sound and %d broken conditions: not what this test wants", len(want), bad)
	}
	got := check(t, dir, File{Name: "many.cfg", Body: []byte(body.String())})
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-haproxy +ours:\n%s", diff)
	}
}
