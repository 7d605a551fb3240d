package sample

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A golden file holds what HAProxy made of expressions:
//
//	== name of the group
//	request "GET / HTTP/1.1\r\n..."     the bytes the client sends
//	response "HTTP/1.1 200 OK\r\n..."   when there, the expressions stand in http-response rules
//	rule set-var(txn.x) str(a)          http-request rules before the expressions
//	eval EXPR                           and in the next line its value, quoted, or none
//	any "TEXT" EXPR                     whether an occurrence equals TEXT: true or false
type group struct {
	name              string
	request, response string
	rules             []string
	rows              []*row
	line              int
}

type row struct {
	expr string
	any  string // text to look for
	acl  bool   // an any row
	want string
	line int
}

func goldenFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/eval/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	return files
}

func readGolden(t *testing.T, file string) (groups []*group) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<20)
	var g *group
	for n := 1; scan.Scan(); n++ {
		word, rest, _ := strings.Cut(scan.Text(), " ")
		switch word {
		case "":
			if v := strings.TrimSpace(rest); v != "" {
				g.rows[len(g.rows)-1].want = v
			}
		case "==":
			g = &group{name: rest, line: n}
			groups = append(groups, g)
		case "request":
			g.request = unquote(t, file, n, rest)
		case "response":
			g.response = unquote(t, file, n, rest)
		case "rule":
			g.rules = append(g.rules, rest)
		case "eval":
			g.rows = append(g.rows, &row{expr: rest, line: n})
		case "any":
			q, err := strconv.QuotedPrefix(rest)
			if err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			g.rows = append(g.rows, &row{expr: strings.TrimSpace(rest[len(q):]), acl: true, any: unquote(t, file, n, q), line: n})
		default:
			t.Fatalf("%s:%d: %q", file, n, word)
		}
	}
	return groups
}

func unquote(t *testing.T, file string, line int, q string) string {
	t.Helper()
	s, err := strconv.Unquote(q)
	if err != nil {
		t.Fatalf("%s:%d: %v", file, line, err)
	}
	return s
}

func writeGolden(t *testing.T, file string, groups []*group) {
	t.Helper()
	var b strings.Builder
	for i, g := range groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "== %s\nrequest %q\n", g.name, g.request)
		if g.response != "" {
			fmt.Fprintf(&b, "response %q\n", g.response)
		}
		for _, r := range g.rules {
			fmt.Fprintf(&b, "rule %s\n", r)
		}
		for _, r := range g.rows {
			if r.acl {
				fmt.Fprintf(&b, "any %q %s\n  %s\n", r.any, r.expr, r.want)
			} else {
				fmt.Fprintf(&b, "eval %s\n  %s\n", r.expr, r.want)
			}
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
