//go:build unix

package track

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// file writes an executable file.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func within(d time.Duration, ok func() bool) bool {
	for end := time.Now().Add(d); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// ready is a script tracker as Caddy makes it.
func ready(t *testing.T, s *Script) *Script {
	t.Helper()
	if err := s.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	if w, err := s.Check(script.Rules{}); err != nil || len(w) > 0 {
		t.Fatal(w, err)
	}
	return s
}

func TestScriptFollowsItsStatus(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad")
	runs := filepath.Join(dir, "runs")
	path := file(t, "check", "#!/bin/sh\necho \"$*\" >>"+runs+"\n! test -e "+bad+"\n")
	s := ready(t, &Script{Command: []string{path, "a b", "$HOME"}, Interval: duration.Duration(20 * time.Millisecond), Timeout: duration.Duration(10 * time.Second)})
	w := watch(t, s)
	w.wantUp(true)
	os.WriteFile(bad, nil, 0o600)
	if v := w.wantUp(false); v.Why != "exit status 1" {
		t.Error(v)
	}
	os.Remove(bad)
	w.wantUp(true)
	text, _ := os.ReadFile(runs)
	if line, _, _ := strings.Cut(string(text), "\n"); line != "a b $HOME" {
		t.Errorf("arguments %q", line)
	}
}

// The first run decides alone; after it rise and fall count runs in a row.
func TestCounter(t *testing.T) {
	for _, row := range []struct {
		name       string
		rise, fall int
		results    string // + and -
		want       string // a verdict, or . for none, for each
	}{
		{"first good", 3, 3, "+", "+"},
		{"first bad", 3, 3, "-", "-"},
		{"fall 2", 1, 2, "+-+--+", "+...-+"},
		{"rise 3", 3, 1, "-++-+++-", "-.....+-"},
		{"one", 1, 1, "++--+", "+.-.+"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			c := counter{rise: row.rise, fall: row.fall, tell: func(v Verdict) {
				got = got[:len(got)-1] + map[bool]string{true: "+", false: "-"}[v.Up]
			}}
			for _, r := range row.results {
				got += "."
				c.count(r == '+', "")
			}
			if got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// A run that outlives its time is ended with all of its process group, and there are never two at once.
func TestScriptTimesOut(t *testing.T) {
	dir := t.TempDir()
	pids := filepath.Join(dir, "pids")
	path := file(t, "slow", "#!/bin/sh\nsleep 300 &\necho $! $$ >>"+pids+"\nwait\n")
	s := ready(t, &Script{Command: []string{path}, Interval: duration.Duration(10 * time.Millisecond), Timeout: duration.Duration(300 * time.Millisecond)})
	w := watch(t, s)
	if v := w.wantUp(false); !strings.HasPrefix(v.Why, "timed out") {
		t.Error(v)
	}
	text, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 2 {
		t.Errorf("%d runs within one timeout", n)
	}
	for _, word := range strings.Fields(strings.SplitN(string(text), "\n", 2)[0]) {
		pid, _ := strconv.Atoi(word)
		if !within(5*time.Second, func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH }) {
			t.Errorf("process %d of the script lives on", pid)
		}
	}
}

func TestScriptThatIsNotThere(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain")
	os.WriteFile(plain, []byte("#!/bin/sh\n"), 0o644)
	for name, command := range map[string][]string{"absent": {"/nonexistent/x"}, "not executable": {plain}, "a folder": {"/"}, "unknown": {"nosuchprogram"}} {
		t.Run(name, func(t *testing.T) {
			s := &Script{Command: command}
			s.Provision(caddy.Context{})
			if _, err := s.Check(script.Rules{}); err == nil {
				t.Error("no error")
			}
			watch(t, s).wantUp(false)
		})
	}
}

func TestScriptIsValidated(t *testing.T) {
	for name, s := range map[string]*Script{"no command": {}, "empty": {Command: []string{""}}, "negative": {Command: []string{"/bin/true"}, Interval: -1}, "timeout": {Command: []string{"/bin/true"}, Timeout: -1}} {
		t.Run(name, func(t *testing.T) {
			s.Provision(caddy.Context{})
			if s.Validate() == nil {
				t.Error("no error")
			}
		})
	}
	s := &Script{Command: []string{"/bin/true"}}
	s.Provision(caddy.Context{})
	if s.Interval != duration.Duration(time.Second) || s.Timeout != s.Interval || s.Rise != 1 || s.Fall != 1 {
		t.Errorf("defaults %+v", s)
	}
}

// A stop of the tracker does not wait for the script's time, only for its grace.
func TestScriptIsEndedWithItsTracker(t *testing.T) {
	began := filepath.Join(t.TempDir(), "began")
	path := file(t, "long", "#!/bin/sh\necho >"+began+"\nexec sleep 300\n")
	t.Run("", func(t *testing.T) {
		watch(t, ready(t, &Script{Command: []string{path}, Timeout: duration.Duration(time.Hour)}))
		if !within(10*time.Second, func() bool { _, err := os.Stat(began); return err == nil }) {
			t.Error("never began")
		}
	})
}
