package integration

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// commandDir holds a link named haproxy to our binary; TestMain's folder goes away with it.
var commandDir = sync.OnceValues(func() (string, error) {
	dir := filepath.Dir(caddyBin)
	if os.Getenv("INTEGRATION_BIN") != "" {
		var err error
		if dir, err = os.MkdirTemp("", "integration-link"); err != nil {
			return "", err
		}
	}
	target, err := filepath.Abs(caddyBin)
	if err != nil {
		return "", err
	}
	err = os.Symlink(target, filepath.Join(dir, "haproxy"))
	if errors.Is(err, os.ErrExist) {
		err = nil
	}
	return dir, err
})

// commandPath is the haproxy command of a side.
func commandPath(t *testing.T, side program) string {
	t.Helper()
	if side == theirs {
		return haproxyBin
	}
	dir, err := commandDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "haproxy")
}

// both runs a test's body against both sides, each in a folder of its own.
func both(t *testing.T, body func(t *testing.T, side program)) {
	needPrograms(t)
	for _, side := range []program{theirs, ours} {
		t.Run(string(side), func(t *testing.T) { body(t, side) })
	}
}

// outcome is what a command that has ended has left.
type outcome struct {
	Status      int
	Out, Errors string
}

// runCommand runs the command of a side in dir until it ends.
func runCommand(t *testing.T, side program, dir string, args ...string) outcome {
	t.Helper()
	cmd := exec.Command(commandPath(t, side), args...)
	cmd.Dir = dir
	cmd.Args[0] = "haproxy"
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	done := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	err := cmd.Run()
	done.Stop()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// launch starts the command of a side with a file, and returns once the port ready accepts.
func launch(t *testing.T, side program, text string, ready int, args ...string) *process {
	t.Helper()
	dir := t.TempDir()
	p := &process{out: new(lockedBuffer), exited: make(chan struct{}), file: filepath.Join(dir, "haproxy.cfg")}
	writeFile(t, p.file, text)
	p.cmd = exec.Command(commandPath(t, side), append([]string{"-f", p.file}, args...)...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	p.cmd.Env = slicesWithout(p.cmd.Env, "CADDY_ADMIN=")
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.exited) }()
	t.Cleanup(func() { p.stop(t) })
	p.await(t, ready)
	return p
}

func slicesWithout(list []string, prefix string) []string {
	var out []string
	for _, s := range list {
		if !strings.HasPrefix(s, prefix) {
			out = append(out, s)
		}
	}
	return out
}

// listens waits until the process handles a signal. HAProxy's master dies of those that come while it executes itself.
func (p *process) listens(t *testing.T, sig syscall.Signal) {
	t.Helper()
	eventually(t, sig.String()+" is handled", func() bool {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
		_, rest, _ := strings.Cut(string(status), "\nSigCgt:\t")
		caught, err := strconv.ParseUint(rest[:strings.IndexByte(rest+"\n", '\n')], 16, 64)
		return err == nil && caught>>(sig-1)&1 == 1
	})
}

// signal sends a signal and, when it ends the process, gives its exit status; -1 is death by the signal.
func (p *process) signal(t *testing.T, sig syscall.Signal) int {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(5 * time.Second):
		t.Fatalf("still running 5s after %s:\n%s", sig, p.out)
	}
	return 0
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until ok holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s: not after 10s", what)
}

// same compares what both sides said; a difference that is listed under the test's name must be there.
func same(t *testing.T, haproxy, ours string) {
	t.Helper()
	if haproxy == "" {
		t.Error("haproxy said nothing: there is nothing to compare")
	}
	if reason := commandDifferences[t.Name()]; reason != "" {
		if haproxy == ours {
			t.Errorf("listed as a difference, but both sides say the same now: take it off the list (%s)", reason)
		}
		return
	}
	if haproxy != ours {
		t.Errorf("-haproxy +ours\n%s", cmp.Diff(strings.Split(haproxy, "\n"), strings.Split(ours, "\n")))
	}
}

// The parts of messages that never agree: the process's number, its version and place.
var (
	messagePid     = regexp.MustCompile(`(?m)^(\[[A-Z]+\] +)\(\d+\)`)
	messageVersion = regexp.MustCompile(`(?m)^.*: (haproxy version is|path to executable is) .*$`)
	messagePlace   = regexp.MustCompile(`config : parsing \[[^]]*\] : (missing timeouts|Proxy )`)
)

func plainMessages(s string) string {
	s = messagePid.ReplaceAllString(s, "$1(pid)")
	s = messageVersion.ReplaceAllString(s, "$1")
	return messagePlace.ReplaceAllString(s, "config : $1")
}

func hasPrefixes(s string, prefix string) bool { return strings.HasPrefix(s, prefix) }

// indexAfter is where s goes on behind the first part, less its last byte, which may begin the next line; -1 without it.
func indexAfter(s, part string) int {
	i := strings.Index(s, part)
	if i < 0 {
		return -1
	}
	return i + len(part) - 1
}
