package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// heading says when, where and what.
func (l *lab) heading(ctx context.Context) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Measured side by side\n\n%s\n\n", time.Now().UTC().Format("2006-01-02 15:04 UTC"))
	fmt.Fprintf(&b, "- command: `%s`\n", strings.TrimSpace("go run ./bench "+strings.Join(l.opt.args, " ")))
	fmt.Fprintf(&b, "- machine: %s/%s, %d processors%s, %s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), kernel())
	fmt.Fprintf(&b, "- load average of the last minute before: %s (anything above 0.3 is other work, and spoils response times first)\n", loadAverage())
	for _, v := range []struct {
		name string
		argv []string
	}{
		{"haproxy", []string{"haproxy", "-v"}},
		{"nginx", []string{"nginx", "-v"}},
		{"caddy", []string{l.caddy, "version"}},
		{"go", []string{"go", "version"}},
		{"this", []string{"git", "describe", "--always", "--dirty"}},
	} {
		fmt.Fprintf(&b, "- %s: %s\n", v.name, firstLine(ctx, v.argv))
	}
	fmt.Fprintf(&b, "\nMedians of %d interleaved rounds of %s. Everything shares the machine: the load (wrk -t2 -c64 where nothing else is said),\n", l.opt.rounds, l.opt.duration)
	b.WriteString("the proxy, and the origin behind it (nginx with one worker). CPU is the user and system time of the proxy's processes.\n\n")
	return b.String()
}

// firstLine runs a program for the first line that it prints.
func firstLine(ctx context.Context, argv []string) string {
	path, err := look(argv[0])
	if err != nil {
		return "not there"
	}
	out, err := exec.CommandContext(ctx, path, argv[1:]...).CombinedOutput()
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
}

// processor is the model's name, where the kernel tells it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	_, rest, ok := strings.Cut(string(text), "model name")
	if !ok {
		return ""
	}
	line, _, _ := strings.Cut(rest, "\n")
	return " (" + strings.Trim(line, " \t:") + ")"
}

// loadAverage is how many threads wanted a processor lately.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// kernel is the running kernel's release.
func kernel() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "kernel unknown"
	}
	return "kernel " + strings.TrimSpace(string(text))
}
