package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// The helpers of a test are the test's own binary.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == helperName {
		os.Exit(helperMain(os.Args[2:]))
	}
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

var built struct {
	once sync.Once
	dir  string
	out  []byte
	err  error
}

// binary is the program under test: one that is there already, or one built for all tests here.
func binary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: programs are not started")
	}
	if name := os.Getenv("INTEGRATION_BIN"); name != "" {
		return name
	}
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "bench"); built.err == nil {
			built.out, built.err = exec.Command("go", "build", "-pgo=off", "-o", filepath.Join(built.dir, "caddy"), "../cmd/caddy").CombinedOutput()
		}
	})
	if built.err != nil {
		t.Fatalf("%v\n%s", built.err, built.out)
	}
	return filepath.Join(built.dir, "caddy")
}

// TestShort runs the short form of a cell with all contenders, and of every other that is not only another configuration
// with those that the goals compare. Each table comes out with a number in each place.
func TestShort(t *testing.T) {
	t.Parallel()
	caddy := binary(t)
	for _, args := range [][]string{
		{"-cells", "1k,100m,idle"},
		{"-cells", "p99,held,growth,busy,syscalls", "-contenders", "haproxy,this", "-threads", "1"},
	} {
		t.Run(args[1], func(t *testing.T) {
			t.Parallel()
			runShort(t, append(args, "-short", "-caddy", caddy, "-o", filepath.Join(t.TempDir(), "RESULTS.md")))
		})
	}
}

func runShort(t *testing.T, args []string) {
	opt, err := parse(args)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var out strings.Builder
	if err := bench(ctx, opt, &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	text, err := os.ReadFile(opt.out)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != strings.TrimRight(out.String(), "\n")+"\n" { // a chapter of the file ends with one newline
		t.Error("the file is not what was printed")
	}
	for _, c := range opt.cells {
		section := between(out.String(), "\n## "+c.name+": ", "\n## ")
		for _, m := range wantMeasures[c.name] {
			n := min(m.columns, len(opt.contenders))
			if !regexp.MustCompile(`(?m)^\| ` + m.name + ` +\|` + strings.Repeat(` +`+m.value+` \|`, n)).MatchString(section) {
				t.Errorf("cell %s: no line of %d numbers for %s:\n%s", c.name, n, m.name, section)
			}
		}
	}
	goals := between(out.String(), "\n## Goals\n", "\n## ")
	for _, c := range opt.cells {
		if !regexp.MustCompile(`(?m)^\| ` + c.name + ` .*(met|accepted|MISSED|not measured) \|$`).MatchString(goals) {
			t.Errorf("no goal of cell %s:\n%s", c.name, goals)
		}
	}
	if t.Failed() || testing.Verbose() {
		t.Log(out.String())
	}
}

// between is the text after a mark up to the next one, or all the rest.
func between(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	section, _, _ := strings.Cut(rest, to)
	return section
}

type wantMeasure struct {
	name    string
	value   string // regular expression
	columns int    // how many of the contenders have a value, from the left
}

const (
	timeRE   = `[\d.]+ [mu]s`
	numberRE = `-?[\d.]+`
)

var wantMeasures = map[string][]wantMeasure{
	"1k":       {{"CPU per request", timeRE, 4}, {"requests/s", numberRE, 4}, {"p50", timeRE, 4}, {"p99", timeRE, 4}},
	"100m":     {{"CPU per request", timeRE, 4}, {"requests/s", numberRE, 4}},
	"p99":      {{"p99", timeRE, 4}, {"p50", timeRE, 4}, {"CPU per request", timeRE, 4}, {"errors", numberRE, 4}, {"generator late, p99", timeRE, 4}},
	"idle":     {{"bytes per connection", numberRE, 4}, {"MiB before", numberRE, 4}},
	"held":     {{"p99", timeRE, 4}, {"p50", timeRE, 4}, {"errors", "0", 4}},
	"growth":   {{"CPU per request, 8 connections", timeRE, 2}, {"CPU per request, 16 connections", timeRE, 2}, {"growth, 8 to 16", numberRE, 2}},
	"busy":     {{"admin API, p99 +\\| +-", timeRE, 2}, {"TLS handshake, p99 +\\| +-", timeRE, 2}, {"health check, p99", timeRE, 2}},
	"syscalls": {{"context switches per request", numberRE, 4}},
}

// TestEveryFileAnswers starts the four programs with each configuration; startAll asks each for its file. In the full
// cells every one must have logged. With both numbers of threads haproxy and this have as many.
func TestEveryFileAnswers(t *testing.T) {
	t.Parallel()
	opt, err := parse([]string{"-short", "-caddy", binary(t)})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{dir: t.TempDir(), opt: opt, caddy: opt.caddy}
	t.Cleanup(l.close)
	if err := l.setUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	list, err := selectCells("16k,full,full-close")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			list, err := (&trial{lab: l, cell: c, threads: 1}).startAll()
			defer stopAll(list)
			if err != nil {
				t.Fatal(err)
			}
			if !c.full {
				return
			}
			for _, p := range list {
				before := l.logged.Load()
				if err := verify(c, p.port); err != nil {
					t.Fatal(err)
				}
				for until := time.Now().Add(5 * time.Second); l.logged.Load() == before; time.Sleep(5 * time.Millisecond) {
					if time.Now().After(until) {
						t.Fatalf("%s logs nothing", p.name)
					}
				}
			}
		})
	}
}

// The profile for the compiler comes from a running process, and is one that the tools read.
func TestProfile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "default.pgo")
	opt, err := parse([]string{"-pgo", file, "-cells", "1k,full", "-duration", "1s", "-caddy", binary(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := bench(context.Background(), opt, new(strings.Builder)); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "tool", "pprof", "-top", "-nodecount", "500", "-cum", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "internal/engine") {
		t.Errorf("the profile does not show the engine: %v\n%s", err, out)
	}
}

func TestOptions(t *testing.T) {
	for _, bad := range []string{
		"-cells nosuch", "-cells 1k,1k", "-duration 1500ms", "-duration 0s", "-rounds 0", "-idle 0", "-threads 0", "-threads two",
		"-growth 64,", "-held 0", "-held-rate 0", "-growth-rate -1", "-contenders apache", "-held-for 0s", "-settle -1s",
	} {
		t.Run(bad, func(t *testing.T) {
			if _, err := parse(strings.Fields(bad)); err == nil {
				t.Error("accepted")
			}
		})
	}
	opt, err := parse([]string{"-cells", "idle,1k", "-threads", "2,1", "-contenders", "this,haproxy"})
	if err != nil || len(opt.cells) != 2 || opt.cells[0].name != "1k" {
		t.Errorf("cells are %+v, %v; want them in the order of the report", opt, err)
	}
	if err == nil && (len(opt.threads) != 2 || opt.threads[1] != 1 || len(opt.contenders) != 2 || opt.contenders[0].name != "haproxy") {
		t.Errorf("got %+v", opt)
	}
	if opt, err = parse([]string{"-pgo", "x"}); err != nil || len(opt.cells) != 4 {
		t.Errorf("the cells of a profile are %+v, %v", opt, err)
	}
}

// A failing cell does not take the others with it.
func TestFailingCellIsReported(t *testing.T) {
	t.Parallel()
	opt, err := parse([]string{"-short", "-cells", "16k,idle", "-contenders", "haproxy", "-caddy", binary(t)})
	if err != nil {
		t.Fatal(err)
	}
	opt.cells[0].file = "nosuch"
	var out strings.Builder
	if err := bench(context.Background(), opt, &out); err == nil || !strings.Contains(err.Error(), "cell 16k") {
		t.Errorf("got %v", err)
	}
	if text := out.String(); !strings.Contains(text, "## 16k: failed") || !strings.Contains(text, "| bytes per connection") {
		t.Errorf("got\n%s", text)
	}
}
