package integration

import (
	"bytes"
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/caddy-haproxy/caddy-haproxy"

// rows is the import rule: a package imports only from lower rows, never from its own. Every package of the repository
// stands here.
var rows = [][]string{
	0: {
		"bench/chapter", "haproxyadapter/cfg", "integration/binary", "internal/duration", "internal/goldens", "internal/h1", "internal/oracle", "vrrpapp/fsm",
		"vrrpapp/keepalivedconf/conf", "vrrpapp/netif/nstest", "vrrpapp/wire",
	},
	1:  {"internal/netio", "modules/txn", "modules/regex", "vrrpapp/netif", "vrrpapp/script"},
	2:  {"modules/pattern", "modules/server", "modules/userlist", "vrrpapp/notify", "vrrpapp/speaker", "vrrpapp/track"},
	3:  {"modules/sample", "vrrpapp/guard"},
	4:  {"modules/acl", "modules/logformat", "modules/logtarget"},
	5:  {"modules/action", "modules/balance", "modules/check"},
	6:  {"modules/stats"},
	7:  {"internal/engine"},
	8:  {"modules/haproxy", "vrrpapp"},
	9:  {"vrrpapp/keepalivedconf"},
	10: {"haproxyadapter"},
	11: {"caddyfile", "haproxycmd"},
	12: {"", "integration/lab"},
	13: {"cmd/build", "cmd/caddy", "integration", "integration/ha", "integration/hunt", "bench", "bench/vip"},
}

// standardOnly are the packages that import nothing but the standard library and each other.
var standardOnly = []string{"haproxyadapter/cfg", "internal/duration", "internal/h1", "internal/netio", "vrrpapp/fsm", "vrrpapp/keepalivedconf/conf", "vrrpapp/wire"}

// caddyFree is where Caddy is never imported.
const caddyFree = "internal/"

func TestLayers(t *testing.T) {
	row := map[string]int{}
	for n, list := range rows {
		for _, p := range list {
			row[p] = n
		}
	}
	found := map[string]bool{}
	for _, dir := range packages(t) {
		found[dir] = true
		n, ok := row[dir]
		if !ok {
			t.Errorf("%s stands in no row", dir)
			continue
		}
		for _, path := range imports(t, dir) {
			to, own := local(path)
			switch {
			case !own && strings.HasPrefix(path, "github.com/caddyserver/caddy/") && strings.HasPrefix(dir, caddyFree):
				t.Errorf("%s imports Caddy", dir)
			case !own && strings.Contains(path, ".") && slices.Contains(standardOnly, dir):
				t.Errorf("%s imports %s: only the standard library is allowed", dir, path)
			case own && row[to] >= n:
				t.Errorf("%s (row %d) imports %s (row %d)", dir, n, to, row[to])
			}
		}
	}
	for p := range row {
		if !found[p] && p != "bench" {
			t.Errorf("%s stands in row %d but there is no such package", p, row[p])
		}
	}
}

// imports are those of the package's files that are not tests, on every system.
func imports(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	for _, system := range []string{"linux", "darwin", "windows"} {
		ctx := build.Default
		ctx.GOOS = system
		p, err := ctx.ImportDir(filepath.Join("..", filepath.FromSlash(dir)), 0)
		if _, none := err.(*build.NoGoError); err != nil && !none {
			t.Fatal(err)
		}
		all = append(all, p.Imports...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// local is the path inside the module.
func local(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

// packages are the folders with Go files.
func packages(t *testing.T) (dirs []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, file := range goFiles(t) {
		dir, err := filepath.Rel("..", filepath.Dir(file))
		if err != nil {
			t.Fatal(err)
		}
		if dir = filepath.ToSlash(dir); dir == "." {
			dir = ""
		}
		if !seen[dir] {
			seen[dir] = true
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

func goFiles(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && path != ".." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata"):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".go"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) < 100 {
		t.Fatal(len(files), "files", err)
	}
	return files
}

// TestFileLength keeps files readable.
func TestFileLength(t *testing.T) {
	const most = 600
	for _, file := range goFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte("\n")); n > most {
			t.Errorf("%s has %d lines: past %d it is two files", file, n, most)
		}
	}
}
