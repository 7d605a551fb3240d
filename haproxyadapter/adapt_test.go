package haproxyadapter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

func TestAdapterIsRegistered(t *testing.T) {
	if caddyconfig.GetAdapter("haproxy") == nil {
		t.Fatal("no adapter named haproxy")
	}
}

func TestAdapterReportsAllErrors(t *testing.T) {
	body := []byte("global\n bogus\n chroot /x\ndefaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n default_backend nope\n")
	out, warnings, err := Adapter{}.Adapt(body, map[string]any{"filename": "site.cfg"})
	if out != nil || err == nil {
		t.Fatalf("accepted: %s", out)
	}
	for _, want := range []string{"[site.cfg:2] : unknown keyword 'bogus'", "[site.cfg:9] : Proxy 'f'"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%s", want, err)
		}
	}
	if len(warnings) != 1 || warnings[0].File != "site.cfg" || warnings[0].Line != 3 || warnings[0].Directive != "chroot" {
		t.Errorf("warnings: %+v", warnings)
	}
}

func TestAdapterWrapsTheApp(t *testing.T) {
	body := []byte("defaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n")
	out, warnings, err := Adapter{}.Adapt(body, nil)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	var c struct {
		Apps map[string]haproxy.Config `json:"apps"`
	}
	if err := json.Unmarshal(out, &c); err != nil {
		t.Fatal(err)
	}
	if p := c.Apps["haproxy"].Proxies; len(p) != 1 || p[0].Name != "f" {
		t.Errorf("%s", out)
	}
}

// A section never goes on in the next file, a defaults section is in force there.
func TestSeveralFiles(t *testing.T) {
	apps, diags := Adapt([]cfg.File{
		{Name: "1.cfg", Body: []byte("defaults\n mode http\n timeout client 1s\nfrontend f")},
		{Name: "2.cfg", Body: []byte(" bind :80\nfrontend g\n bind :81")},
	}, Options{})
	if err := diags.Err(); err == nil || !strings.Contains(err.Error(), "[2.cfg:1] : unknown keyword 'bind' out of section") {
		t.Errorf("%v", diags)
	}
	if len(apps.HAProxy.Proxies) != 2 || apps.HAProxy.Proxies[1].Mode != haproxy.ModeHTTP {
		t.Errorf("%+v", apps.HAProxy.Proxies)
	}
}

func TestDefaultPath(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "conf", "pages", "503.http")
	if err := os.MkdirAll(filepath.Dir(page), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, []byte("HTTP/1.0 503 Sorry\r\n\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	const rest = "\ndefaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n errorfile 503 "
	for _, tt := range []struct{ name, policy, file string }{
		{"config", "config", "pages/503.http"},
		{"parent", "parent", "conf/pages/503.http"},
		{"origin", "origin " + filepath.Join(dir, "conf"), "pages/503.http"},
		{"absolute", "config", page},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := "global\n default-path " + tt.policy + rest + tt.file + "\n"
			apps, diags := Adapt([]cfg.File{{Name: filepath.Join(dir, "conf", "x.cfg"), Body: []byte(body)}}, Options{})
			if err := diags.Err(); err != nil {
				t.Fatal(err)
			}
			if got := apps.HAProxy.Proxies[0].Error[0].File; got != page {
				t.Errorf("got %s, want %s", got, page)
			}
		})
	}
}

// Files that stand in rules and expressions follow default-path too.
func TestDefaultPathInRules(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"page.txt": "hello", "hosts.map": "a b\n", "list": "x\n", "503.http": "HTTP/1.0 503 Sorry\r\n\r\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	body := "global\n default-path config\ndefaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n" +
		" acl known path -f list\n" +
		" http-request set-header X-Host %[req.hdr(host),map(hosts.map,none)] if known\n" +
		" http-request return status 200 content-type text/plain file page.txt if { path -f list }\n" +
		" http-request deny status 503 errorfile 503.http\n" +
		" http-error status 404 content-type text/plain file page.txt\n"
	apps, diags := Adapt([]cfg.File{{Name: filepath.Join(dir, "x.cfg"), Body: []byte(body)}}, Options{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	raw, err := JSON(apps)
	if err != nil {
		t.Fatal(err)
	}
	for name, times := range map[string]int{"page.txt": 2, "hosts.map": 1, "list": 2, "503.http": 1} {
		if n := strings.Count(string(raw), filepath.Join(dir, name)); n != times {
			t.Errorf("%s: %d times instead of %d in\n%s", name, n, times, raw)
		}
	}
}

// The haproxy command gives up rights itself: nothing to warn about.
func TestCommandObeysProcessWords(t *testing.T) {
	body := []byte("global\n user root\n group root\n chroot /\n daemon\ndefaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n")
	apps, diags := Adapt([]cfg.File{{Name: "x.cfg", Body: body}}, Options{Command: true})
	if len(diags) > 0 {
		t.Error(diags)
	}
	if p := apps.HAProxy.Global.Process; p.User != "root" || p.Group != "root" || p.Chroot != "/" || !p.Daemon {
		t.Errorf("%+v", p)
	}
}

// The environment of the caller is what the file sees and changes.
func TestEnvironment(t *testing.T) {
	env := cfg.NewEnv()
	env.Set("WHERE", "127.0.0.1:80")
	body := []byte("global\n setenv SEEN yes\ndefaults\n mode http\n timeout client 1s\nfrontend f\n bind \"$WHERE\"\n")
	apps, diags := Adapt([]cfg.File{{Name: "x.cfg", Body: body}}, Options{Env: env})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if a := apps.HAProxy.Proxies[0].Bind[0].Address[0]; a.Host != "127.0.0.1" || a.Port != 80 {
		t.Errorf("%+v", a)
	}
	if v, _ := env.Lookup("SEEN"); v != "yes" {
		t.Error("setenv was not seen by the caller")
	}
}

// A directive of this project's own that is unknown is an error with its place.
func TestUnknownDirective(t *testing.T) {
	for _, body := range []string{
		"#@ bogus 1\ndefaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n",
		"defaults\n mode http\n timeout client 1s\nfrontend f\n bind :80\n#@ bogus 1\n",
	} {
		_, diags := Adapt([]cfg.File{{Name: "x.cfg", Body: []byte(body)}}, Options{})
		if err := diags.Err(); err == nil || !strings.Contains(err.Error(), "unknown directive '#@ bogus'") {
			t.Errorf("%q: %v", body, err)
		}
	}
}
