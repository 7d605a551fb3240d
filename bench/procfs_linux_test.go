package main

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

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
		t.Fatal(err)
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

func TestStatusSwitches(t *testing.T) {
	got, err := statusSwitches("Name:\tx\nThreads:\t3\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n")
	if err != nil || got != 695 {
		t.Errorf("got %d, %v, want 695", got, err)
	}
	for _, bad := range []string{"", "voluntary_ctxt_switches:\t150\n", "voluntary_ctxt_switches:\tx\nnonvoluntary_ctxt_switches:\t545\n"} {
		if _, err := statusSwitches(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// A thread that sleeps is switched away from.
func TestSwitchesGrow(t *testing.T) {
	p := &process{cmd: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}
	begin, err := p.switches()
	if err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		now, err := p.switches()
		if err != nil {
			t.Fatal(err)
		}
		for tid, n := range now {
			if n > begin[tid] {
				return
			}
		}
		if time.Now().After(until) {
			t.Fatal("no context switch is counted")
		}
	}
}
