package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// binary is the program under test: one that is there already, or one built for the test.
func binary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: programs are not started")
	}
	if name := os.Getenv("INTEGRATION_BIN"); name != "" {
		return name
	}
	name := filepath.Join(t.TempDir(), "caddy")
	if out, err := exec.Command("go", "build", "-o", name, "../cmd/caddy").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// TestShort runs the short form: all four answer, and every cell's table comes out with a number in each place.
func TestShort(t *testing.T) {
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	opt, err := parse([]string{"-short", "-caddy", binary(t), "-o", file})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var out strings.Builder
	if err := bench(ctx, opt, &out); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != out.String() {
		t.Error("the file is not what was printed")
	}
	for _, c := range opt.cells {
		_, rest, ok := strings.Cut(out.String(), "## "+c.name+": ")
		if !ok {
			t.Errorf("cell %s is missing", c.name)
			continue
		}
		section, _, _ := strings.Cut(rest, "## ")
		for _, who := range contenders {
			cells := `( [\d.]+ \|| +[\d.]+ [mu]s \|| +[\d.]+ \|| +[\d.-]+ \|)+\n`
			if !regexp.MustCompile(`\| ` + who.name + ` +\|` + cells).MatchString(section) {
				t.Errorf("cell %s: no line of numbers for %s:\n%s", c.name, who.name, section)
			}
		}
	}
	if t.Failed() || testing.Verbose() {
		t.Log(out.String())
	}
}

// TestEveryCellAnswers starts the four programs with each cell's configuration; startAll asks each for its file. In the
// full cells every one must have logged.
func TestEveryCellAnswers(t *testing.T) {
	opt, err := parse([]string{"-short", "-caddy", binary(t)})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{dir: t.TempDir(), opt: opt, caddy: opt.caddy}
	t.Cleanup(l.close)
	if err := l.setUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		t.Run(c.name, func(t *testing.T) {
			list, err := l.startAll(c)
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

func TestParseWrk(t *testing.T) {
	const good = `Running 1s test @ http://127.0.0.1:1/1k
  2 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.95ms    2.31ms  33.92ms   92.53%
    Req/Sec    11.73k     2.50k   16.21k    66.67%
  Latency Distribution
     50%    2.48ms
     75%    3.36ms
     90%    4.76ms
     99%   14.39ms
  24605 requests in 1.10s, 30.50MB read
Requests/sec:  22358.41
Transfer/sec:     27.72MB
`
	got, err := parseWrk(good)
	if err != nil {
		t.Fatal(err)
	}
	want := turn{requests: 24605, rate: 22358.41, p50: 2480 * time.Microsecond, p99: 14390 * time.Microsecond}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for name, bad := range map[string]string{
		"errors":       good + "  Non-2xx or 3xx responses: 12\n",
		"sockets":      strings.Replace(good, "Requests/sec", "  Socket errors: connect 0, read 3, write 0, timeout 0\nRequests/sec", 1),
		"nothing":      strings.Replace(good, "24605 requests", "0 requests", 1),
		"not a result": "unable to connect to 127.0.0.1:1 Connection refused\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := parseWrk(bad); err == nil {
				t.Errorf("accepted as %+v", got)
			}
		})
	}
}

func TestStatTimes(t *testing.T) {
	got, err := statTimes("12 (a ) b) S 1 12 12 0 -1 4194560 1 0 0 0 250 50 7 8 20 0 1 0 100 0 0")
	if want := 3 * time.Second; err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := statTimes("12 (a) S 1"); err == nil {
		t.Error("a short line was accepted")
	}
}

// The times of this very process grow when it works.
func TestCPUAndMemory(t *testing.T) {
	p := &process{cmd: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}
	begin, err := p.cpu()
	if err != nil {
		t.Skip("no /proc here:", err)
	}
	for until := time.Now().Add(10 * time.Second); ; {
		now, err := p.cpu()
		if err != nil {
			t.Fatal(err)
		}
		if now-begin >= 5*tick {
			break
		}
		if time.Now().After(until) {
			t.Fatal("the CPU time does not grow")
		}
	}
	if n, err := p.memory(); err != nil || n < 1<<20 {
		t.Errorf("memory is %d, %v", n, err)
	}
}

func TestMedian(t *testing.T) {
	for _, row := range []struct {
		in   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(row.in); got != row.want {
			t.Errorf("median(%v) = %v, want %v", row.in, got, row.want)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, bad := range []string{"-cells nosuch", "-cells 1k,1k", "-duration 1500ms", "-duration 0s", "-rounds 0", "-idle 0"} {
		t.Run(bad, func(t *testing.T) {
			if _, err := parse(strings.Fields(bad)); err == nil {
				t.Error("accepted")
			}
		})
	}
	opt, err := parse([]string{"-cells", "idle,1k"})
	if err != nil || len(opt.cells) != 2 || opt.cells[0].name != "1k" {
		t.Errorf("cells are %+v, %v; want them in the order of the report", opt, err)
	}
}
