package caddyfile

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"
)

// warnEnv makes the test's own binary do the work, so that its log can be read.
const warnEnv = "CADDYFILE_TEST_WARN"

// TestWarnings: Caddy takes no warnings from global options, so they are logged, with file and line.
func TestWarnings(t *testing.T) {
	(&goldens.Archive{Archive: &txtar.Archive{Files: []txtar.File{
		{Name: "Caddyfile", Data: []byte("{\nhaproxy h.cfg\nvrrp {\ninstance V {\ninterface eth0\nvirtual_router_id 1\nauthentication {\nauth_type PASS\nauth_pass longerthan8\n}\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n}\n}\n")},
		{Name: "h.cfg", Data: []byte("global\n chroot /tmp\ndefaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n")},
	}}}).Unpack(t)
	if os.Getenv(warnEnv) != "" {
		if _, err := adapt(t, "caddyfile", "Caddyfile"); err != nil {
			t.Fatal(err)
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestWarnings$")
	cmd.Env = append(os.Environ(), warnEnv+"=1")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, want := range []string{`"file":"h.cfg","line":2,"directive":"chroot"`, `"file":"Caddyfile","line":9,"directive":"auth_pass"`} {
		if !strings.Contains(string(said), want) {
			t.Errorf("%s is missing in\n%s", want, string(said))
		}
	}
}
