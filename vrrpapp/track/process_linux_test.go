package track

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/script"
)

// As keepalived 2.2.7 counted each of these command lines.
func TestMatchesLine(t *testing.T) {
	const initial, partial = "initial", "partial"
	for _, row := range []struct {
		process, match string
		full           bool
		line           string
		want           bool
	}{
		{"s 50", "", false, "s 50", true}, {"s 50", "", false, "s 500", false}, {"s 50", "", false, "s 50 1", false}, {"s 50", "", false, "./s 50", false},
		{"s 50", "", true, "s 50", true}, {"s", "", true, "s 50", true}, {"s", "", true, "/x/s 50", false}, {"s", "", true, "sx", false},
		{"s 5", initial, false, "s", false}, {"s 5", initial, false, "s 50", true}, {"s 5", initial, false, "s 51 1", true},
		{"s 50 1", initial, false, "s 50 1 2", true}, {"s 50 1", initial, false, "s 50 10", true}, {"s 50 1", initial, false, "s 50", false},
		{"s 50", partial, false, "s 50 1", true}, {"s 50", partial, false, "s 500", false}, {"s 50 1", partial, false, "s 50 10", false},
		{"s", partial, false, "s", true}, {"s", partial, false, "s 50 1", true}, {"s", initial, false, "s 50", true}, {"s", initial, false, "sx 50", false},
	} {
		p := &Process{Process: strings.Fields(row.process), ParamMatch: row.match, FullCommand: row.full}
		if got := p.matchesLine(strings.Fields(row.line)); got != row.want {
			t.Errorf("%s, %q, full %v: %s is %v", row.process, row.match, row.full, row.line, got)
		}
	}
}

// copied is sleep under a name of its own.
func copied(t *testing.T, name string) string {
	t.Helper()
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(sleep)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// started is a process and what ends it.
func started(t *testing.T, words ...string) (end func()) {
	t.Helper()
	cmd := exec.Command(words[0], words[1:]...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func() {
		if !ended {
			ended = true
			cmd.Process.Kill()
			cmd.Wait()
		}
	}
	t.Cleanup(end)
	return end
}

// watchProcess watches by the kernel's news, or without them.
func watchProcess(t *testing.T, p *Process) *watched {
	t.Helper()
	p.log = slog.New(slog.DiscardHandler)
	if p.Quorum == 0 && p.QuorumMax == nil {
		p.Quorum = 1
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	return watch(t, p)
}

func TestProcessIsFollowed(t *testing.T) {
	path := copied(t, "trk-followed")
	for name, p := range map[string]*Process{
		"name":    {Process: []string{"trk-followed"}},
		"params":  {Process: []string{path, "300"}},
		"command": {Process: []string{path}, FullCommand: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := watchProcess(t, p)
			w.wantUp(false)
			end := started(t, path, "300")
			w.wantUp(true)
			end()
			w.wantUp(false)
		})
	}
}

func TestProcessThatRunsAlready(t *testing.T) {
	defer started(t, copied(t, "trk-before"), "300")()
	watchProcess(t, &Process{Process: []string{"trk-before"}}).wantUp(true)
}

func TestProcessQuorum(t *testing.T) {
	path, one := copied(t, "trk-quorum"), 1
	w := watchProcess(t, &Process{Process: []string{"trk-quorum"}, Quorum: 1, QuorumMax: &one})
	w.wantUp(false)
	started(t, path, "300")
	w.wantUp(true)
	end := started(t, path, "300")
	if v := w.wantUp(false); !strings.HasPrefix(v.Why, "2 ") {
		t.Error(v)
	}
	end()
	w.wantUp(true)
}

// In a network namespace the kernel tells nothing: /proc is read, and that is said.
func TestProcessIsFollowedWithoutTheKernel(t *testing.T) {
	path, log := copied(t, "trk-polled"), &strings.Builder{}
	p := &Process{Process: []string{"trk-polled"}, Quorum: 1, log: slog.New(slog.NewTextHandler(log, nil))}
	ns := nstest.New(t, "a")
	w := watch(t, inside{p, ns})
	w.wantUp(false)
	if !strings.Contains(log.String(), "the kernel does not tell") {
		t.Errorf("log: %s", log)
	}
	end := started(t, path, "300")
	w.wantUp(true)
	end()
	w.wantUp(false)
}

// inside runs a tracker in a network namespace.
type inside struct {
	Tracker
	ns *nstest.Namespace
}

func (i inside) Run(ctx context.Context, tell func(Verdict)) {
	i.ns.Try(func() error { i.Tracker.Run(ctx, tell); return nil })
}

// A quorum that comes and goes within fork_delay is none.
func TestProcessDelays(t *testing.T) {
	var told []bool
	q := quorum{Process: &Process{Process: []string{"x"}, Quorum: 1, ForkDelay: duration.Duration(time.Hour), TerminateDelay: duration.Duration(time.Millisecond)},
		tell: func(v Verdict) { told = append(told, v.Up) }}
	q.count(0, true)
	q.count(1, false)
	q.count(0, false)
	if q.due() != nil || len(told) != 1 || told[0] {
		t.Error("a short life counted", told)
	}
	q.count(1, false)
	if q.due() == nil {
		t.Fatal("no delay runs")
	}
	q.settle()
	q.count(0, false)
	<-q.due()
	q.settle()
	if len(told) != 3 || !told[1] || told[2] {
		t.Error(told)
	}
}

// Threads do not count, nor do what is no message.
func TestParseNews(t *testing.T) {
	for n := range 200 {
		parseNews(make([]byte, n), false)
	}
	if got := parseNews(nil, true); len(got) != 1 || !got[0].lost {
		t.Error(got)
	}
}

func FuzzParseNews(f *testing.F) {
	f.Add(make([]byte, 76))
	f.Fuzz(func(t *testing.T, b []byte) { parseNews(b, false) })
}

func TestProcessIsValidated(t *testing.T) {
	zero, three := 0, 3
	for name, p := range map[string]*Process{
		"none": {}, "match": {Process: []string{"x"}, ParamMatch: "some"}, "quorums": {Process: []string{"x"}, Quorum: 4, QuorumMax: &three},
		"negative": {Process: []string{"x"}, ForkDelay: -1}, "quorum": {Process: []string{"x"}, Quorum: -1},
	} {
		if p.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := (&Process{Process: []string{"x"}, QuorumMax: &zero}).Validate(); err != nil {
		t.Error(err)
	}
	if w, _ := (&Process{Process: []string{"a-very-long-name"}}).Check(script.Rules{}); len(w) != 1 {
		t.Error("no warning of a name that no process has", w)
	}
}
