package integration

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/integration/binary"
)

// The programs under comparison. TestMain sets them.
var (
	haproxyBin = "haproxy"
	caddyBin   string
)

// TestMain builds the binary once; see binary.Build.
func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "integration:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	if testing.Short() {
		return m.Run(), nil
	}
	path, err := exec.LookPath(haproxyBin)
	if err != nil {
		return 0, fmt.Errorf("these tests compare with HAProxy 2.6: apt-get install haproxy (%w)", err)
	}
	haproxyBin = path
	dir, err := os.MkdirTemp("", "integration")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if caddyBin, err = binary.Build(dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// needPrograms skips under -short, where nothing is built.
func needPrograms(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: programs are not started")
	}
}

// tempFile writes text to a file of its own.
func tempFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
