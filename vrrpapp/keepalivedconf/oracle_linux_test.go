package keepalivedconf

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
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// verdict runs `keepalived -t` over a file in a namespace with eth0 and eth1, and returns what it complains about: its exit status says no more than that.
func verdict(t *testing.T, n *nstest.Namespace, dir string) (complaints string) {
	t.Helper()
	path := keepalived(t)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--config-test", "--log-console", "--no-syslog", "--config-id", "here", "-f", "keepalived.conf")
	cmd.Dir = dir
	var out []byte
	err := n.Try(func() (err error) {
		out, err = cmd.CombinedOutput()
		return err
	})
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out)
}

func oracleNamespace(t *testing.T) *nstest.Namespace {
	t.Helper()
	n := nstest.New(t, "oracle")
	n.IP("link add eth0 type veth peer name eth1")
	for _, name := range []string{"eth0", "eth1"} {
		n.IP("link set " + name + " up")
	}
	n.IP("addr add 192.168.122.2/24 dev eth0")
	return n
}

func keepalived(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"keepalived", "/usr/sbin/keepalived"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	oracle.Missing(t, "keepalived is not installed (apt-get install keepalived)")
	return ""
}

// noted are complaints about the machine that the test runs on, and such that keepalived -t itself does not count or that
// we make warnings of.
var noted = regexp.MustCompile(`Script user 'keepalived_script' does not exist|cannot be accessed|SECURITY VIOLATION|not found/accessible|^\s*$`)

// TestOracle compares the verdict on every golden with that of `keepalived -t`: a file that it finds nothing wrong with loads, and one
// with errors of ours has its complaints. A golden whose verdict is another one says why in its file "differs"; one that says so
// and does not differ is an error too.
func TestOracle(t *testing.T) {
	n := oracleNamespace(t)
	for _, g := range archives(t) {
		t.Run(g.Name(), func(t *testing.T) {
			dir := g.Unpack(t)
			_, diags := g.adapt(t)
			complaints := verdict(t, n, dir)
			said := ""
			for line := range strings.Lines(complaints) {
				if !noted.MatchString(line) {
					said += line
				}
			}
			reason, differs := g.File("differs")
			ours := diags.Err() != nil
			switch {
			case ours == (said != "") && differs:
				t.Errorf("does not differ from keepalived any more: %s", reason)
			case ours && said == "" && !differs:
				t.Errorf("keepalived says nothing about what is refused here:\n%s", goldens.Lines(diags.Errors()))
			case len(diags) == 0 && said != "" && !differs:
				t.Errorf("keepalived complains and nothing is said here:\n%s", said)
			}
		})
	}
}

// elsewhere are complaints that need no line of ours: routes without dev are tracked here, and the line of the others is the block's
// end.
var elsewhere = regexp.MustCompile(`cannot track route .* with no interface|requires vmac_xmit_base - setting|No script set for`)

// TestOracleLines wants each line that keepalived complains about to have an error or a warning of ours.
func TestOracleLines(t *testing.T) {
	n := oracleNamespace(t)
	at := regexp.MustCompile(`Line (\d+)\)`)
	for _, g := range archives(t) {
		if _, differs := g.File("differs"); differs {
			continue // TestOracle has the reason
		}
		t.Run(g.Name(), func(t *testing.T) {
			dir := g.Unpack(t)
			_, diags := g.adapt(t)
			complaints := verdict(t, n, dir)
			ours, seen := goldens.Lines(diags), map[string]bool{}
			for line := range strings.Lines(complaints) {
				m := at.FindStringSubmatch(line)
				if m != nil && !elsewhere.MatchString(line) && !seen[m[1]] && !strings.Contains(ours, ":"+m[1]+": ") {
					seen[m[1]] = true
					t.Errorf("keepalived complains: %s", line)
				}
			}
		})
	}
}
