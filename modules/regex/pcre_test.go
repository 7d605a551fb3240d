package regex

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// pcreRow is one pattern of the corpus, and what PCRE2 10.42, HAProxy's library, made of it.
type pcreRow struct {
	Pattern    string        `json:"p"` // hexadecimal
	IgnoreCase bool          `json:"i"`
	NoCapture  bool          `json:"n"` // compiled as for an ACL
	Error      string        `json:"e"`
	Offset     int           `json:"o"`
	Subjects   []pcreSubject `json:"s"`
}

// pcreSubject is a subject and the offsets of the match and its groups, nil for no match.
type pcreSubject struct {
	text []byte
	loc  []int
	fail bool // PCRE2 gave up
}

func (s *pcreSubject) UnmarshalJSON(b []byte) error {
	var pair [2]json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	var text string
	if err := json.Unmarshal(pair[0], &text); err != nil {
		return err
	}
	s.text, _ = hex.DecodeString(text)
	s.fail = string(pair[1]) == `"ERR"`
	if s.fail {
		return nil
	}
	return json.Unmarshal(pair[1], &s.loc)
}

// TestPCRE compares with the recorded corpus. A pattern that PCRE2 takes and this package does not must say so; REGEX_CORPUS
// names another corpus.
func TestPCRE(t *testing.T) {
	file := "testdata/pcre.jsonl"
	if f := os.Getenv("REGEX_CORPUS"); f != "" {
		file = f
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, refused := 0, map[string]int{}
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		var row pcreRow
		if err := json.Unmarshal(scan.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows++
		if reason := comparePCRE(t, &row); reason != "" {
			refused[reason]++
		}
	}
	if rows < 1000 {
		t.Errorf("only %d rows", rows)
	}
	t.Logf("%d patterns; refused: %v", rows, refused)
}

// comparePCRE returns the reason when only this package refuses the pattern.
func comparePCRE(t *testing.T, row *pcreRow) string {
	raw, _ := hex.DecodeString(row.Pattern)
	compile := Compile
	if row.NoCapture {
		compile = CompileMatch
	}
	re, err := compile(string(raw), row.IgnoreCase)
	if err != nil {
		var syntax *SyntaxError
		switch {
		case !errors.As(err, &syntax):
			t.Errorf("%q: %v", raw, err)
		case row.Error == "" && !strings.Contains(syntax.Reason, "not supported"):
			t.Errorf("%q: %v, but PCRE2 takes it", raw, err)
		case row.Error == "":
			return syntax.Reason
		case (row.Error != syntax.Reason || os.Getenv("REGEX_OFFSETS") != "" && row.Offset != syntax.Offset) && !strings.Contains(syntax.Reason, "not supported"):
			t.Errorf("%q: %q at %d, PCRE2: %q at %d", raw, syntax.Reason, syntax.Offset, row.Error, row.Offset)
		}
		return ""
	}
	if row.Error != "" {
		t.Errorf("%q (n=%v): no error, PCRE2: %s", raw, row.NoCapture, row.Error)
		return ""
	}
	for _, s := range row.Subjects {
		if s.fail {
			continue
		}
		if got := re.Match(s.text); got != (s.loc != nil) {
			t.Errorf("%q i=%v n=%v on %q: match %v, PCRE2 %v", raw, row.IgnoreCase, row.NoCapture, s.text, got, s.loc)
			continue
		}
		if row.NoCapture {
			continue
		}
		loc := trimGroups(re.FindSubmatchIndex(s.text, nil))
		if !sameInts(loc, s.loc) {
			t.Errorf("%q i=%v on %q: %v, PCRE2 %v", raw, row.IgnoreCase, s.text, loc, s.loc)
		}
	}
	return ""
}

// trimGroups drops groups at the end that took no part: PCRE2 does not count them.
func trimGroups(loc []int) []int {
	for len(loc) > 2 && loc[len(loc)-1] < 0 {
		loc = loc[:len(loc)-2]
	}
	return loc
}

func sameInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
