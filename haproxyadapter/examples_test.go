package haproxyadapter

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"
	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// TestExamples wants each example to adapt without a word and to be valid for HAProxy 2.6 too.
func TestExamples(t *testing.T) {
	paths, err := filepath.Glob("../examples/*.cfg")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, diags := Adapt([]cfg.File{{Name: path, Body: body}}, Options{}); len(diags) > 0 {
				t.Errorf("%s", goldens.Lines(diags))
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "haproxy.cfg"), body, 0o644); err != nil {
				t.Fatal(err)
			}
			if valid, alerts := verdict(t, oracle.HAProxy(t), dir); !valid {
				t.Errorf("haproxy: %s", alerts)
			}
		})
	}
}
