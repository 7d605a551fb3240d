package keepalivedconf

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

var update = flag.Bool("update", false, "write the goldens and the ledger anew")

// golden is one archive of testdata: keepalived.conf, the files that it names, and what must come out.
type golden struct {
	path    string
	archive *txtar.Archive
}

// results are the files of a golden that are compared; "differs" tells why the oracle's verdict is not ours.
var results = []string{"errors", "warnings", "caddy.json", "differs"}

func goldens(t testing.TB) []*golden {
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

// unpack writes the input files into a new folder and makes it the working directory. The archive's comment "crlf" ends
// their lines so.
func (g *golden) unpack(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range g.archive.Files {
		if slices.Contains(results, f.Name) {
			continue
		}
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, g.body(f.Data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

func (g *golden) body(data []byte) []byte {
	if strings.HasPrefix(string(g.archive.Comment), "crlf") {
		return bytes.ReplaceAll(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"), []byte("\r\n"))
	}
	return data
}

// fakeHost has scripts below /etc/keepalived and the users root, nobody and keepalived_script.
type fakeHost struct{ files map[string]string }

func (h fakeHost) Command(name string) (string, error) {
	if _, ok := h.files[name]; ok || strings.HasPrefix(name, "/usr/bin/") {
		return name, nil
	}
	return "", fs.ErrNotExist
}

func (h fakeHost) StopsKeepalived(path string) (int, bool) {
	before, _, ok := strings.Cut(h.files[path], "keepalived stop")
	return 1 + strings.Count(before, "\n"), ok
}

func (fakeHost) User(name string) bool {
	return slices.Contains([]string{"root", "nobody", "keepalived_script"}, name)
}

func (fakeHost) Group(name string) bool {
	return slices.Contains([]string{"root", "nogroup", "keepalived_script"}, name)
}

// adapt runs the adapter over the golden's keepalived.conf with a host without surprises: files of the archive below "host/"
// are its scripts.
func (g *golden) adapt(t *testing.T) (*vrrpapp.App, conf.Diagnostics) {
	t.Helper()
	body, err := os.ReadFile("keepalived.conf")
	if err != nil {
		t.Fatal(err)
	}
	host := fakeHost{map[string]string{}}
	for _, f := range g.archive.Files {
		if path, ok := strings.CutPrefix(f.Name, "host"); ok {
			host.files[path] = string(f.Data)
		}
	}
	return Adapt([]conf.File{{Name: "keepalived.conf", Body: body}}, Options{Lexer: conf.Options{ConfigID: "here"}, Host: host})
}

func (g *golden) results(t *testing.T) map[string]string {
	t.Helper()
	app, diags := g.adapt(t)
	got := map[string]string{"errors": text(diags.Errors()), "warnings": text(diags.Warnings())}
	if diags.Err() == nil {
		got["caddy.json"] = indented(t, app)
	}
	return got
}

func text(diags conf.Diagnostics) string {
	var b strings.Builder
	for _, d := range diags {
		b.WriteString(d.Error())
		b.WriteByte('\n')
	}
	return b.String()
}

func indented(t *testing.T, app *vrrpapp.App) string {
	t.Helper()
	raw, err := JSON(app)
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
		if !slices.Contains(results, f.Name) || f.Name == "differs" {
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
