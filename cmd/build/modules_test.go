package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/integration/binary"
)

const (
	// modulesPath lists the modules that this project adds to Caddy: names are part of the product.
	modulesPath = "testdata/modules.txt"
	// commandsPath lists the ways to build, those of the README among them. The last one makes Go ask for the module's versions.
	commandsPath = "testdata/commands.txt"
)

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

// listed are the lines of a file.
func listed(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// TestModules compares the modules of cmd/caddy with the list, in both directions.
func TestModules(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: nothing is built")
	}
	t.Parallel()
	caddy, err := binary.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	is := ourModules(t, caddy)
	if diff := cmp.Diff(listed(t, modulesPath), is); diff != "" {
		t.Errorf("%s (-want +got):\n%s", modulesPath, diff)
	}
	for _, want := range []string{"haproxy", "haproxy.balance.roundrobin", "haproxy.checks.httpchk", "caddy.adapters.haproxy"} {
		if !slices.Contains(is, want) {
			t.Errorf("no module %s", want)
		}
	}
	// What the README's caddy-l4 brings, and Caddy's own, are there too.
	out, err := exec.Command(caddy, "list-modules").Output()
	if err != nil || !strings.Contains(string(out), "\nlayer4\n") || !strings.Contains(string(out), "\nhttp.handlers.reverse_proxy\n") {
		t.Errorf("layer4 or reverse_proxy is missing (%v)", err)
	}
}

// TestBuilds runs the build commands: all binaries have the modules of the list.
func TestBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: nothing is built")
	}
	t.Parallel()
	want := listed(t, modulesPath)
	proxy := noVersions(t)
	for _, line := range listed(t, commandsPath) {
		t.Run(line, func(t *testing.T) {
			bin := filepath.Join(t.TempDir(), "caddy")
			args := strings.Fields(line)
			if strings.HasPrefix(line, "go run") {
				args = append(args, "-o", bin, "-pgo", "off") // so that all builds share one compilation
			} else {
				args = append(args, "--output", bin)
			}
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Dir = "../.."
			if strings.Contains(line, "caddy-haproxy=.") {
				cmd.Env = append(os.Environ(), "GOPROXY="+proxy)
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if diff := cmp.Diff(want, ourModules(t, bin)); diff != "" {
				t.Errorf("other modules than those of %s (-want +got):\n%s", modulesPath, diff)
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
