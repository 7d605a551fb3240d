package balance

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"io"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// haproxy runs HAProxy with one backend of one-letter servers and returns a function that sends n requests and tells
// which servers answered, and one that sends a CLI command.
func haproxy(t *testing.T, algorithm string, servers []string) (requests func(n int) string, command func(string)) {
	t.Helper()
	bin := oracle.HAProxy(t)
	dir := t.TempDir()
	socket := filepath.Join(dir, "s")
	var b strings.Builder
	fmt.Fprintf(&b, "global\n nbthread 1\n stats socket %s level admin\ndefaults\n mode http\n timeout client 9s\n"+
		" timeout server 9s\n timeout connect 9s\nfrontend f\n bind unix@%s/f\n default_backend b\nbackend b\n balance %s\n",
		socket, dir, algorithm)
	for i, options := range servers {
		fmt.Fprintf(&b, " server %c unix@%s/%c %s\n", 'a'+i, dir, 'a'+i, options)
	}
	for i := range servers {
		fmt.Fprintf(&b, "listen l%c\n bind unix@%s/%c\n http-request return status 200 content-type text/plain string %c\n", 'a'+i, dir, 'a'+i, 'a'+i)
	}
	file := filepath.Join(dir, "cfg")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-db", "-f", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	client := dial(t, filepath.Join(dir, "f"))
	reader := bufio.NewReader(client)
	requests = func(n int) string {
		var got strings.Builder
		for range n {
			fmt.Fprint(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			res, err := http.ReadResponse(reader, nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			got.Write(body)
		}
		return got.String()
	}
	command = func(line string) {
		c := dial(t, socket)
		defer c.Close()
		fmt.Fprintln(c, line)
		if answer, _ := io.ReadAll(c); strings.TrimSpace(string(answer)) != "" {
			t.Fatalf("%s: %s", line, answer)
		}
	}
	return requests, command
}

func dial(t *testing.T, path string) net.Conn {
	t.Helper()
	for range 200 {
		if c, err := net.Dial("unix", path); err == nil {
			c.SetDeadline(time.Now().Add(20 * time.Second))
			return c
		}
		time.Sleep(10 * time.Millisecond) // the process is starting
	}
	t.Fatalf("haproxy does not listen on %s", path)
	return nil
}
