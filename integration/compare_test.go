package integration

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// compare runs the exchanges through both programs. What differs runs again with fresh processes, fewer neighbours and
// more patience, so that a busy machine is not taken for a difference, nor for the end of a listed one; what still differs
// the third time is one.
func compare(t *testing.T, prelude string, list []exchange) {
	needPrograms(t)
	t.Parallel()
	todo := make([]*exchange, len(list))
	seen := map[string]bool{}
	for i := range list {
		todo[i] = &list[i]
		if seen[ident(list[i].name)] {
			t.Fatalf("two exchanges are called %q", list[i].name)
		}
		seen[ident(list[i].name)] = true
	}
	results := map[*exchange][2]string{}
	for _, round := range []struct {
		patience time.Duration
		width    int
	}{{quiet, concurrent}, {3 * quiet, 8}, {6 * quiet, 3}} {
		if len(todo) == 0 {
			break
		}
		var differ []*exchange
		for x, r := range runBoth(t, prelude, todo, round.patience, round.width) {
			results[x] = r
			if (r[0] != r[1]) == (differences[t.Name()+"/"+x.name] == "") {
				differ = append(differ, x)
			}
		}
		todo = differ
	}
	names := map[string]bool{}
	for i := range list {
		names[list[i].name] = true
		report(t, t.Name()+"/"+list[i].name, &list[i], results[&list[i]])
	}
	noStrangers(t, names)
}

// noStrangers fails for differences of the test that name no exchange.
func noStrangers(t *testing.T, names map[string]bool) {
	t.Helper()
	for key := range differences {
		if name, ok := strings.CutPrefix(key, t.Name()+"/"); ok && !names[name] {
			t.Errorf("the list of differences names %q, which does not exist", key)
		}
	}
}

func report(t *testing.T, key string, x *exchange, r [2]string) {
	t.Run(x.name, func(t *testing.T) {
		if reason := differences[key]; reason != "" {
			if r[0] == r[1] {
				t.Errorf("listed as a difference, but both sides do the same now: take it off the list (%s)", reason)
			}
			return
		}
		t.Logf("haproxy:\n%s", r[0])
		if r[0] != r[1] {
			t.Errorf("-haproxy +ours\n%s", cmp.Diff(strings.Split(r[0], "\n"), strings.Split(r[1], "\n")))
		}
		if r[0] == "" {
			t.Error("nothing was recorded")
		}
	})
}

// runBoth starts both programs with the same exchanges and plays all of them, width at a time.
func runBoth(t *testing.T, prelude string, list []*exchange, patience time.Duration, width int) map[*exchange][2]string {
	t.Helper()
	out := map[*exchange][2]string{}
	var mu sync.Mutex
	gate := make(chan struct{}, width)
	var all sync.WaitGroup
	for i, side := range []program{theirs, ours} {
		stages := startStages(t, side, prelude, list)
		for _, s := range stages {
			all.Go(func() {
				gate <- struct{}{}
				text, err := s.play(patience)
				<-gate
				if err != nil {
					text = err.Error()
				}
				mu.Lock()
				r := out[s.x]
				r[i] = text
				out[s.x] = r
				mu.Unlock()
			})
		}
	}
	all.Wait()
	for x, r := range out {
		r[0], r[1] = alignTimers(r[0], r[1])
		out[x] = r
	}
	return out
}

// startStages starts one program with a proxy pair for each exchange.
func startStages(t *testing.T, side program, prelude string, list []*exchange) []*stage {
	t.Helper()
	var text strings.Builder
	text.WriteString("global\n nbthread 1\n" + prelude + "\n")
	stages := make([]*stage, len(list))
	for i, x := range list {
		stages[i] = newStage(t, x)
		text.WriteString(stages[i].config())
	}
	ready := freePort(t)
	fmt.Fprintf(&text, "defaults\n mode http\n timeout client 1s\nfrontend ready\n bind %s\n monitor-uri /\n", addr(ready))
	start(t, side, text.String(), ready)
	return stages
}

var logTimers = regexp.MustCompile(` (\+?-?\d+(?:/\+?-?\d+){4}) (-?\d+) (\+?\d+) `)

// alignTimers replaces the timers of log lines by T where both sides agree: -1 is exact, and so is the sign before the
// total, the rest within a tolerance that a busy machine needs.
func alignTimers(a, b string) (string, string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		p, q := logTimers.FindStringSubmatchIndex(x[i]), logTimers.FindStringSubmatchIndex(y[i])
		if p == nil || q == nil || !strings.HasPrefix(x[i], "log: ") {
			continue
		}
		if closeTimers(x[i][p[2]:p[3]], y[i][q[2]:q[3]]) {
			x[i] = x[i][:p[2]] + "T" + x[i][p[3]:]
			y[i] = y[i][:q[2]] + "T" + y[i][q[3]:]
		}
	}
	return strings.Join(x, "\n"), strings.Join(y, "\n")
}

const timerTolerance = 120 // milliseconds

func closeTimers(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range x {
		if strings.HasPrefix(x[i], "+") != strings.HasPrefix(y[i], "+") {
			return false
		}
		m, err1 := strconv.Atoi(x[i])
		n, err2 := strconv.Atoi(y[i])
		if err1 != nil || err2 != nil || (m < 0) != (n < 0) || m-n > timerTolerance || n-m > timerTolerance {
			return false
		}
	}
	return true
}
