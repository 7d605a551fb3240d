package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// topCalls is how many kinds of calls are listed of each program.
const topCalls = 6

// tracer is a running strace.
type tracer struct {
	cmd *exec.Cmd
	err attachment
}

// trace attaches strace to all threads of a program.
func trace(ctx context.Context, p *process, file string) (*tracer, error) {
	path, err := look("strace")
	if err != nil {
		return nil, err
	}
	argv := []string{"-c", "-f", "-o", file}
	pids := p.tree()
	for _, pid := range pids {
		argv = append(argv, "-p", strconv.Itoa(pid))
	}
	s := &tracer{cmd: exec.Command(path, argv...), err: attachment{want: len(pids), all: make(chan struct{})}}
	s.cmd.Stderr = &s.err
	s.cmd.Stdout = io.Discard
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() { _ = s.cmd.Wait(); close(ended) }()
	s.err.ended = ended
	select {
	case <-s.err.all:
		return s, nil
	case <-ended:
		return nil, errors.New("strace ended at once: " + s.err.String())
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(10 * time.Second):
		err = errors.New("strace does not attach: " + s.err.String())
	}
	return nil, errors.Join(err, s.stop())
}

// stop detaches, upon which strace writes its table.
func (s *tracer) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	select {
	case <-s.err.ended:
		return nil
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.err.ended
		return errors.New("strace does not end")
	}
}

// attachment reads what strace says, until it has attached to all processes.
type attachment struct {
	mu    sync.Mutex
	b     bytes.Buffer
	want  int
	all   chan struct{}
	ended chan struct{}
}

func (a *attachment) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.b.Write(p)
	if a.want > 0 && bytes.Count(a.b.Bytes(), []byte(" attached")) >= a.want {
		a.want = 0
		close(a.all)
	}
	return len(p), nil
}

func (a *attachment) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.b.String()
}

// callCounts are the numbers of calls by their names.
type callCounts map[string]int64

func (c callCounts) all() (sum int64) {
	for _, n := range c {
		sum += n
	}
	return sum
}

// top lists the most frequent calls, per request.
func (c callCounts) top(requests int) string {
	type call struct {
		name string
		n    int64
	}
	var list []call
	for name, n := range c {
		list = append(list, call{name, n})
	}
	slices.SortFunc(list, func(a, b call) int { return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.name, b.name)) })
	var text []string
	for _, e := range list[:min(topCalls, len(list))] {
		text = append(text, fmt.Sprintf("%s %.3f", e.name, float64(e.n)/float64(requests)))
	}
	return strings.Join(text, ", ")
}

// parseCounts reads strace's table: % time, seconds, usecs/call, calls, errors where there were some, name.
func parseCounts(text string) (callCounts, error) {
	counts := make(callCounts)
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 5 || f[len(f)-1] == "total" || f[0] == "%" || strings.HasPrefix(f[0], "-") {
			continue
		}
		n, err := strconv.ParseInt(f[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("cannot read strace's line %q", strings.TrimSpace(line))
		}
		counts[f[len(f)-1]] = n
	}
	if len(counts) == 0 {
		return nil, errors.New("strace counted nothing")
	}
	return counts, nil
}
