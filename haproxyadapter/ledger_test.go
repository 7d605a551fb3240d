package haproxyadapter

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"
	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

const (
	ledgerPath = "testdata/keywords.txt"
	manualPath = "/usr/share/doc/haproxy/configuration.txt.gz"
)

const ledgerHead = `# Every keyword of HAProxy 2.6 and what this program does with it: yes, warn: why, no (not yet), never: why.
# The names are those of "haproxy -dKall -q -c -f FILE" and of configuration.txt chapters 3, 4.1 and 5.
# "go test ./haproxyadapter -run TestLedger -update" writes this file; the same test keeps it true.
`

// entry is one keyword of the ledger: its family (global, proxy, bind, fetch, ...) and its name.
type entry struct{ family, name string }

// TestLedger compares testdata/keywords.txt with what HAProxy and its manual list and with what the program does.
func TestLedger(t *testing.T) {
	names := haproxyKeywords(t)
	for e := range manualKeywords(t) {
		names[e] = true
	}
	var lines []string
	for e := range names {
		lines = append(lines, e.family+" "+e.name+": "+status(t, e))
	}
	slices.Sort(lines)
	got := ledgerHead + strings.Join(lines, "\n") + "\n"
	goldens.CompareFile(t, ledgerPath, got)
}

// TestLedgerTables wants each keyword of the tables to be in the ledger: none is HAProxy's that it does not list, except
// the words of 1.x.
func TestLedgerTables(t *testing.T) {
	known := make(map[string]bool)
	for _, l := range ledgerLines(t) {
		family, rest, _ := strings.Cut(l, " ")
		name, _, _ := strings.Cut(rest, ": ")
		known[family+" "+name] = true
	}
	old := make(map[string]bool)
	for _, k := range slices.Concat(globalOld, proxyOld, proxyOldRules) {
		old[k.name] = true
	}
	for family, table := range map[string]table{"global": globalKeywords, "proxy": proxyKeywords} {
		for name := range table {
			_, isFamily := fallbacks[name]
			if known[family+" "+name] || old[name] || isFamily || known[family+" "+firstWord(name)] {
				continue
			}
			t.Errorf("'%s' is in the tables of the %s section and not in %s", name, family, ledgerPath)
		}
	}
}

// fallbacks are rows that only word the errors of their family.
var fallbacks = map[string]bool{
	"rate-limit": true, "timeout": true, "option": true, "stats": true, "monitor": true, "capture": true, "capture request": true,
	"capture response": true, "declare": true,
}

func firstWord(s string) string {
	first, _, _ := strings.Cut(s, " ")
	return first
}

func ledgerLines(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile(ledgerPath)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for l := range strings.SplitSeq(strings.TrimSpace(string(raw)), "\n") {
		if l != "" && l[0] != '#' {
			lines = append(lines, l)
		}
	}
	return lines
}

var (
	optionLine = regexp.MustCompile(`^option (\S+) \[`)
	ruleLine   = regexp.MustCompile(`^(tcp-request (?:connection|session|content)|tcp-response content|http-request|http-response|http-after-response) (\S+?)\*?$`)
	serverLine = regexp.MustCompile(`^(bind|server) <.*> (?:ssl )?(\S+)(?: \+-?\d+)?$`)
)

// haproxyKeywords are the keywords that the real haproxy registers.
func haproxyKeywords(t *testing.T) map[entry]bool {
	t.Helper()
	path := oracle.HAProxy(t)
	file := filepath.Join(t.TempDir(), "empty.cfg")
	if err := os.WriteFile(file, []byte("global\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(path, "-dKall", "-q", "-c", "-f", file).Output() // status 2: nothing to start
	names := make(map[entry]bool)
	family, section := "", ""
	for scan := bufio.NewScanner(bytes.NewReader(out)); scan.Scan(); {
		line := strings.TrimRight(scan.Text(), " ")
		switch {
		case strings.HasPrefix(line, "# List of registered "):
			family, section = strings.TrimSuffix(line[len("# List of registered "):], ":"), ""
		case line == "" || line[0] == '#':
		case family == "configuration keywords" && line[0] != '\t':
			section = line
		default:
			if e := listed(family, section, strings.TrimSpace(line)); e.name != "" {
				names[e] = true
			}
		}
	}
	if len(names) < 1000 {
		t.Fatalf("haproxy -dKall lists only %d keywords", len(names))
	}
	return names
}

// listed reads one line of -dKall.
func listed(family, section, line string) entry {
	switch family {
	case "ACL keywords":
		return entry{"acl", firstWord(line)}
	case "CLI keywords":
		name, _, _ := strings.Cut(line, " [")
		return entry{"cli", name}
	case "sample converter functions":
		return entry{"converter", strings.FieldsFunc(line, func(r rune) bool { return r == '(' || r == ':' })[0]}
	case "sample fetch functions":
		_, rest, _ := strings.Cut(line, "] ")
		return entry{"fetch", strings.FieldsFunc(rest, func(r rune) bool { return r == '(' || r == ':' })[0]}
	case "filter names":
		return entry{"filter", firstWord(line)}
	case "service names":
		return entry{"service", firstWord(line)}
	}
	if m := optionLine.FindStringSubmatch(line); m != nil {
		return entry{"proxy", "option " + m[1]}
	}
	if m := ruleLine.FindStringSubmatch(line); m != nil {
		return entry{"rule", m[1] + " " + m[2]}
	}
	if m := serverLine.FindStringSubmatch(line); m != nil {
		return entry{m[1], m[2]}
	}
	if section == "listen" {
		return entry{"proxy", line}
	}
	return entry{section, firstWord(line)}
}

// manualKeywords are the keywords of configuration.txt chapters 3, 4.1 and 5.
func manualKeywords(t *testing.T) map[entry]bool {
	t.Helper()
	text := oracle.Manual(t, manualPath, "haproxy-doc")
	names := map[entry]bool{}
	for _, s := range sectionNames {
		names[entry{"section", s}] = true
	}
	chapter := between(t, text, "\n3. Global parameters\n---", "\n3.1. Process")
	for _, m := range regexp.MustCompile(`(?m)^   - (\S+)`).FindAllStringSubmatch(chapter, -1) {
		names[entry{"global", m[1]}] = true
	}
	matrix := between(t, text, "\n4.1. Proxy keywords matrix\n---", "\n4.2. Alphabetically")
	for _, m := range regexp.MustCompile(`(?m)^([a-z][a-z0-9_-]*(?: [a-z0-9_-]+)*) +(?:\(\S+\) +)?(?:X|-)(?: \(!\))? +[X-] +[X-] +[X-]`).FindAllStringSubmatch(matrix, -1) {
		names[entry{"proxy", m[1]}] = true
	}
	for _, part := range []struct{ family, from, to string }{
		{"bind", "\n5.1. Bind options\n---", "\n5.2. Server and"},
		{"server", "\n5.2. Server and default-server options\n---", "\n5.3. Server IP"},
	} {
		for _, name := range headings(between(t, text, part.from, part.to)) {
			names[entry{part.family, name}] = true
		}
	}
	for _, name := range headings(between(t, text, "\n3.1. Process management and security\n---", "\n3.4. Userlists\n---")) {
		names[entry{"global", name}] = true
	}
	// An example in the manual's text that 2.6.12 refuses.
	delete(names, entry{"server", "no-verifyhost"})
	// In the examples of the package only.
	names[entry{"proxy", "stats show-modules"}] = true
	// In chapter 4.2 only.
	names[entry{"proxy", "hash-balance-factor"}] = true
	return names
}

// heading is the first line of a keyword's description: at the left margin, with indented text below.
var heading = regexp.MustCompile(`(?m)^([a-z0-9][a-z0-9.-]+)(?: [^a-z\n].*| [a-z-]+)?\n+(?:  |$|[a-z0-9-]+ <)`)

func headings(chapter string) []string {
	var list []string
	for _, m := range heading.FindAllStringSubmatch(chapter, -1) {
		list = append(list, m[1])
	}
	return list
}

// sectionNames are the sections of configuration.txt chapters 3, 4, 5.3, 6 and 10.
var sectionNames = []string{
	"backend", "cache", "defaults", "fcgi-app", "frontend", "global", "http-errors", "listen", "log-forward", "mailers", "peers",
	"program", "resolvers", "ring", "userlist",
}

func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, from)
	part, _, found := strings.Cut(rest, to)
	if !ok || !found {
		t.Fatalf("the manual has no part from %q to %q", from, to)
	}
	return part
}
