package sample

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

const errorFile = "testdata/errors.txt"

// errorRow is an expression that HAProxy refuses in an http-request rule of a listen section:
//
//	EXPR
//	  what HAProxy says
//	  ours: what this package says, when that differs
type errorRow struct {
	expr, want, ours string
}

func readErrors(t *testing.T) (rows []*errorRow) {
	t.Helper()
	f, err := os.Open(errorFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for scan := bufio.NewScanner(f); scan.Scan(); {
		line := scan.Text()
		text, indented := strings.CutPrefix(line, "  ")
		ours, own := strings.CutPrefix(text, "ours: ")
		switch {
		case indented && own:
			rows[len(rows)-1].ours = ours
		case indented:
			rows[len(rows)-1].want = text
		case line != "" || len(rows) == 0:
			rows = append(rows, &errorRow{expr: line})
		}
	}
	return rows
}

func TestErrors(t *testing.T) {
	for _, r := range readErrors(t) {
		env := testEnv()
		env.Where = FEReq | BEReq
		want := r.ours
		if want == "" {
			name, _ := keyword(r.expr)
			want = strings.NewReplacer(
				// HAProxy names the rule here where it means the fetch,
				"fetch method 'set-var(txn.x)' extracts", "fetch method '"+name+"' extracts",
				// and says which kind of line it was, which our caller says with its position.
				" in http-request expression in proxy", " in proxy",
			).Replace(r.want)
		}
		if _, err := Compile(env, r.expr); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", r.expr, err, want)
		}
	}
}

// TestOracleErrors asks HAProxy what it says.
func TestOracleErrors(t *testing.T) {
	bin := oracle.HAProxy(t)
	config := filepath.Join(t.TempDir(), "h.cfg")
	var out strings.Builder
	rows := readErrors(t)
	for _, r := range rows {
		text := fmt.Sprintf(oracleHead, "127.0.0.1:1", "127.0.0.1:2") + " http-request set-var(txn.x) " + cfgQuote(r.expr) + "\n"
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b, _ := exec.Command(bin, "-c", "-f", config).CombinedOutput()
		got := saying(string(b))
		if got != r.want && !*update {
			t.Errorf("%s\n got %s\nwant %s", r.expr, got, r.want)
		}
		fmt.Fprintf(&out, "%s\n  %s\n", r.expr, got)
		if r.ours != "" {
			fmt.Fprintf(&out, "  ours: %s\n", r.ours)
		}
	}
	if *update {
		if err := os.WriteFile(errorFile, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var alertHead = regexp.MustCompile(`^\[ALERT\].*?\.cfg:\d+\] ?: (?:error detected in proxy 'site' while parsing 'http-request set-var\(txn\.x\)' rule : )?`)

// saying cuts the message out of the first alert.
func saying(output string) string {
	for _, line := range strings.Split(output, "\n") {
		if strings.HasPrefix(line, "[ALERT]") {
			return strings.TrimSuffix(alertHead.ReplaceAllString(line, ""), ".")
		}
	}
	return "no error"
}
