package check

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// lines collects what one side logs.
type lines struct {
	sync.Mutex
	list []string
}

var duration = regexp.MustCompile(`duration: \d+ms`)

func (l *lines) add(s string) {
	l.Lock()
	defer l.Unlock()
	l.list = append(l.list, duration.ReplaceAllString(s, "duration: ?ms"))
}

// wait returns the lines once there are n, or what there is after a while.
func (l *lines) wait(n int) []string {
	for i := 0; ; i++ {
		l.Lock()
		if got := l.list; len(got) >= n || i == 400 {
			l.list = nil
			l.Unlock()
			return got
		}
		l.Unlock()
		time.Sleep(10 * time.Millisecond) // another process works
	}
}

// web is a server whose answer can be changed.
type web struct {
	path   string
	answer atomic.Pointer[string]
}

func startWeb(t *testing.T, path string) *web {
	t.Helper()
	w := &web{path: path}
	w.say(200)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.SetDeadline(time.Now().Add(time.Second))
			if n, _ := c.Read(make([]byte, 4096)); n > 0 {
				io.WriteString(c, *w.answer.Load())
			}
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return w
}

func (w *web) say(status int) {
	s := fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\nok", status)
	w.answer.Store(&s)
}

// TestSentencesOfHAProxy has HAProxy and this package check the same servers, and compares what they log.
func TestSentencesOfHAProxy(t *testing.T) {
	for _, health := range []bool{false, true} {
		t.Run(fmt.Sprintf("log-health-checks=%v", health), func(t *testing.T) { compareSentences(t, health) })
	}
}

func compareSentences(t *testing.T, logHealth bool) {
	bin := oracle.HAProxy(t)
	dir := t.TempDir()
	w1, w2 := startWeb(t, filepath.Join(dir, "1")), startWeb(t, filepath.Join(dir, "2"))
	option := ""
	if logHealth {
		option = "option log-health-checks"
	}
	text := fmt.Sprintf("global\n nbthread 1\n stats socket %[1]s/cli level admin\n log stdout format short local0\n"+
		"defaults\n mode http\n log global\n timeout client 9s\n timeout server 9s\n timeout connect 9s\n"+
		"frontend f\n bind unix@%[1]s/f\n default_backend b\n"+
		"backend b\n option httpchk\n http-check disable-on-404\n timeout check 5s\n %[2]s\n"+
		" server s1 unix@%[1]s/1 check inter 1s fastinter 150ms downinter 150ms fall 2 rise 3\n server s2 unix@%[1]s/2 check inter 1s fastinter 150ms downinter 150ms backup\n", dir, option)
	file := filepath.Join(dir, "cfg")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-db", "-f", file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs, ours := new(lines), new(lines)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for s := bufio.NewScanner(out); s.Scan(); {
			theirs.add(s.Text())
		}
	}()
	t.Cleanup(func() { cmd.Process.Kill(); wg.Wait(); cmd.Wait() })

	b := server.NewBackend("b")
	inter, fast := server.Duration(time.Second), server.Duration(150*time.Millisecond)
	if err := b.Configure(&server.Settings{
		LogHealth: logHealth, Log: func(level int, msg string) { ours.add(fmt.Sprintf("<%d>%s", level, msg)) },
		Servers: []*server.Config{
			{Name: "s1", Address: "unix@" + w1.path, Check: true, Inter: inter, FastInter: fast, DownInter: fast, Fall: 2, Rise: 3},
			{Name: "s2", Address: "unix@" + w2.path, Check: true, Inter: inter, FastInter: fast, DownInter: fast, Backup: true},
		}}); err != nil {
		t.Fatal(err)
	}
	r := Start([]Backend{{Backend: b, Checker: must(t, "option httpchk", "http-check disable-on-404"), Connect: 9 * time.Second, Timeout: 5 * time.Second}}, Options{})
	defer r.Stop()
	mode := func(name, state string) func() {
		return func() {
			b.ServerByName(name).SetMode(map[string]server.Mode{"ready": server.Ready, "drain": server.Drain, "maint": server.Maintenance}[state])
			cli(t, filepath.Join(dir, "cli"), "set server b/"+name+" state "+state)
		}
	}
	n := func(plain, health int) int { // lines that are logged without and with log-health-checks
		if logHealth {
			return health
		}
		return plain
	}
	for _, step := range []struct {
		name  string
		do    func()
		lines int
	}{
		{"start", func() {}, n(0, 2)},
		{"s1 fails", func() { w1.say(500) }, n(1, 3)},
		{"maint while down", mode("s1", "maint"), 1},
		{"ready, and fails", mode("s1", "ready"), n(2, 3)},
		{"drain while down", mode("s1", "drain"), 1},
		{"up in drain", func() { w1.say(200) }, n(2, 5)},
		{"maint in drain", mode("s1", "maint"), 1},
		{"ready", mode("s1", "ready"), n(1, 2)},
		{"404", func() { w1.say(404) }, n(1, 2)},
		{"down from 404", func() { w1.say(503) }, n(1, 3)},
		{"s2 maint", mode("s2", "maint"), 2},
		{"s2 drain", mode("s2", "drain"), n(2, 3)},
		{"s2 ready", mode("s2", "ready"), 1},
		{"s1 up", func() { w1.say(200) }, n(1, 4)},
	} {
		step.do()
		want, got := theirs.wait(step.lines), ours.wait(step.lines)
		if strings.Join(got, "\n") != strings.Join(want, "\n") || len(want) != step.lines {
			t.Errorf("%s (%d lines expected):\n got\n  %s\n want\n  %s", step.name, step.lines, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
}

func cli(t *testing.T, path, command string) {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintln(c, command)
	if answer, _ := io.ReadAll(c); strings.TrimSpace(string(answer)) != "" {
		t.Fatalf("%s: %s", command, answer)
	}
}
