package haproxyadapter

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

const plainSite = "defaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n"

// The directive is about the file wherever it stands, and names a file beside that one.
func TestVRRPDirective(t *testing.T) {
	for _, tt := range []struct{ name, before, after, open string }{
		{"first", "#@ vrrp v.conf\n", "", "conf/v.conf"},
		{"last", "", "#@ vrrp v.conf\n", "conf/v.conf"},
		{"last without newline", "", "  #@ vrrp v.conf", "conf/v.conf"},
		{"before a condition", "#@ vrrp v.conf\n.if 1\n.endif\n", "", "conf/v.conf"},
		{"in a branch that is taken", ".if 1\n#@ vrrp v.conf\n.endif\n", "", "conf/v.conf"},
		{"in a branch that is not", ".if 0\n#@ vrrp v.conf\n.endif\n", "", ""},
		{"folder above", "#@ vrrp ../v.conf\n", "", "v.conf"},
		{"absolute", "#@ vrrp /etc/v.conf\n", "", "/etc/v.conf"},
		{"quoted", "#@ vrrp \"my file.conf\"\n", "", "conf/my file.conf"},
		{"from the environment", "#@ vrrp \"${NODE}.conf\"\n", "", "conf/director1.conf"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opened := ""
			env := cfg.NewEnv()
			env.Set("NODE", "director1")
			apps, diags := Adapt([]cfg.File{{Name: "conf/haproxy.cfg", Body: []byte(tt.before + plainSite + tt.after)}}, Options{
				Env: env,
				Read: func(name string) ([]byte, error) {
					opened = filepath.ToSlash(name)
					return []byte("vrrp_instance V {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n  10.0.0.1\n }\n}\n"), nil
				},
			})
			if err := diags.Err(); err != nil {
				t.Fatal(err)
			}
			if opened != tt.open || (apps.VRRP != nil) != (tt.open != "") {
				t.Errorf("opened %q, want %q; app %v", opened, tt.open, apps.VRRP)
			}
			if apps.VRRP != nil && (len(apps.VRRP.Instances) != 1 || apps.VRRP.Instances[0].Name != "V") {
				t.Errorf("%+v", apps.VRRP)
			}
		})
	}
}

// Of several files each may name one, but only one keepalived.conf is loaded.
func TestVRRPDirectiveSeveralFiles(t *testing.T) {
	read := func(name string) ([]byte, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	_, diags := Adapt([]cfg.File{
		{Name: "a/1.cfg", Body: []byte(plainSite + "#@ vrrp v.conf\n")},
		{Name: "b/2.cfg", Body: []byte("#@ vrrp v.conf\nbackend b\n")},
	}, Options{Read: read})
	err := diags.Err()
	for _, want := range []string{
		"[a/1.cfg:6] : '#@ vrrp' : open " + filepath.Join("a", "v.conf") + ": file does not exist",
		"[b/2.cfg:1] : '#@ vrrp' was given before, at a/1.cfg:6",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
}

// Warnings of the second file reach the user of the adapter with its name and line.
func TestVRRPWarnings(t *testing.T) {
	dir := t.TempDir()
	text := "vrrp_instance V {\n interface eth0\n virtual_router_id 1\n authentication {\n  auth_type PASS\n  auth_pass longerthan8\n }\n virtual_ipaddress {\n  10.0.0.1\n }\n}\n"
	write(t, filepath.Join(dir, "v.conf"), text)
	out, warnings, err := Adapter{}.Adapt([]byte("#@ vrrp v.conf\n"+plainSite), map[string]any{"filename": filepath.Join(dir, "haproxy.cfg")})
	if err != nil || !strings.Contains(string(out), `"vrrp":{`) {
		t.Fatal(string(out), err)
	}
	if len(warnings) != 1 || warnings[0].File != filepath.Join(dir, "v.conf") || warnings[0].Line != 6 || warnings[0].Directive != "auth_pass" {
		t.Errorf("%+v", warnings)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
