package ha

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/integration/lab"
)

// What we send, tcpdump understands: advertisements of all kinds of virtual routers and what announces their addresses.
func TestTcpdumpUnderstands(t *testing.T) {
	t.Parallel()
	pair, err := lab.Named("ours/ours", caddyBin)
	if err != nil {
		t.Fatal(err)
	}
	for _, timing := range []lab.Timing{lab.V2, lab.V3, lab.V6, lab.Unicast} {
		t.Run(strings.ReplaceAll(timing.String(), " ", "_"), func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "packets")
			if out := lab.Capture(pair, timing, file); out.Failure != "" {
				t.Fatalf("%s\n%s", out.Failure, out.Evidence)
			}
			text, err := exec.Command("tcpdump", "-n", "-vvv", "-r", file).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			decoded(t, timing, string(text))
			if t.Failed() {
				t.Logf("%s", text)
			}
		})
	}
}

// complaints are tcpdump's words for what is wrong.
var complaints = regexp.MustCompile(`(?i)bad|invalid|wrong|truncated|\[\||unknown|incorrect|malformed`)

// dump is a line of bytes, which may spell anything.
var dump = regexp.MustCompile(`^\s+0x[0-9a-f]{4}:`)

// nonce is an option of the kernel's neighbour solicitations (RFC 7527) that tcpdump does not know.
const nonce = "unknown option (14)"

func decoded(t *testing.T, timing lab.Timing, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if complaints.MatchString(line) && !strings.Contains(line, nonce) && !dump.MatchString(line) {
			t.Errorf("tcpdump says %q", line)
		}
	}
	want := []string{"VRRPv2, Advertisement, vrid 80, prio 100, authtype simple, intvl 1s, length 20, addrs: 10.80.0.100 auth \"1111", "ttl 255", "Request who-has 10.80.0.100 (ff:ff:ff:ff:ff:ff) tell 10.80.0.100"}
	switch {
	case timing.IPv6:
		want = []string{"VRRPv3, Advertisement, vrid 80, prio 100, intvl 10cs", "hlim 255", "neighbor advertisement", "fe80::80,fd00:80::100"}
	case timing.Version == 3:
		want = []string{"VRRPv3, Advertisement, vrid 80, prio 100, intvl 10cs", "ttl 255", want[2]}
	}
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("tcpdump does not say %q", w)
		}
	}
	if !strings.Contains(text, "prio 0") {
		t.Error("tcpdump saw no priority 0")
	}
}
