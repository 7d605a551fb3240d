package keepalivedconf

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
)

const small = "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n @left priority 150\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n"

func TestAdapter(t *testing.T) {
	a := caddyconfig.GetAdapter("keepalived")
	if a == nil {
		t.Fatal("the adapter is not registered")
	}
	lvs := "virtual_server 10.0.0.1 80 {\n}\nbfd_instance B {\n}\n"
	for name, row := range map[string]struct {
		text     string
		options  map[string]any
		err      string
		warnings int
	}{
		"plain":           {text: small},
		"config_id":       {text: small, options: map[string]any{"config_id": "left"}},
		"error":           {text: "\nfoo\n", err: "keepalived.conf:2: unknown keyword 'foo' in the top level"},
		"name":            {text: "foo", options: map[string]any{"filename": "/x/y"}, err: "/x/y:1: unknown keyword 'foo' in the top level"},
		"all errors":      {text: "foo\nbar\n", err: "keepalived.conf:2: unknown keyword 'bar'"},
		"lvs":             {text: small + lvs, err: "'virtual_server' is not supported"},
		"skip":            {text: small + lvs, options: map[string]any{"skip": "virtual_server, bfd_instance"}, warnings: 2},
		"skip as a list":  {text: small + lvs, options: map[string]any{"skip": []any{"virtual_server", "bfd_instance"}}, warnings: 2},
		"skip one":        {text: small + lvs, options: map[string]any{"skip": []string{"virtual_server"}}, err: "'bfd_instance' is not supported", warnings: 1},
		"skip anything":   {text: small, options: map[string]any{"skip": "vrrp_instance"}, err: "option skip: 'vrrp_instance'"},
		"skip no name":    {text: small, options: map[string]any{"skip": 5}, err: "option skip"},
		"unknown comment": {text: small + "#@ foo\n", err: "keepalived.conf:9: unknown directive '#@ foo'"},
	} {
		t.Run(name, func(t *testing.T) {
			out, warnings, err := a.Adapt([]byte(row.text), row.options)
			if row.err != "" {
				if err == nil || !strings.Contains(err.Error(), row.err) {
					t.Errorf("error %v, want %q", err, row.err)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			if len(warnings) != row.warnings {
				t.Errorf("warnings %v", warnings)
			}
			if row.err == "" {
				checkSmall(t, out, row.options)
			}
		})
	}
}

func checkSmall(t *testing.T, out []byte, options map[string]any) {
	t.Helper()
	var got struct {
		Apps struct{ VRRP vrrpapp.App }
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	want := 0
	if options["config_id"] == "left" {
		want = 150
	}
	if i := got.Apps.VRRP.Instances; len(i) != 1 || i[0].Priority != want {
		t.Errorf("%s", out)
	}
}

// Includes are looked for beside the file, wherever the process stands.
func TestAdapterIncludes(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "vip.conf"), []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	out, warnings, err := Adapter{}.Adapt([]byte("include *.conf\n"), map[string]any{"filename": filepath.Join(dir, "main")})
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	checkSmall(t, out, nil)
}
