package caddyfile

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the goldens anew")

// unpack writes an archive's files into a new folder and makes it the working directory.
func unpack(t *testing.T, a *txtar.Archive) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// adapt runs one of Caddy's adapters over a file.
func adapt(t *testing.T, adapter, name string) (apps string, err error) {
	t.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	raw, _, err := caddyconfig.GetAdapter(adapter).Adapt(body, map[string]any{"filename": name})
	if err != nil {
		return "", err
	}
	var c struct {
		Apps json.RawMessage `json:"apps"`
	}
	var b bytes.Buffer
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	if err := json.Indent(&b, c.Apps, "", "\t"); err != nil {
		t.Fatal(err)
	}
	return b.String() + "\n", nil
}

// TestGoldens compares what comes out of a Caddyfile: the apps or the errors.
func TestGoldens(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no goldens", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if path, err = filepath.Abs(path); err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			var input []txtar.File
			for _, f := range a.Files {
				if f.Name == "apps.json" || f.Name == "errors" {
					want[f.Name] = string(f.Data)
				} else {
					input = append(input, f)
				}
			}
			a.Files = input
			unpack(t, a)
			name, got := "apps.json", ""
			if got, err = adapt(t, "caddyfile", "Caddyfile"); err != nil {
				name, got = "errors", err.Error()+"\n"
			}
			if *update {
				a.Files = append(input, txtar.File{Name: name, Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(a), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, map[string]string{name: got}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSameWords: the block of the golden means what the keepalived.conf in it means.
func TestSameWords(t *testing.T) {
	a, err := txtar.ParseFile("testdata/vrrp.txtar")
	if err != nil {
		t.Fatal(err)
	}
	unpack(t, a)
	block, err := adapt(t, "caddyfile", "Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	file, err := adapt(t, "keepalived", "keepalived.conf")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asBlock(t, file), block); diff != "" {
		t.Errorf("(-keepalived.conf +block):\n%s", diff)
	}
}

// asBlock takes out what a file alone has, and a block in a Caddyfile has not: SIGHUP.
func asBlock(t *testing.T, text string) string {
	t.Helper()
	const line = "\t\t\"reload_on_sighup\": true,\n"
	if !strings.Contains(text, line) {
		t.Error("a keepalived.conf alone does not heed SIGHUP")
	}
	return strings.Replace(text, line, "", 1)
}
