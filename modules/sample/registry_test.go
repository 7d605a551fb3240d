package sample

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// The keyword files hold what `haproxy -dKsmp`, `-dKcnv` and `-dKacl` print: names, arguments, types and places.
const (
	fetchFile = "testdata/keywords/fetches.txt"
	convFile  = "testdata/keywords/converters.txt"
	aclFile   = "testdata/keywords/acls.txt"
)

var (
	fetchLine = regexp.MustCompile(`^\[ ([Y. ]+) \] ([^:(]+)(?:\((.*)\))?: (\w+)$`)
	convLine  = regexp.MustCompile(`^([^:(]+)(?:\((.*)\))?: (\w+) => (\w+)$`)
	aclLine   = regexp.MustCompile(`^(\S+) = (\S+) -m (\S+)$`)
)

// columns are the places in the order of the columns of `haproxy -dKsmp`.
var columns = []Where{
	FEConn, FESess, FEReqRaw, FEReq, FEReqBody, FEUse, BEReqRaw, BEReq, BEReqBody, BESet, SrvSource, BEResRaw, BERes,
	BEResBody, StickStore, FEResRaw, FERes, FEResBody, Log, Check, ConfigParse, CLI,
}

func keywordLines(t *testing.T, file string) (lines []string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for scan := bufio.NewScanner(f); scan.Scan(); {
		if s := strings.TrimSpace(scan.Text()); s != "" && s[0] != '#' {
			lines = append(lines, s)
		}
	}
	if len(lines) < 50 {
		t.Fatalf("%s: only %d lines", file, len(lines))
	}
	return lines
}

// TestFetchRows compares every row with HAProxy's: arguments, type, places. What HAProxy has must be known by name.
func TestFetchRows(t *testing.T) {
	known := map[string]bool{"acl": true} // 2.9
	for _, line := range keywordLines(t, fetchFile) {
		m := fetchLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("%q", line)
		}
		name, args, typ := m[2], m[3], m[4]
		known[name] = true
		row := fetches[name]
		if row == nil {
			if _, later := laterFetches[name]; !later {
				t.Errorf("%s: neither there nor among laterFetches", name)
			}
			continue
		}
		if _, later := laterFetches[name]; later {
			t.Errorf("%s: there, but also among laterFetches", name)
		}
		var where Where
		for i, c := range strings.Fields(m[1]) {
			if c == "Y" {
				where |= columns[i]
			}
		}
		if where != row.Use.Where {
			t.Errorf("%s: places %022b, want %022b", name, row.Use.Where, where)
		}
		if row.Args != args && row.Args != "["+args+"]" { // HAProxy does not show that a proxy's name may be left out
			t.Errorf("%s: arguments %q, want %q", name, row.Args, args)
		}
		if got := TypeName(row.Out); got != typ && typeExceptions[name] != got {
			t.Errorf("%s: type %s, want %s", name, got, typ)
		}
	}
	for _, name := range Fetches() {
		if !known[name] {
			t.Errorf("%s: HAProxy does not know it", name)
		}
	}
}

// typeExceptions are the fetches whose type HAProxy lists wrongly: these give addresses.
var typeExceptions = map[string]string{"bc_src": "ipv4", "bc_dst": "ipv4"}

func TestConvRows(t *testing.T) {
	known := map[string]bool{}
	for _, line := range keywordLines(t, convFile) {
		m := convLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("%q", line)
		}
		known[m[1]] = true
		_, later := laterConvs[m[1]]
		if (convs[m[1]] != nil) == later {
			t.Errorf("%s: there %v, later %v", m[1], convs[m[1]] != nil, later)
		}
		row := convs[m[1]]
		if row == nil {
			continue
		}
		if row.Args != m[2] {
			t.Errorf("%s: arguments %q, want %q", m[1], row.Args, m[2])
		}
		if out, in := TypeName(row.Out), TypeName(row.In); out != m[3] || in != m[4] {
			t.Errorf("%s: %s from %s, want %s from %s", m[1], out, in, m[3], m[4])
		}
	}
	for _, name := range Convs() {
		if !known[name] {
			t.Errorf("%s: HAProxy does not know it", name)
		}
	}
}

func TestAliases(t *testing.T) {
	n := 0
	for _, line := range keywordLines(t, aclFile) {
		m := aclLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("%q", line)
		}
		n++
		fetch, method, ok := Alias(m[1])
		if !ok || fetch != m[2] || method != m[3] {
			t.Errorf("%s = %s -m %s (%v), want %s -m %s", m[1], fetch, method, ok, m[2], m[3])
		}
	}
	if len(Aliases()) != n {
		t.Errorf("%d aliases, HAProxy has %d", len(Aliases()), n)
	}
	if _, _, ok := Alias("src"); ok {
		t.Error("src is no alias")
	}
}

// TestOracleKeywords asks HAProxy for its lists.
func TestOracleKeywords(t *testing.T) {
	bin := oracle.HAProxy(t)
	config := filepath.Join(t.TempDir(), "h.cfg")
	if err := os.WriteFile(config, []byte("frontend f\n bind 127.0.0.1:1\n timeout client 1s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for option, file := range map[string]string{"-dKsmp": fetchFile, "-dKcnv": convFile, "-dKacl": aclFile} {
		got, err := exec.Command(bin, option, "-q", "-c", "-f", config).Output()
		if err != nil {
			t.Fatal(err)
		}
		// Comment lines are HAProxy's drawing of the columns: not kept.
		got = regexp.MustCompile(`(?m)^#.*\n`).ReplaceAll(got, nil)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs from what HAProxy %s prints (%v)", file, option, err)
		}
	}
}
