package logtarget

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// masks hide what differs between two processes and moments.
var masks = []struct {
	re   *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d`), "DATE"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]{15}[+-]\d\d:\d\d`), "ISO"},
	{regexp.MustCompile(`\[\d+\]`), "[PID]"},
	{regexp.MustCompile(`(haproxy|TAG) \d+ `), "$1 PID "},
}

func masked(s string) string {
	for _, m := range masks {
		s = m.re.ReplaceAllString(s, m.with)
	}
	return s
}

// TestOracleMessages lets haproxy and a Sink send the same text and compares the datagrams.
func TestOracleMessages(t *testing.T) {
	oracle.HAProxy(t)
	var cases []oracleCase
	for _, format := range formatNames {
		cases = append(cases,
			oracleCase{target: Target{Format: format, Facility: "local3"}, msg: "hello 200"},
			oracleCase{target: Target{Format: format, Facility: "kern", Len: 300}, msg: strings.Repeat("x", 500), tag: "TAG"},
			oracleCase{target: Target{Format: format, Facility: "ftp", Level: "info", MinLevel: "info"}, msg: "a\nb\n\n", sd: "[x y=1]"})
	}
	path := filepath.Join(t.TempDir(), "log")
	logs, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	for _, host := range []string{"", "log-send-hostname my.host"} {
		addrs := startHAProxy(t, path, host, cases)
		for i, c := range cases {
			get(t, addrs[i])
			want := masked(receive(t, logs))
			c.target.Address = path
			s := open(t, c.target)
			s.Send(6, []byte(c.tag), []byte(strings.TrimPrefix(host, "log-send-hostname ")), []byte(c.sd), []byte(c.msg))
			if got := masked(receive(t, logs)); got != want {
				t.Errorf("%+v %s\ngot     %q\nhaproxy %q", c.target, host, got, want)
			}
		}
	}
}

type oracleCase struct {
	target       Target
	msg, tag, sd string
}

// startHAProxy starts haproxy with a frontend for each case.
func startHAProxy(t *testing.T, log, global string, cases []oracleCase) (addrs []string) {
	t.Helper()
	var cfg strings.Builder
	fmt.Fprintf(&cfg, "global\n %s\n", global)
	dir := t.TempDir()
	for i, c := range cases {
		addrs = append(addrs, filepath.Join(dir, fmt.Sprint("f", i)))
		fmt.Fprintf(&cfg, "frontend f%d\n mode http\n timeout client 5s\n bind %s\n log %s", i, addrs[i], log)
		if c.target.Len != 0 {
			fmt.Fprintf(&cfg, " len %d", c.target.Len)
		}
		if c.target.Format != "" {
			cfg.WriteString(" format " + c.target.Format)
		}
		fmt.Fprintf(&cfg, " %s %s %s\n log-format \"%s\"\n", c.target.Facility, c.target.Level, c.target.MinLevel,
			strings.ReplaceAll(c.msg, "\n", "\\n"))
		if c.tag != "" {
			cfg.WriteString(" log-tag " + c.tag + "\n")
		}
		if c.sd != "" {
			fmt.Fprintf(&cfg, " log-format-sd \"%s\"\n", c.sd)
		}
		cfg.WriteString(" http-request return status 200\n")
	}
	path := filepath.Join(dir, "haproxy.cfg")
	if err := os.WriteFile(path, []byte(cfg.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("haproxy", "-db", "-f", path)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return addrs
}

func get(t *testing.T, addr string) {
	t.Helper()
	var c net.Conn
	var err error
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if c, err = net.Dial("unix", addr); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := c.Read(make([]byte, 1024)); err != nil {
		t.Fatal(err)
	}
}
