package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// modulesPath lists the modules that this project adds to Caddy: names are part of the product.
const modulesPath = "testdata/modules.txt"

// ourModules are the modules of a binary that are this project's.
func ourModules(t *testing.T, bin string) []string {
	t.Helper()
	out, err := exec.Command(bin, "list-modules").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(out)) {
		if regexp.MustCompile(`(^|\.)haproxy($|\.|_)`).MatchString(strings.TrimSpace(line)) {
			list = append(list, strings.TrimSpace(line))
		}
	}
	slices.Sort(list)
	return list
}

// TestModules compares the binary's modules with the list, in both directions.
func TestModules(t *testing.T) {
	needPrograms(t)
	text, err := os.ReadFile(modulesPath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(text)), "\n"), ourModules(t, caddyBin)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", modulesPath, diff)
	}
	for _, want := range []string{"haproxy", "haproxy.balance.roundrobin", "haproxy.checks.httpchk", "caddy.adapters.haproxy"} {
		if !slices.Contains(ourModules(t, caddyBin), want) {
			t.Errorf("no module %s", want)
		}
	}
	// What the README's caddy-l4 brings, and Caddy's own, are there too.
	out, err := exec.Command(caddyBin, "list-modules").Output()
	if err != nil || !strings.Contains(string(out), "\nlayer4\n") || !strings.Contains(string(out), "\nhttp.handlers.reverse_proxy\n") {
		t.Errorf("layer4 or reverse_proxy is missing (%v)", err)
	}
}

// buildCommands are the ways to build, those of the README among them. The last one makes Go ask for the module's versions.
const buildCommands = `
go run ./cmd/build
go tool xcaddy build v2.11.9 --with github.com/caddy-haproxy/caddy-haproxy@v0.0.0=. --with github.com/mholt/caddy-l4@v0.1.2
go tool xcaddy build v2.11.9 --with github.com/caddy-haproxy/caddy-haproxy=. --with github.com/mholt/caddy-l4@v0.1.2
`

// TestBuilds runs the build commands; the binaries have the modules of the one under test.
func TestBuilds(t *testing.T) {
	needPrograms(t)
	t.Parallel()
	want := ourModules(t, caddyBin)
	proxy := noVersions(t)
	for line := range strings.Lines(strings.TrimSpace(buildCommands)) {
		line = strings.TrimSpace(line)
		t.Run(line, func(t *testing.T) {
			bin := filepath.Join(t.TempDir(), "caddy")
			args := strings.Fields(line)
			if strings.HasPrefix(line, "go run") {
				args = append(args, "-o", bin, "-pgo", "off") // so that all builds share one compilation
			} else {
				args = append(args, "--output", bin)
			}
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Dir = ".."
			if strings.Contains(line, "caddy-haproxy=.") {
				cmd.Env = append(os.Environ(), "GOPROXY="+proxy)
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if diff := cmp.Diff(want, ourModules(t, bin)); diff != "" {
				t.Errorf("other modules than ./cmd/caddy's (-want +got):\n%s", diff)
			}
		})
	}
}

// noVersions is the GOPROXY in use with one in front of it that knows this module and has no version of it: some proxies
// answer 403 for a module that is not published, which Go takes for a failure even where the module is replaced.
func noVersions(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	at := filepath.Join(dir, "github.com/caddy-haproxy/caddy-haproxy/@v")
	if err := os.MkdirAll(at, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at, "list"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "env", "GOPROXY").Output()
	if err != nil {
		t.Fatal(err)
	}
	return "file://" + dir + "," + strings.TrimSpace(string(out))
}
