package haproxyadapter

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

	_ "github.com/caddy-haproxy/caddy-haproxy/modules/balance"
)

var update = flag.Bool("update", false, "write the goldens and the ledger anew")

// golden is one archive of testdata: haproxy.cfg, the files that it names, and what must come out.
type golden struct {
	path    string
	archive *txtar.Archive
}

// results are the files of a golden that are compared; "differs" tells why the oracle's verdict is not ours.
var results = []string{"errors", "warnings", "caddy.json", "differs"}

func goldens(t *testing.T) []*golden {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	var list []*golden
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		abs, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, &golden{abs, a})
	}
	return list
}

func (g *golden) name() string { return strings.TrimSuffix(filepath.Base(g.path), ".txtar") }

func (g *golden) file(name string) (string, bool) {
	for _, f := range g.archive.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// unpack writes the input files into a new folder and makes it the working directory.
func (g *golden) unpack(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range g.archive.Files {
		if isResult(f.Name) {
			continue
		}
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

func isResult(name string) bool {
	for _, r := range results {
		if r == name {
			return true
		}
	}
	return false
}

// adapt runs the adapter over the golden's haproxy.cfg in an environment without surprises.
func (g *golden) adapt(t *testing.T) (apps Apps, diags cfg.Diagnostics) {
	t.Helper()
	body, ok := g.file("haproxy.cfg")
	if !ok {
		t.Fatal("no haproxy.cfg")
	}
	return Adapt([]cfg.File{{Name: "haproxy.cfg", Body: []byte(body)}}, Options{LocalPeer: "here"})
}

func (g *golden) results(t *testing.T) map[string]string {
	t.Helper()
	apps, diags := g.adapt(t)
	got := map[string]string{"errors": text(diags.Errors()), "warnings": text(diags.Warnings())}
	if !diags.HasErrors() {
		got["caddy.json"] = indented(t, apps)
	}
	return got
}

func text(diags cfg.Diagnostics) string {
	var b strings.Builder
	for _, d := range diags {
		b.WriteString(d.Error())
		b.WriteByte('\n')
	}
	return b.String()
}

func indented(t *testing.T, apps Apps) string {
	t.Helper()
	raw, err := JSON(apps)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "\t"); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	return b.String()
}

func TestGoldens(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.name(), func(t *testing.T) {
			g.unpack(t)
			got := g.results(t)
			if *update {
				g.write(t, got)
				return
			}
			for _, name := range results[:3] {
				want, _ := g.file(name)
				if diff := cmp.Diff(want, got[name]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// write stores what came out; a golden has exactly the results that are not empty.
func (g *golden) write(t *testing.T, got map[string]string) {
	t.Helper()
	var files []txtar.File
	for _, f := range g.archive.Files {
		if !isResult(f.Name) || f.Name == "differs" {
			files = append(files, f)
		}
	}
	for _, name := range results[:3] {
		if got[name] != "" {
			files = append(files, txtar.File{Name: name, Data: []byte(got[name])})
		}
	}
	g.archive.Files = files
	if err := os.WriteFile(g.path, txtar.Format(g.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
