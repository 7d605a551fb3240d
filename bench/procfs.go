package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tree lists the process and its children: nginx works in children.
func (p *process) tree() []int {
	pid := p.cmd.Process.Pid
	list := []int{pid}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return list
	}
	for _, f := range strings.Fields(string(text)) {
		if n, err := strconv.Atoi(f); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// tick is the unit of the times in /proc/PID/stat: the kernel's USER_HZ, 100 on every architecture that Go knows.
const tick = time.Second / 100

// cpu is the time that all threads of the program have run so far, in user and in kernel mode.
func (p *process) cpu() (time.Duration, error) {
	var sum time.Duration
	for _, pid := range p.tree() {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return 0, err
		}
		t, err := statTimes(string(text))
		if err != nil {
			return 0, err
		}
		sum += t
	}
	return sum, nil
}

// statTimes reads utime and stime, the fields 14 and 15 of proc(5). The name before them may hold anything.
func statTimes(text string) (time.Duration, error) {
	f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(f) < 13 {
		return 0, errors.New("short /proc/PID/stat")
	}
	user, err := strconv.ParseInt(f[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * tick, err
}

// memory is the resident memory of the program in bytes, what it shares with its children counted once (Pss).
func (p *process) memory() (int64, error) {
	var sum int64
	for _, pid := range p.tree() {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return 0, err
		}
		_, rest, _ := strings.Cut(string(text), "\nPss:")
		f := strings.Fields(rest)
		if len(f) == 0 {
			return 0, errors.New("no Pss in smaps_rollup")
		}
		kb, err := strconv.ParseInt(f[0], 10, 64)
		if err != nil {
			return 0, err
		}
		sum += kb << 10
	}
	return sum, nil
}

// switches counts how often each thread of the program was taken from its processor, by its own wish or not.
func (p *process) switches() (map[int]int64, error) {
	count := make(map[int]int64)
	for _, pid := range p.tree() {
		tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		if err != nil {
			return nil, err
		}
		for _, task := range tasks {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/status", pid, task.Name()))
			if err != nil {
				continue // the thread has ended
			}
			tid, err := strconv.Atoi(task.Name())
			if err != nil {
				return nil, err
			}
			if count[tid], err = statusSwitches(string(text)); err != nil {
				return nil, err
			}
		}
	}
	return count, nil
}

// statusSwitches adds voluntary_ctxt_switches and nonvoluntary_ctxt_switches of /proc/PID/task/TID/status.
func statusSwitches(text string) (int64, error) {
	var sum int64
	var found int
	for line := range strings.Lines(text) {
		name, v, _ := strings.Cut(line, ":")
		if !strings.HasSuffix(name, "voluntary_ctxt_switches") {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		if err != nil {
			return 0, err
		}
		sum += n
		found++
	}
	if found != 2 {
		return 0, errors.New("no count of context switches in /proc/PID/task/TID/status")
	}
	return sum, nil
}
