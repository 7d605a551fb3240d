package integration

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// families are the families of the ledger of keywords, in the README's order, with the words for a reader.
var families = [][2]string{
	{"section", "sections"},
	{"global", "`global`"},
	{"proxy", "`defaults`, `frontend`, `backend`, `listen`"},
	{"bind", "options of `bind`"},
	{"server", "options of `server`"},
	{"rule", "rule actions (`http-request`, `http-response`, `tcp-request`, ...)"},
	{"acl", "ACL keywords with a match method in their name"},
	{"fetch", "sample fetches"},
	{"converter", "converters"},
	{"filter", "filters"},
	{"cli", "commands of the stats socket"},
	{"crt-list", "options in certificate lists"},
	{"service", "services"},
}

const (
	tableBegin = "<!-- keywords: written by \"go test ./integration -run TestREADMETable -readme\" -->\n"
	tableEnd   = "<!-- end of keywords -->\n"
)

// TestREADMETable compares the README's summary of keywords with the ledger, or writes it.
func TestREADMETable(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), tableBegin)
	have, tail, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		t.Fatal("the README has no place for the table")
	}
	want := keywordTable(t)
	if *writeREADME {
		if err := os.WriteFile(readmePath, []byte(head+tableBegin+want+tableEnd+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("the README's table is not up to date (-want +got); %s%s", tableBegin, diff)
	}
}

// keywordTable counts the ledger's keywords by family and status.
func keywordTable(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../haproxyadapter/testdata/keywords.txt")
	if err != nil {
		t.Fatal(err)
	}
	columns := []string{"yes", "warn", "no", "never"}
	count := map[string]map[string]int{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		family, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		status := ""
		for _, s := range columns {
			if strings.HasSuffix(rest, ": "+s) || strings.Contains(rest, ": "+s+": ") {
				status = s
			}
		}
		if status == "" {
			t.Fatalf("no status in %q", line)
		}
		if count[family] == nil {
			count[family] = map[string]int{}
		}
		count[family][status]++
	}
	var b strings.Builder
	b.WriteString("\n| | honoured | accepted with a warning | not yet | never |\n|---|---:|---:|---:|---:|\n")
	for _, f := range families {
		if count[f[0]] == nil {
			t.Errorf("the ledger has no family %q any more", f[0])
		}
		fmt.Fprintf(&b, "| %s |", f[1])
		for _, s := range columns {
			fmt.Fprintf(&b, " %d |", count[f[0]][s])
		}
		b.WriteByte('\n')
		delete(count, f[0])
	}
	for f := range count {
		t.Errorf("the ledger's family %q has no row in the README", f)
	}
	b.WriteByte('\n')
	return b.String()
}
