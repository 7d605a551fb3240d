package integration

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is one of the two sides of a comparison.
type program string

const (
	theirs program = "haproxy"
	ours   program = "caddy"
)

// lockedBuffer collects a process's output.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// process is a running haproxy or caddy.
type process struct {
	cmd    *exec.Cmd
	out    *lockedBuffer
	exited chan struct{}
	admin  string // path of caddy's admin socket
	file   string
}

// start runs side with the text of a haproxy.cfg, and returns once the port ready is bound. Each side binds everything
// before it serves anything.
func start(t *testing.T, side program, text string, ready int) *process {
	t.Helper()
	dir := t.TempDir()
	p := &process{out: new(lockedBuffer), exited: make(chan struct{}), file: filepath.Join(dir, "haproxy.cfg")}
	if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if side == theirs {
		p.cmd = exec.Command(haproxyBin, "-db", "-f", p.file)
		p.cmd.Env = os.Environ()
	} else {
		p.admin = filepath.Join(dir, "admin.sock")
		p.cmd = exec.Command(caddyBin, "run", "--adapter", "haproxy", "--config", p.file)
		p.cmd.Env = append(os.Environ(), "CADDY_ADMIN=unix/"+p.admin, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.exited) }()
	t.Cleanup(func() { p.stop(t) })
	p.await(t, ready)
	return p
}

// await returns when the port accepts, and the connection that found it out is no longer counted by the program: it is
// ended from here, and its end comes back.
func (p *process) await(t *testing.T, port int) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		select {
		case <-p.exited:
			t.Fatalf("%s ended:\n%s", p.cmd.Path, p.out)
		default:
		}
		c, err := net.Dial("tcp", addr(port))
		if err == nil {
			_ = c.(*net.TCPConn).CloseWrite()
			_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
			_, _ = io.Copy(io.Discard, c)
			_ = c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s does not listen on %d:\n%s", p.cmd.Path, port, p.out)
}

// stop ends the process, softly first.
func (p *process) stop(t *testing.T) {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(3 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
	if s := p.out.String(); bytes.Contains([]byte(s), []byte("panic:")) || bytes.Contains([]byte(s), []byte("DATA RACE")) {
		t.Errorf("%s:\n%s", p.cmd.Path, s)
	}
}

func addr(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

var ports struct {
	sync.Mutex
	taken map[int]bool
}

// freePort finds a port that nobody listens on. It lies below the range that the system gives to outgoing connections, so
// that none takes it before its owner binds it, and has five digits, so that texts with a port in them keep their length.
func freePort(t *testing.T) int {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	if ports.taken == nil {
		ports.taken = map[int]bool{}
	}
	for range 10000 {
		n := 10000 + rand.IntN(22000)
		if ports.taken[n] {
			continue
		}
		l, err := net.Listen("tcp", addr(n))
		if err != nil {
			continue
		}
		_ = l.Close()
		ports.taken[n] = true
		return n
	}
	t.Fatal("no free port")
	return 0
}
