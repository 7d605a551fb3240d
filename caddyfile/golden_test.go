package caddyfile

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"
)

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
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return goldens.Indented(t, c.Apps), nil
}

// TestGoldens compares what comes out of a Caddyfile: the apps or the errors.
func TestGoldens(t *testing.T) {
	for _, g := range goldens.Read(t, "apps.json", "errors") {
		t.Run(g.Name(), func(t *testing.T) {
			g.Unpack(t)
			apps, err := adapt(t, "caddyfile", "Caddyfile")
			got := map[string]string{"apps.json": apps}
			if err != nil {
				got = map[string]string{"errors": err.Error() + "\n"}
			}
			g.Compare(t, got)
		})
	}
}

// TestSameWords: the block of the golden means what the keepalived.conf in it means.
func TestSameWords(t *testing.T) {
	goldens.ReadFile(t, "testdata/vrrp.txtar", "apps.json").Unpack(t)
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
