package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReadMakesPathsAbsolute(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "xcaddy.json")
	text := `{"caddy_version":"v2.11.9","plugins":[{"module_path":"example.com/m"}],"replacements":[{"old":"example.com/m","new":"."}]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(b.Replacements[0].New); got != dir {
		t.Errorf("replacement is %q, want %q", got, dir)
	}
	if b.PgoProfile != "" {
		t.Errorf("profile %q without a file", b.PgoProfile)
	}
	if err := os.MkdirAll(filepath.Join(dir, "cmd/caddy"), 0o700); err != nil {
		t.Fatal(err)
	}
	pgo := filepath.Join(dir, profile)
	if err := os.WriteFile(pgo, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err = read(file); err != nil || b.PgoProfile != pgo {
		t.Errorf("profile is %q, %v, want %q", b.PgoProfile, err, pgo)
	}
}

func TestReadRefusesUnknownFields(t *testing.T) {
	file := filepath.Join(t.TempDir(), "xcaddy.json")
	if err := os.WriteFile(file, []byte(`{"caddy_versoin":"v2"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := read(file); err == nil {
		t.Fatal("a misspelled field was accepted")
	}
}

// The repository's own file must be readable by the library's type.
func TestRepositoryFile(t *testing.T) {
	b, err := read("../../xcaddy.json")
	if err != nil {
		t.Fatal(err)
	}
	if b.CaddyVersion == "" || len(b.Plugins) == 0 {
		t.Errorf("incomplete: %+v", b)
	}
}
