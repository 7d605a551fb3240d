package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// process is a program that was started, with its children.
type process struct {
	name   string
	port   int
	dir    string
	cmd    *exec.Cmd
	out    output
	exited chan struct{}
}

// output keeps what a program printed, for the report of a failure.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.b.Len() < 1<<16 {
		o.b.Write(p)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// start runs a program that works in dir, in a process group of its own and with more environment, and returns when it
// accepts connections on its port.
func start(name, dir string, port int, argv, env []string) (*process, error) {
	path, err := look(argv[0])
	if err != nil {
		return nil, err
	}
	p := &process{name: name, port: port, dir: dir, cmd: exec.Command(path, argv[1:]...), exited: make(chan struct{})}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = p.cmd.Wait(); close(p.exited) }()
	if err := p.await(); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// look finds a program, also where Debian puts those of root.
func look(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		if p, err2 := exec.LookPath("/usr/sbin/" + name); err2 == nil {
			return p, nil
		}
		return "", fmt.Errorf("%w (apt-get install haproxy nginx wrk)", err)
	}
	return path, nil
}

func (p *process) await() error {
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended at once:\n%s", p.name, p.out.String())
		default:
		}
		if c, err := net.Dial("tcp", address(p.port)); err == nil {
			return c.Close()
		}
	}
	return fmt.Errorf("%s does not listen on port %d:\n%s", p.name, p.port, p.out.String())
}

// stop ends the program softly, then what is left of its group.
func (p *process) stop() {
	pid := p.cmd.Process.Pid
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(2 * time.Second):
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	<-p.exited
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freePort asks the system for a port that nobody uses.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
