package haproxycmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
)

const (
	vrrpSite = "#@ vrrp keepalived.conf\nglobal\n %s\ndefaults\n mode http\n timeout client 1s\nfrontend f\n bind 10.0.0.1:80\n"
	vrrpFile = "vrrp_instance V {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n  10.0.0.1\n }\n}\n"
)

// checkVRRP runs -c over both files and is the exit status and what was said.
func checkVRRP(t *testing.T, global, keepalived string, args ...string) (status int, said string, c *command) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"haproxy.cfg": strings.Replace(vrrpSite, "%s", global, 1), "keepalived.conf": keepalived} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	c = &command{stdout: &out, report: &reporter{w: &out}}
	status = c.main(append([]string{"-c", "-f", filepath.Join(dir, "haproxy.cfg")}, args...))
	return status, strings.ReplaceAll(out.String(), dir+string(filepath.Separator), ""), c
}

// TestVRRP: the command reads both files, and runs both apps.
func TestVRRP(t *testing.T) {
	for _, tt := range []struct {
		name, global, keepalived string
		args                     []string
		status                   int
		want                     string
	}{
		{"valid", "maxconn 10", vrrpFile, nil, 0, "Configuration file is valid"},
		{"error", "maxconn 10", "bogus\n" + vrrpFile, nil, 1, "parsing [keepalived.conf:1] : unknown keyword 'bogus'"},
		{"its file is named", "maxconn 10", "bogus\n" + vrrpFile, nil, 1, "Error(s) found in configuration file : keepalived.conf"},
		{"chroot", "chroot /tmp", vrrpFile, nil, 1, "'chroot' and '#@ vrrp' cannot be used together"},
		{"chroot of a master", "chroot /tmp", vrrpFile, []string{"-W"}, 0, "Configuration file is valid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, said, _ := checkVRRP(t, tt.global, tt.keepalived, tt.args...)
			if status != tt.status || !strings.Contains(said, tt.want) {
				t.Errorf("status %d, want %d, with %q in\n%s", status, tt.status, tt.want, said)
			}
		})
	}
}

// TestVRRPIsRun: what is started has the app.
func TestVRRPIsRun(t *testing.T) {
	_, said, c := checkVRRP(t, "maxconn 10", vrrpFile)
	c.options = &options{files: c.files}
	if status, stop := c.load(); stop {
		t.Fatal(status, said)
	}
	body, err := c.caddyConfig()
	if err != nil {
		t.Fatal(err)
	}
	var conf struct{ Apps struct{ VRRP *vrrpapp.App } }
	if err := json.Unmarshal(body, &conf); err != nil || conf.Apps.VRRP == nil || conf.Apps.VRRP.Instances[0].Name != "V" {
		t.Errorf("%v\n%s", err, body)
	}
}
