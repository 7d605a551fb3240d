// Package binary builds the program that integration tests start, for all of them in the same way. It starts nothing.
package binary

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build builds cmd/caddy into dir, without cgo as xcaddy does, and returns its path. INTEGRATION_RACE=1 builds it with the race
// detector, which takes cgo. INTEGRATION_BIN names one that is built already.
func Build(dir string) (string, error) {
	if path := os.Getenv("INTEGRATION_BIN"); path != "" {
		return path, nil
	}
	path := filepath.Join(dir, "caddy")
	args := []string{"build", "-pgo=off", "-o", path} // the profile would have everything compiled once more
	cgo := "CGO_ENABLED=0"
	if os.Getenv("INTEGRATION_RACE") != "" {
		args, cgo = append(args, "-race"), "CGO_ENABLED=1"
	}
	cmd := exec.Command("go", append(args, "github.com/caddy-haproxy/caddy-haproxy/cmd/caddy")...)
	cmd.Env = append(os.Environ(), cgo)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("building the binary: %w", err)
	}
	return path, nil
}
