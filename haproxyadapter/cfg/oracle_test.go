package cfg

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// testEnv is the environment under which the tests and the oracle read their lines.
var testEnv = map[string]string{
	"A": "1", "LIST": "a b c", "EMPTY": "", "BLANKS": " a  b ", "QUOTE": `x"y'z`, "HASH": "#z", "BACKSLASH": `a\nb\ c`,
	"DOLLAR": "$A ${A}", "TAB": "a\tb", "LF": "a\nb", "VTAB": "a\vb\fc\rd", "_u": "under", "L9": "nine",
}

func testLookup(name string) (string, bool) {
	v, ok := testEnv[name]
	return v, ok
}

func oracleCommand(t testing.TB, dir string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, oracle.HAProxy(t), args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	for name, value := range testEnv {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

var (
	labelLine = regexp.MustCompile(`(?m)^\[(?:ALERT|WARNING|NOTICE|DIAG)\]`)
	processID = regexp.MustCompile(`^(\[[A-Z]+\] *)\(\d+\) : `)
)

// check runs `haproxy -dD -c` over files in dir and returns its messages that have a position, without process id.
func check(t testing.TB, dir string, files ...File) []string {
	t.Helper()
	args := []string{"-dD", "-c"}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Body, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-f", f.Name)
	}
	cmd := oracleCommand(t, dir, args...)
	var out bytes.Buffer
	cmd.Stderr = &out
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return messages(out.String())
}

func messages(out string) []string {
	var found []string
	starts := labelLine.FindAllStringIndex(out, -1)
	for i, s := range starts {
		end := len(out)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		msg := processID.ReplaceAllString(strings.TrimSuffix(out[s[0]:end], "\n"), "$1")
		msg, _, _ = strings.Cut(msg, "\nWarnings were found.")
		msg, _, _ = strings.Cut(msg, "\nConfiguration file ")
		if strings.Contains(msg, " parsing [") {
			found = append(found, msg)
		}
	}
	return found
}

func TestMessages(t *testing.T) {
	got := messages("[NOTICE]   (7) : haproxy version is 2.6\n[ALERT]    (7) : config : parsing [f:1]: x:\n  a\n  ^\n" +
		"[WARNING]  (7) : config : parsing [f:2] : y\nWarnings were found.\n")
	want := []string{"[ALERT]    config : parsing [f:1]: x:\n  a\n  ^", "[WARNING]  config : parsing [f:2] : y"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}
