//go:build netiodebug

package netio

import (
	"strings"
	"testing"
	"time"
)

type heldReport struct {
	loop  int
	d     time.Duration
	stack string
}

// collectHeld takes the reports of the watchdogs until the test ends.
func collectHeld(t *testing.T) *list[heldReport] {
	got, old := new(list[heldReport]), held
	held = func(loop int, d time.Duration, stack []byte) { got.add(heldReport{loop, d, string(stack)}) }
	t.Cleanup(func() { held = old }) // after the loops have ended
	return got
}

// holdsTheLoop is the bug that the watchdog is for.
func holdsTheLoop() { time.Sleep(50 * time.Millisecond) }

func TestWatchdog(t *testing.T) {
	rows := []struct {
		name string
		do   func(l *loop)
		want string // in the stack, empty: no report
	}{
		{"task", func(l *loop) { on(t, l, func(*Task) { holdsTheLoop() }) }, "netio.holdsTheLoop"},
		{"later in a task", func(l *loop) {
			on(t, l, func(task *Task) {
				task.Sleep(20*ms, NewEvent(), nil)
				holdsTheLoop()
			})
		}, "netio.holdsTheLoop"},
		{"fork", func(l *loop) {
			on(t, l, func(task *Task) { task.Fork(holdsTheLoop); task.Join() })
		}, "netio.holdsTheLoop"},
		{"computing", func(l *loop) {
			on(t, l, func(*Task) {
				for began := time.Now(); time.Since(began) < 50*ms; {
				}
			})
		}, "netio.TestWatchdog"},
		{"the loop itself", func(l *loop) {
			done := make(chan struct{})
			l.post(note{fn: func() { holdsTheLoop(); close(done) }})
			<-done
		}, "netio.holdsTheLoop"},
		{"waiting", func(l *loop) {
			on(t, l, func(task *Task) { task.Sleep(50*ms, NewEvent(), nil) })
		}, ""},
		{"offload", func(l *loop) {
			on(t, l, func(task *Task) { task.Offload(holdsTheLoop) })
		}, ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := collectHeld(t)
			l := newLoops(t, 1).loops[0]
			for range 3 { // a coroutine that is used again, too
				row.do(l)
			}
			reports := got.all()
			if row.want == "" {
				for _, r := range reports {
					if strings.Contains(r.stack, "holdsTheLoop") {
						t.Errorf("reported without reason:\n%s", r.stack)
					}
				}
				return
			}
			hits := 0
			for _, r := range reports {
				if strings.Contains(r.stack, row.want) && strings.Contains(r.stack, "loop_debug_linux_test.go:") {
					hits++
				}
				if r.loop != l.id || r.d < heldLimit || strings.Count(r.stack, "\ngoroutine ") > 0 {
					t.Errorf("loop %d, %v, %d bytes of stack", r.loop, r.d, len(r.stack))
				}
			}
			if hits != 3 {
				t.Errorf("%d of 3 were reported with their stack: %v", hits, reports)
			}
		})
	}
}
