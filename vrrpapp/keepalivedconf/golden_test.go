package keepalivedconf

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// golden is a keepalived.conf, the files that it names, and what must come out.
type golden struct{ *goldens.Archive }

func archives(t testing.TB) (list []golden) {
	t.Helper()
	for _, a := range goldens.Read(t, "errors", "warnings", "caddy.json") {
		list = append(list, golden{a})
	}
	return list
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
func (g golden) adapt(t *testing.T) (*vrrpapp.App, conf.Diagnostics) {
	t.Helper()
	body, err := os.ReadFile("keepalived.conf")
	if err != nil {
		t.Fatal(err)
	}
	host := fakeHost{map[string]string{}}
	for _, f := range g.Files {
		if path, ok := strings.CutPrefix(f.Name, "host"); ok {
			host.files[path] = string(f.Data)
		}
	}
	return Adapt([]conf.File{{Name: "keepalived.conf", Body: body}}, Options{Lexer: conf.Options{ConfigID: "here"}, Host: host})
}

func (g golden) results(t *testing.T) map[string]string {
	t.Helper()
	app, diags := g.adapt(t)
	got := map[string]string{"errors": goldens.Lines(diags.Errors()), "warnings": goldens.Lines(diags.Warnings())}
	if diags.Err() == nil {
		raw, err := JSON(app)
		if err != nil {
			t.Fatal(err)
		}
		got["caddy.json"] = goldens.Indented(t, raw)
	}
	return got
}

func TestGoldens(t *testing.T) {
	for _, g := range archives(t) {
		t.Run(g.Name(), func(t *testing.T) {
			g.Unpack(t)
			g.Compare(t, g.results(t))
		})
	}
}
