// Package oracle finds the programs and papers that tests compare this project with. It is for tests only and starts
// nothing by itself.
package oracle

import (
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// Version is the HAProxy that this project is compared with: Debian 12's.
const Version = "2.6.12"

// haproxy looks for the program once in a process.
var haproxy = sync.OnceValue(func() string {
	for _, name := range []string{"haproxy", "/usr/sbin/haproxy"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.Command(path, "-v").Output()
		if err == nil && strings.HasPrefix(string(out), "HAProxy version "+Version) {
			return path
		}
	}
	return ""
})

// HAProxy is the path of the real HAProxy. Without it the test ends, see Missing.
func HAProxy(t testing.TB) string {
	t.Helper()
	path := haproxy()
	if path == "" {
		Missing(t, "haproxy "+Version+" is not installed (apt-get install haproxy)")
	}
	return path
}

// Missing ends a test that lacks something to compare with. It is skipped, unless CADDY_HAPROXY_REQUIRE_ORACLE is set: then
// it fails, so that nothing is left out where everything is to be tested.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CADDY_HAPROXY_REQUIRE_ORACLE") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// Manual is the text of a compressed manual of a Debian package.
func Manual(t testing.TB, path, debian string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		Missing(t, err.Error()+" (apt-get install "+debian+")")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
