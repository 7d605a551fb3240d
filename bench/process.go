package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a program that was started, with its children.
type process struct {
	name   string
	port   int
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

// start runs a program in a process group of its own, and returns when it accepts connections on its port.
func start(name, dir string, port int, argv []string) (*process, error) {
	path, err := look(argv[0])
	if err != nil {
		return nil, err
	}
	p := &process{name: name, port: port, cmd: exec.Command(path, argv[1:]...), exited: make(chan struct{})}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS=2", "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir,
		"CADDY_ADMIN=unix/"+filepath.Join(dir, "admin.sock"))
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
