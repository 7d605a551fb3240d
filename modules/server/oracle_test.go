package server

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// TestLinesOfHAProxy compares which server lines are refused with haproxy -c.
func TestLinesOfHAProxy(t *testing.T) {
	bin := oracle.HAProxy(t)
	for _, tt := range []struct {
		line   string
		differ string // why this project and HAProxy do not agree
	}{
		{"server s 127.0.0.1:80", ""},
		{"server s", ""},
		{"server s/x 127.0.0.1:80", ""},
		{"server s 127.0.0.1", ""},
		{"server s 127.0.0.1:0", ""},
		{"server s 127.0.0.1:+5", ""},
		{"server s 127.0.0.1:-5", ""},
		{"server s 127.0.0.1 check", ""},
		{"server s 127.0.0.1:+5 check", ""},
		{"server s 127.0.0.1 check port 5", ""},
		{"server s 127.0.0.1:99999", ""},
		{"server s 127.0.0.1:80-90", ""},
		{"server s 127.0.0.1:http", ""},
		{"server s :80", ""},
		{"server s *:80", ""},
		{"server s ::1:80", ""},
		{"server s [::1]:80", ""},
		{"server s [::1]", ""},
		{"server s ::1", ""},
		{"server s fe80::1%lo:80", ""},
		{"server s ipv4@127.0.0.1:80", ""},
		{"server s ipv6@::1:80", ""},
		{"server s ipv4@::1:80", ""},
		{"server s unix@/tmp/x", ""},
		{"server s /tmp/x", ""},
		{"server s abns@foo", ""},
		{"server s tcp4@127.0.0.1:80", ""},
		{"server s stream+ipv4@127.0.0.1:80", ""},
		{"server s uxst@/tmp/x", ""},
		{"server s udp@127.0.0.1:80", ""},
		{"server s fd@3", ""},
		{"server s foo@127.0.0.1:80", ""},
		{"server s nothing.invalid:80", "a name that does not resolve never stops a start"},
		{"server s 127.0.0.1:80 weight 300", ""},
		{"server s 127.0.0.1:80 weight -1", ""},
		{"server s 127.0.0.1:80 weight 256", ""},
		{"server s 127.0.0.1:80 weight", "HAProxy reads a missing number as 0"},
		{"server s 127.0.0.1:80 weight x", ""},
		{"server s 127.0.0.1:80 maxconn -5", "HAProxy takes a negative limit"},
		{"server s 127.0.0.1:80 minconn 5 maxconn 3", ""},
		{"server s 127.0.0.1:80 cookie", ""},
		{"server s 127.0.0.1:80 inter", ""},
		{"server s 127.0.0.1:80 inter 0", ""},
		{"server s 127.0.0.1:80 inter x", ""},
		{"server s 127.0.0.1:80 inter 5x", ""},
		{"server s 127.0.0.1:80 inter 30d", ""},
		{"server s 127.0.0.1:80 fastinter 1s downinter 5m", ""},
		{"server s 127.0.0.1:80 rise 0", ""},
		{"server s 127.0.0.1:80 fall x", ""},
		{"server s 127.0.0.1:80 port 70000", "HAProxy takes any number for a port"},
		{"server s 127.0.0.1:80 port 0", ""},
		{"server s 127.0.0.1:80 addr", ""},
		{"server s 127.0.0.1:80 addr foo.invalid", ""},
		{"server s 127.0.0.1:80 addr 127.0.0.2", ""},
		{"server s 127.0.0.1:80 id 0", ""},
		{"server s 127.0.0.1:80 id 7", ""},
		{"server s 127.0.0.1:80 init-addr foo", ""},
		{"server s 127.0.0.1:80 init-addr last,libc,none,1.2.3.4", ""},
		{"server s 127.0.0.1:80 resolve-prefer ipv5", ""},
		{"server s 127.0.0.1:80 pool-max-conn -2", ""},
		{"server s 127.0.0.1:80 pool-max-conn -1 pool-purge-delay 5s pool-low-conn 3 max-reuse -1", ""},
		{"server s 127.0.0.1:80 pool-purge-delay 1x", ""},
		{"server s 127.0.0.1:80 foo", ""},
		{"server s 127.0.0.1:80 verify none", ""},
		{"server s 127.0.0.1:80 sni str(x) verifyhost y alpn h2 ciphers AES", ""},
		{"server s 127.0.0.1:80 no-ssl no-check no-backup no-tfo no-agent-check no-send-proxy", ""},
		{"server s 127.0.0.1:80 no-verifyhost", ""},
		{"server s 127.0.0.1:80 error-limit 5 on-error fastinter", ""},
		{"server s 127.0.0.1:80 error-limit 0", ""},
		{"server s 127.0.0.1:80 on-error foo", ""},
		{"server s 127.0.0.1:80 verify foo", ""},
		{"server s 127.0.0.1:80 ssl-min-ver foo", ""},
		{"server s 127.0.0.1:80 ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.3", ""},
		{"server s 127.0.0.1:80 agent-inter x", ""},
		{"server s 127.0.0.1:80 agent-inter 5s agent-port 8 agent-addr 127.0.0.1", ""},
		{"server s 127.0.0.1:80 observe none", ""},
		{"server s 127.0.0.1:80 observe foo", ""},
		{"server s 127.0.0.1:80 proto h1", ""},
		{"server s 127.0.0.1:80 proto foo", ""},
		{"server s 127.0.0.1:80 ws auto", ""},
		{"server s 127.0.0.1:80 ws foo", ""},
		{"server s 127.0.0.1:80 stick non-stick tfo", ""},
		{"server s 127.0.0.1:80 ssl verify none", "not supported yet"},
		{"server s 127.0.0.1:80 slowstart 5s", "not supported yet"},
		{"server s 127.0.0.1:80 redir http://x", "not supported yet"},
		{"server s 127.0.0.1:80 source 1.2.3.4", "not supported yet"},
		{"server s 127.0.0.1:80 send-proxy", "not supported yet"},
		{"default-server weight 4 maxconn 5 check inter 5s", ""},
		{"default-server foo", ""},
		{"default-server id 5", "HAProxy prints an error and goes on"},
		{"default-server 127.0.0.1:80", ""},
	} {
		c, _, err := parseLine(tt.line)
		if err == nil && strings.HasPrefix(tt.line, "server") {
			err = (&Settings{Servers: []*Config{c}}).Validate()
		}
		file := filepath.Join(t.TempDir(), "cfg")
		text := fmt.Sprintf("defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"+
			"listen b\n bind 127.0.0.1:1\n %s\n", tt.line)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, theirs := exec.Command(bin, "-c", "-f", file).CombinedOutput()
		if agree := (err == nil) == (theirs == nil); agree != (tt.differ == "") {
			t.Errorf("%s\n ours:   %v\n theirs: %s\n listed: %q", tt.line, err, out, tt.differ)
		}
	}
}
