package script

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Script is a program with its arguments and who runs it.
type Script struct {
	// Command is the program's absolute path and its arguments. No shell is between.
	Command []string
	// User and Group are names or numbers. Default: those of Rules.
	User, Group string
}

// shell runs a program that the kernel does not know how to run.
const shell = "/bin/sh"

// Rules are what the configuration says about all scripts.
type Rules struct {
	// User and Group run scripts that name none (script_user). Default keepalived_script if there is such a user, else who
	// runs this process.
	User, Group string
	// Secure refuses scripts that would run as root and that somebody else can change (enable_script_security).
	Secure bool
}

// Program is a script that is ready to run.
type Program struct {
	args []string
	who  *who
}

// Ready makes a script ready. An error says why it is never run, as keepalived 2.2.7 disables it until the next reload: the
// program is not there or not executable for its user, there is no such user, or Secure forbids it. A warning is about a program
// that runs all the same.
func (r Rules) Ready(s Script) (p *Program, warnings []string, err error) {
	if len(s.Command) == 0 || s.Command[0] == "" {
		return nil, nil, errors.New("no command")
	}
	p = &Program{args: s.Command}
	var warning string
	if p.who, warning, err = r.who(s); err != nil {
		return nil, nil, err
	}
	if warning != "" {
		warnings = append(warnings, s.Command[0]+": "+warning)
	}
	if !filepath.IsAbs(s.Command[0]) {
		path, err := exec.LookPath(s.Command[0])
		if err != nil {
			return nil, nil, err
		}
		if path, err = filepath.Abs(path); err != nil {
			return nil, nil, err
		}
		p.args = append([]string{path}, s.Command[1:]...)
		warnings = append(warnings, fmt.Sprintf("%s was found as %s: write the whole path", s.Command[0], path))
	}
	if err := p.who.executable(p.args[0]); err != nil {
		return nil, warnings, err
	}
	if r.Secure && p.who.isRoot() {
		if reason := writable(p.args[0]); reason != "" {
			return nil, warnings, fmt.Errorf("%s is not run as root: %s", p.args[0], reason)
		}
	}
	return p, warnings, nil
}

// Result is how a run ended.
type Result struct {
	// Status is the exit status, 128 and the signal's number if it was killed, -1 if it never started.
	Status int
	// TimedOut is whether it was ended because its time was over.
	TimedOut bool
	// Err is why it never started.
	Err error
	// Took is from start to end.
	Took time.Duration
}

// OK is whether it ended by itself with status 0.
func (r Result) OK() bool { return r.Status == 0 && !r.TimedOut && r.Err == nil }

// String is for a log line.
func (r Result) String() string {
	switch {
	case r.Err != nil:
		return r.Err.Error()
	case r.TimedOut:
		return fmt.Sprintf("timed out after %v", r.Took.Round(time.Millisecond))
	case r.Status > 128:
		return fmt.Sprintf("killed by signal %d", r.Status-128)
	}
	return fmt.Sprintf("exit status %d", r.Status)
}

// Args is the program with its arguments.
func (p *Program) Args() []string { return p.args }

// With is the same program with other words, for instance run through an interpreter.
func (p *Program) With(args ...string) *Program { return &Program{args: args, who: p.who} }

// Run runs it with further arguments and waits for its end and that of its process group's leader. After timeout (0: none) or
// when ctx is done the whole group gets SIGTERM, and SIGKILL after grace. Standard streams are /dev/null; the
// environment and the working directory are this process's, as keepalived gives them.
func (p *Program) Run(ctx context.Context, timeout, grace time.Duration, more ...string) Result {
	run, err := p.Start(more...)
	if err != nil {
		return Result{Status: -1, Err: err}
	}
	var over <-chan time.Time
	if timeout > 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		over = t.C
	}
	timedOut := false
	select {
	case <-run.Done():
	case <-over:
		timedOut = true
		run.End(grace)
	case <-ctx.Done():
		run.End(grace)
	}
	r := run.Result()
	r.TimedOut = timedOut
	return r
}

// Run is a program that runs.
type Run struct {
	cmd   *exec.Cmd
	began time.Time
	done  chan struct{}
	took  time.Duration
}

// Start starts it with further arguments.
func (p *Program) Start(more ...string) (*Run, error) {
	args := append(p.args[:len(p.args):len(p.args)], more...)
	cmd := &exec.Cmd{Path: args[0], Args: args, Env: os.Environ()}
	alone(cmd, p.who)
	r := &Run{cmd: cmd, began: time.Now(), done: make(chan struct{})}
	err := cmd.Start()
	if errors.Is(err, syscall.ENOEXEC) { // a script without #!: the shell's, as with keepalived
		cmd = &exec.Cmd{Path: shell, Args: append([]string{shell}, args...), Env: cmd.Env}
		alone(cmd, p.who)
		r.cmd, err = cmd, cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	go func() {
		cmd.Wait() // the state says the same as the error
		r.took = time.Since(r.began)
		close(r.done)
	}()
	return r, nil
}

// Pid is the process's number.
func (r *Run) Pid() int { return r.cmd.Process.Pid }

// Done is closed when it has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// End ends it and what it started in its process group, and waits: SIGTERM, after grace SIGKILL.
func (r *Run) End(grace time.Duration) {
	select {
	case <-r.done:
		return
	default:
	}
	signalGroup(r.cmd.Process, syscall.SIGTERM)
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-r.done:
	case <-t.C:
	}
	// Its children may be deaf to SIGTERM where it was not.
	signalGroup(r.cmd.Process, syscall.SIGKILL)
	<-r.done
}

// Result is how it ended. It waits for the end.
func (r *Run) Result() Result {
	<-r.done
	return Result{Status: cmp.Or(killedBy(r.cmd.ProcessState), r.cmd.ProcessState.ExitCode()), Took: r.took}
}
