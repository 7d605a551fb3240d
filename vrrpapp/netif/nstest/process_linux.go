package nstest

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Process is a command that runs inside a namespace until the test ends.
type Process struct {
	cmd  *exec.Cmd
	out  output
	done chan struct{}
}

// output is what a process has printed so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

// Start starts a command inside. When the test ends it gets SIGTERM, and SIGKILL if it has not ended after two seconds.
func (n *Namespace) Start(name string, args ...string) *Process {
	n.t.Helper()
	return n.StartCommand(exec.Command(name, args...))
}

// StartCommand is Start with more of exec.Cmd: an environment, a folder.
func (n *Namespace) StartCommand(cmd *exec.Cmd) *Process {
	n.t.Helper()
	p := &Process{cmd: cmd, done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	p.cmd.WaitDelay = time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	n.Do(func() error {
		// The thread is thrown away: only the command is meant, for tests that have hurried themselves.
		if err := unix.Setpriority(unix.PRIO_PROCESS, 0, 0); err != nil {
			return err
		}
		return p.cmd.Start()
	})
	go func() { p.cmd.Wait(); close(p.done) }()
	n.t.Cleanup(func() { p.Stop() })
	return p
}

// Output is everything printed so far, both streams.
func (p *Process) Output() string {
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	return p.out.buf.String()
}

// Printed reports whether text appears in the output within d.
func (p *Process) Printed(text string, d time.Duration) bool {
	return Within(d, func() bool { return strings.Contains(p.Output(), text) })
}

// Signal sends a signal to the process and, unlike Kill, to nobody else.
func (p *Process) Signal(s os.Signal) { p.cmd.Process.Signal(s) }

// Kill kills the process and its children at once.
func (p *Process) Kill() {
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// Pid is the process's number.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stop ends the process and waits for its end.
func (p *Process) Stop() {
	select {
	case <-p.done:
		return
	default:
	}
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(2 * time.Second):
		p.Kill()
	}
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Within asks again and again for at most d whether something holds.
func Within(d time.Duration, ok func() bool) bool {
	for end := time.Now().Add(d); ; time.Sleep(time.Millisecond) {
		if ok() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}
