package guard

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// soon bounds what must happen at once; a loaded machine gets a lot of it.
const soon = 10 * time.Second

// TestMain is also the program of the guards, and of the proxies that tests kill.
func TestMain(m *testing.M) {
	open := openSpeaker
	openSpeaker = func(o speaker.Options) (speaker.Speaker, error) {
		if os.Getenv("GUARD_FAKE_LOG") != "" {
			return openFake(o)
		}
		return open(o)
	}
	if len(os.Args) > 1 && programs[os.Args[1]] != nil {
		os.Exit(programs[os.Args[1]]())
	}
	goleak.VerifyTestMain(m)
}

// programs are what the test binary can be beside the tests.
var programs = map[string]func() int{"vrrp-guard": Main, "proxy": proxy, "node": node, "late": late, "busy": busy}

// proxy has a guard with two routers, the first of them held by the operator, the second handed over, until it is killed.
func proxy() int {
	g, err := Start(Options{Patience: time.Second, Log: slog.New(slog.NewTextHandler(os.Stdout, nil))})
	if err == nil {
		g.Ready()
		err = g.Apply(config("VI_1", "VI_2"))
	}
	if err == nil {
		err = errors.Join(g.Order("VI_1", speaker.Hold), g.Order("VI_2", speaker.HandOver))
	}
	if err != nil {
		os.Stdout.WriteString(err.Error())
		return 1
	}
	os.Stdout.WriteString("holding\n")
	io.Copy(io.Discard, os.Stdin)
	select {}
}

func config(names ...string) (c speaker.Config) {
	for i, n := range names {
		c.Routers = append(c.Routers, speaker.Router{Name: n, Interface: "eth0", VRID: uint8(i + 1)})
	}
	return c
}

// subject is a guard under test with what it reported and logged.
type subject struct {
	*Guard
	t    *testing.T
	path string // what the fakes were told

	mu      sync.Mutex
	reports []speaker.Report
	logged  bytes.Buffer
}

func (s *subject) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logged.Write(p)
}

// start starts a guard with a fake speaker.
func start(t *testing.T, o Options) *subject {
	t.Helper()
	s, err := tryStart(t, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryStart(t *testing.T, o Options) (*subject, error) {
	t.Helper()
	s := &subject{t: t, path: filepath.Join(t.TempDir(), "told")}
	t.Setenv("GUARD_FAKE_LOG", s.path)
	return s, s.start(o)
}

// startReal starts a guard with a real speaker at a node.
func startReal(t *testing.T, at *nstest.Node, o Options) *subject {
	t.Helper()
	s := &subject{t: t}
	at.Do(func() error { return s.start(o) })
	return s
}

func (s *subject) start(o Options) error {
	o.Report = func(r speaker.Report) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reports = append(s.reports, r)
	}
	o.Log = slog.New(slog.NewTextHandler(s, nil))
	g, err := Start(o)
	if s.Guard = g; err != nil {
		return err
	}
	s.t.Cleanup(func() {
		g.Close()
		if s.t.Failed() {
			s.t.Logf("told:\n%s\nlogged:\n%s", strings.Join(s.told(), "\n"), s.log())
		}
	})
	return nil
}

func (s *subject) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logged.String()
}

func (s *subject) reported() []speaker.Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.reports)
}

// told are the lines of all fakes.
func (s *subject) told() []string { return lines(s.path) }

func lines(path string) []string {
	text, _ := os.ReadFile(path)
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// pid is the present guard's.
func (s *subject) pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	pid := 0
	for _, line := range strings.Split(s.logged.String(), "\n") {
		if _, after, ok := strings.Cut(line, "pid="); ok {
			pid = 0
			for _, c := range after {
				pid = pid*10 + int(c-'0')
			}
		}
	}
	return pid
}

// kill kills the present guard and waits for the next.
func (s *subject) kill() {
	s.t.Helper()
	was := s.pid()
	syscall.Kill(was, syscall.SIGKILL)
	s.await("another guard", func() bool { return s.pid() != was })
}

func (s *subject) await(what string, ok func() bool) {
	s.t.Helper()
	await(s.t, what, ok)
}

func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	if !nstest.Within(soon, ok) {
		t.Fatalf("waited for %s", what)
	}
}

// awaitTold waits until the fakes were told a line so often.
func (s *subject) awaitTold(line string, times int) {
	s.t.Helper()
	s.await(line, func() bool {
		n := 0
		for _, l := range s.told() {
			if l == line {
				n++
			}
		}
		return n >= times
	})
}
