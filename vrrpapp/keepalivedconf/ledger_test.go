package keepalivedconf

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"
	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

const (
	ledgerPath = "testdata/keywords.txt"
	manualPath = "/usr/share/man/man5/keepalived.conf.5.gz"
)

// tablePath is the ledger for people.
const tablePath = "../../docs/keepalived-keywords.md"

const tableHead = `# keepalived's keywords

What this program does with each keyword of keepalived.conf(5) outside of LVS and BFD. "nothing" is read with a warning: leaving it
out changes nothing on the network. "error" refuses the file. Written by the test that compares it with keepalived's manual.

| block | keyword | | why |
|---|---|---|---|
`

// rows makes a Markdown table of the ledger's lines.
func rows(lines []string) string {
	var b strings.Builder
	b.WriteString(tableHead)
	for _, line := range lines {
		name, what, _ := strings.Cut(line, ": ")
		block, word, _ := strings.Cut(name, " ")
		verdict, why, _ := strings.Cut(what, ": ")
		verdict = strings.NewReplacer("warn", "nothing", "never", "error").Replace(verdict)
		b.WriteString("| " + block + " | `" + word + "` | " + verdict + " | " + why + " |\n")
	}
	return b.String()
}

const ledgerHead = `# Every keyword of keepalived 2.2.7 outside of LVS and BFD, by its block, and what this program does with it: yes, warn: why (it is
# read and changes nothing), never: why (it is an error). The names are those of keepalived.conf(5), and some that it forgot.
# "go test ./vrrpapp/keepalivedconf -run TestLedger -update" writes this file; the same test keeps it true.
`

// tables are the keywords of each block.
func tables() map[string]table {
	return map[string]table{
		"top": topKeywords, "global_defs": globalKeywords, "vrrp_instance": instanceKeywords, "vrrp_sync_group": groupKeywords,
		"authentication": authenticationKeywords, "vrrp_script": scriptKeywords, "track_file": fileKeywords,
		"vrrp_track_process": processKeywords, "garp_group": garpKeywords, "track_group": trackGroupKeywords,
	}
}

// ours are words that keepalived 2.2.7 does not have; v3_checksum_as_v2 is of later versions.
var ours = map[string][]string{
	"top":             {"vrrp_track_backend", "vrrp_track_listener"},
	"vrrp_instance":   {"track_backend", "track_listener", "v3_checksum_as_v2"},
	"vrrp_sync_group": {"track_backend", "track_listener"},
}

// forgotten are words that keepalived 2.2.7 takes and its manual does not list as such.
var forgotten = map[string][]string{
	"top":                {"vrrp_track_file", "interface_up_down_delays"},
	"global_defs":        {"disable_local_igmp"},
	"vrrp_instance":      {"lvs_sync_daemon_interface", "notify_deleted"},
	"vrrp_track_process": {"param_match"},
}

// TestLedger compares testdata/keywords.txt with the manual and with what the program does.
func TestLedger(t *testing.T) {
	known := manualKeywords(t)
	for block, names := range forgotten {
		for _, name := range names {
			known[block+" "+name] = true
		}
	}
	var lines []string
	for name := range known {
		block, word, _ := strings.Cut(name, " ")
		lines = append(lines, name+": "+status(t, block, word))
	}
	slices.Sort(lines)
	goldens.CompareFile(t, ledgerPath, ledgerHead+strings.Join(lines, "\n")+"\n")
	goldens.CompareFile(t, tablePath, rows(lines))
}

// TestLedgerTables wants each keyword of the tables to be keepalived's, or one of ours.
func TestLedgerTables(t *testing.T) {
	raw, err := os.ReadFile(ledgerPath)
	if err != nil {
		t.Fatal(err)
	}
	for block, list := range tables() {
		for name := range list {
			if !strings.Contains(string(raw), "\n"+block+" "+name+": ") && !slices.Contains(ours[block], name) {
				t.Errorf("'%s' is in the table of %s and not in %s", name, block, ledgerPath)
			}
		}
	}
}

func status(t *testing.T, block, word string) string {
	t.Helper()
	list, ok := tables()[block]
	k := list[word]
	switch {
	case !ok:
		t.Errorf("block %s is unknown to this test", block)
	case k == nil:
		t.Errorf("'%s' of %s is unknown to the program", word, block)
	case k.never != "":
		return "never: " + k.never
	case k.warn != "":
		return "warn: " + k.warn
	case slices.ContainsFunc(topSkippable, func(s keyword) bool { return block == "top" && s.name == word }):
		return "never: unless '#@ skip " + word + "' leaves it out"
	case word == "track_bfd":
		return "never: unless '#@ skip bfd_instance' leaves it out"
	case word == "track_group" && block == "top":
		return "warn: static addresses, routes and rules are put back and never make an instance fail"
	case word == "strict_mode" || word == "vrrp_strict":
		return "warn: what strict mode changes is obeyed, what it only checks is not"
	default:
		return "yes"
	}
	return "?"
}

// keywordLine is a line of the manual's examples that begins with a word in bold.
var keywordLine = regexp.MustCompile(`^( *)\\fB([a-zA-Z_][a-zA-Z0-9_]*)(.*)$`)

// manualKeywords are "block keyword" of the parts of keepalived.conf(5) that are about VRRP, and the blocks of its other parts.
func manualKeywords(t *testing.T) map[string]bool {
	t.Helper()
	text, _, _ := strings.Cut(oracle.Manual(t, manualPath, "keepalived"), "\n.SH ADVANCED CONFIGURATION")
	names := map[string]bool{}
	type open struct {
		indent int
		name   string
	}
	stack, literal := []open(nil), false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, ".SH ") {
			stack = nil
		}
		literal = line == ".nf" || literal && line != ".fi"
		m := keywordLine.FindStringSubmatch(line)
		if m == nil || !literal {
			continue
		}
		indent, word := len(m[1]), m[2]
		for len(stack) > 0 && stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		block := "top"
		if len(stack) > 0 {
			block = stack[len(stack)-1].name
		}
		foreign := slices.ContainsFunc(stack, func(o open) bool { return skipped[o.name] })
		if !foreign && (word == "SSL" || word == strings.ToLower(word)) { // others are bold words of the text
			names[block+" "+word] = true
		}
		if strings.HasSuffix(strings.TrimSpace(m[3]), "{") || strings.Contains(m[3], "{\t#") {
			stack = append(stack, open{indent, word})
		}
	}
	for _, lvs := range []string{"top virtual_server", "top virtual_server_group", "top SSL", "top bfd_instance", "vrrp_instance priority"} {
		if !names[lvs] {
			t.Fatalf("the manual was not understood: %s is missing among %d", lvs, len(names))
		}
	}
	return names
}

// skipped are the blocks whose words are not listed.
var skipped = map[string]bool{
	"virtual_server": true, "virtual_server_group": true, "SSL": true, "bfd_instance": true,
}
