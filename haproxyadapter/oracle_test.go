package haproxyadapter

import (
	"context"
	"errors"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"
	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

var alertLine = regexp.MustCompile(`^\[ALERT\] *\(\d+\) : *(?:config : *)?(.*)`)

// verdict runs `haproxy -c` over the golden's haproxy.cfg and returns its verdict and its alerts.
func verdict(t *testing.T, path, dir string) (valid bool, alerts string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-c", "-L", "here", "-f", "haproxy.cfg")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.SplitSeq(string(out), "\n") {
		if m := alertLine.FindStringSubmatch(line); m != nil {
			list = append(list, m[1])
		}
	}
	// Status 2 is a file without an error that has no listener.
	return err == nil || exit.ExitCode() == 2, strings.Join(list, "\n")
}

// TestOracle compares the verdict on every golden with HAProxy's. A golden whose verdict is another one says why in its
// file "differs"; one that says so and does not differ is an error too.
func TestOracle(t *testing.T) {
	path := oracle.HAProxy(t)
	for _, g := range archives(t) {
		t.Run(g.Name(), func(t *testing.T) {
			dir := g.Unpack(t)
			_, diags := g.adapt(t)
			valid, alerts := verdict(t, path, dir)
			reason, differs := g.File("differs")
			switch {
			case valid == !diags.HasErrors() && differs:
				t.Errorf("does not differ from haproxy any more: %s", reason)
			case valid && diags.HasErrors() && !differs:
				t.Errorf("haproxy accepts what is refused here:\n%s", goldens.Lines(diags.Errors()))
			case !valid && !diags.HasErrors() && !differs:
				t.Errorf("haproxy refuses what is accepted here:\n%s", alerts)
			}
		})
	}
}

// TestOracleLines wants each line that HAProxy's alerts name to have an error of ours, in the goldens about errors.
func TestOracleLines(t *testing.T) {
	path := oracle.HAProxy(t)
	at := regexp.MustCompile(`\[haproxy\.cfg:(\d+)\]`)
	for _, g := range archives(t) {
		if !strings.HasPrefix(g.Name(), "error_") {
			continue
		}
		t.Run(g.Name(), func(t *testing.T) {
			dir := g.Unpack(t)
			_, diags := g.adapt(t)
			_, alerts := verdict(t, path, dir)
			ours := goldens.Lines(diags)
			for _, m := range at.FindAllStringSubmatch(alerts, -1) {
				if !strings.Contains(ours, "[haproxy.cfg:"+m[1]+"]") {
					t.Errorf("haproxy complains about line %s:\n%s", m[1], alerts)
				}
			}
		})
	}
}
