package guard

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// victim is a proxy in a process of its own.
type victim struct {
	cmd   *exec.Cmd
	guard int // the guard's process
	path  string
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{cmd: exec.Command("/proc/self/exe", "proxy"), path: filepath.Join(t.TempDir(), "told")}
	v.cmd.Env = append(os.Environ(), "GUARD_FAKE_LOG="+v.path)
	out, err := v.cmd.StdoutPipe()
	if err == nil {
		_, err = v.cmd.StdinPipe()
	}
	if err == nil {
		err = v.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.cmd.Process.Kill(); v.cmd.Wait() })
	for s := bufio.NewScanner(out); s.Scan(); {
		if _, pid, ok := strings.Cut(s.Text(), "pid="); ok {
			v.guard, _ = strconv.Atoi(pid)
		}
		if s.Text() == "holding" {
			return v
		}
		t.Log(s.Text())
	}
	t.Fatal("the proxy did not start")
	return nil
}

func (v *victim) signal(s syscall.Signal) { v.cmd.Process.Signal(s) }

// kill kills the proxy.
func (v *victim) kill() {
	v.cmd.Process.Kill()
	v.cmd.Wait()
}

func (v *victim) awaitTold(t *testing.T, line string) {
	t.Helper()
	await(t, line, func() bool { return slices.Contains(lines(v.path), line) })
}

// alive reports whether a process runs: not even a zombie is wanted, but those of other parents are not ours to reap.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}

// Whatever ends the proxy, the guard hands over and ends too.
func TestProxyDies(t *testing.T) {
	for _, row := range []struct {
		name string
		end  func(v *victim)
	}{
		{"killed", func(v *victim) { v.kill() }},
		{"killed after a signal to all", func(v *victim) {
			for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2} {
				syscall.Kill(v.guard, s)
			}
			v.kill()
		}},
		{"killed while stopped", func(v *victim) { v.signal(syscall.SIGSTOP); v.kill() }},
		{"aborted", func(v *victim) { v.signal(syscall.SIGABRT); v.cmd.Wait() }},
	} {
		t.Run(row.name, func(t *testing.T) {
			v := newVictim(t)
			row.end(v)
			await(t, "the guard's end", func() bool { return !alive(v.guard) })
			told := lines(v.path)
			if d := cmp.Diff([]string{"release", "close"}, told[len(told)-2:]); d != "" {
				t.Error("(-want +got)", d, told)
			}
		})
	}
}

// A proxy that hangs is taken for dead until it speaks again. What the operator held or handed over stays so.
func TestProxyHangs(t *testing.T) {
	v := newVictim(t)
	v.signal(syscall.SIGSTOP)
	v.awaitTold(t, `order "" hold`)
	if !alive(v.guard) {
		t.Fatal("the guard is gone")
	}
	v.signal(syscall.SIGCONT)
	v.awaitTold(t, `order "VI_2" yield`)
	v.kill()
	v.awaitTold(t, "close")
	want := []string{"open adopt=[] died=never", "ready", "apply VI_1,VI_2", `order "VI_1" hold`, `order "VI_2" handover`, `order "" hold`,
		`order "VI_2" resume`, `order "VI_2" yield`, "release", "close"}
	if d := cmp.Diff(want, lines(v.path)); d != "" {
		t.Error("(-want +got)", d)
	}
}

// After SIGTERM, which a service manager sends to all processes, the guard hands over and still answers until the proxy ends.
func TestTerminated(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		s := start(t, Options{})
		was := s.pid()
		syscall.Kill(was, syscall.SIGHUP)
		syscall.Kill(was, sig)
		s.awaitTold("release", 1)
		if _, err := s.Status(); err != nil || s.pid() != was {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if slices.Contains(s.told(), "open adopt=[] died=just now") {
			t.Error("there was another guard")
		}
	}
}

// A guard that was told to end, and whose proxy does not, ends; the proxy starts another one.
func TestTerminatedAlone(t *testing.T) {
	defer func(d time.Duration) { linger = d }(linger)
	linger = 100 * time.Millisecond
	s := start(t, Options{})
	was := s.pid()
	syscall.Kill(was, syscall.SIGTERM)
	s.await("another guard", func() bool { return s.pid() != was })
	if r := s.reported(); len(r) != 1 || !strings.Contains(r[0].Detail, "SIGTERM") {
		t.Errorf("%+v", r)
	}
}
