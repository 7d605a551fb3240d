package cfg

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var patternStart = regexp.MustCompile(`(?:^|\n)0x[0-9a-f]+ `)

// aclPatterns runs a haproxy with the given acl lines and returns the patterns of each: its words, as HAProxy sees them. Each
// line has its unique id (-u).
func aclPatterns(t *testing.T, lines []string) [][]string {
	t.Helper()
	dir := t.TempDir()
	socket := filepath.Join(dir, "cli")
	var b bytes.Buffer
	fmt.Fprintf(&b, "global\n stats socket %s\n maxconn 10\ndefaults\n mode http\n timeout client 1s\n timeout server 1s\n"+
		" timeout connect 1s\nlisten l\n bind unix@%s/l\n", socket, dir)
	b.Write(joinLines(lines))
	name := filepath.Join(dir, "acl.cfg")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := oracleCommand(t, dir, "-db", "-f", name)
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-exited })
	waitForSocket(t, socket, exited, &log)

	id := regexp.MustCompile(` -u (\d+) `)
	out := make([][]string, len(lines))
	for i, l := range lines {
		out[i] = showACL(t, socket, id.FindStringSubmatch(l)[1])
	}
	return out
}

// waitForSocket returns once the CLI accepts: HAProxy is another process, so there is nothing to wait on but the socket.
func waitForSocket(t *testing.T, socket string, exited <-chan struct{}, log *bytes.Buffer) {
	t.Helper()
	for range 200 {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return
		}
		select {
		case <-exited:
			t.Fatalf("haproxy did not start:\n%s", log)
		case <-time.After(25 * time.Millisecond):
		}
	}
	t.Fatal("haproxy did not open its socket")
}

func showACL(t *testing.T, socket, id string) []string {
	t.Helper()
	c, err := net.DialTimeout("unix", socket, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, "show acl #"+id+"\n"); err != nil {
		t.Fatal(err)
	}
	reply, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSuffix(string(reply), "\n\n")
	starts := patternStart.FindAllStringIndex(text, -1)
	words := []string{}
	for i, s := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		words = append(words, text[s[1]:end])
	}
	return words
}
