package haproxyadapter

import (
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"

	_ "github.com/caddy-haproxy/caddy-haproxy/modules/balance"
)

// golden is a haproxy.cfg, the files that it names, and what must come out.
type golden struct{ *goldens.Archive }

func archives(t *testing.T) (list []golden) {
	t.Helper()
	for _, a := range goldens.Read(t, "errors", "warnings", "caddy.json") {
		list = append(list, golden{a})
	}
	return list
}

// adapt runs the adapter over the golden's haproxy.cfg in an environment without surprises.
func (g golden) adapt(t *testing.T) (apps Apps, diags cfg.Diagnostics) {
	t.Helper()
	body, ok := g.File("haproxy.cfg")
	if !ok {
		t.Fatal("no haproxy.cfg")
	}
	return Adapt([]cfg.File{{Name: "haproxy.cfg", Body: []byte(body)}}, Options{LocalPeer: "here"})
}

func (g golden) results(t *testing.T) map[string]string {
	t.Helper()
	apps, diags := g.adapt(t)
	got := map[string]string{"errors": goldens.Lines(diags.Errors()), "warnings": goldens.Lines(diags.Warnings())}
	if !diags.HasErrors() {
		got["caddy.json"] = indented(t, apps)
	}
	return got
}

func indented(t *testing.T, apps Apps) string {
	t.Helper()
	raw, err := JSON(apps)
	if err != nil {
		t.Fatal(err)
	}
	return goldens.Indented(t, raw)
}

func TestGoldens(t *testing.T) {
	for _, g := range archives(t) {
		t.Run(g.Name(), func(t *testing.T) {
			g.Unpack(t)
			g.Compare(t, g.results(t))
		})
	}
}
