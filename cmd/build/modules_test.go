package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/integration/binary"
	"github.com/caddy-haproxy/caddy-haproxy/internal/goldens"
)

const (
	// modulesPath lists the modules that this project adds to Caddy: names are part of the product.
	modulesPath = "testdata/modules.txt"
	// commandsPath lists the ways to build, those of the README among them. The last one makes Go ask for the module's versions.
	commandsPath = "testdata/commands.txt"
)

// checkModules compares a binary's modules that are this project's with the list, in both directions, and returns all of its modules.
func checkModules(t *testing.T, bin string) string {
	t.Helper()
	out, err := exec.Command(bin, "list-modules").Output()
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for line := range strings.Lines(string(out)) {
		if name := strings.TrimSpace(line); own.MatchString(name) {
			ours = append(ours, name)
		}
	}
	slices.Sort(ours)
	goldens.CompareFile(t, modulesPath, strings.Join(ours, "\n")+"\n")
	return string(out)
}

// own are names with haproxy as one of their parts.
var own = regexp.MustCompile(`(^|\.)haproxy($|\.|_)`)

// TestModules: cmd/caddy has the modules of the list, the most needed ones among them, what the README's caddy-l4 brings, and Caddy's own.
func TestModules(t *testing.T) {
	t.Parallel()
	caddy, err := binary.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(checkModules(t, caddy), "\n")
	for _, want := range []string{
		"haproxy", "haproxy.balance.roundrobin", "haproxy.checks.httpchk", "caddy.adapters.haproxy", "layer4", "http.handlers.reverse_proxy",
	} {
		if !slices.Contains(all, want) {
			t.Errorf("no module %s", want)
		}
	}
}

// TestBuilds runs the build commands: all binaries have the modules of the list.
func TestBuilds(t *testing.T) {
	t.Parallel()
	proxy := noVersions(t)
	commands, err := os.ReadFile(commandsPath)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(commands)) {
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
			cmd.Dir = "../.."
			if strings.Contains(line, "caddy-haproxy=.") {
				cmd.Env = append(os.Environ(), "GOPROXY="+proxy)
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			checkModules(t, bin)
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
