package guard

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// socketFD is the guard's end of the socket: the first after the standard three.
const socketFD = 3

// process is a guard from outside.
type process struct {
	cmd     *exec.Cmd
	conn    net.Conn
	stderr  *os.File
	stuck   atomic.Bool // killed for its silence
	refused error       // what it said when it could not open its speaker
}

// spawn starts a guard in the namespace that Start was called in.
func (g *Guard) spawn() (*process, error) {
	ours, theirs, err := socketpair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	stderr, theirStderr, err := os.Pipe()
	if err != nil {
		ours.Close()
		return nil, err
	}
	defer theirStderr.Close()
	cmd := exec.Command(g.opts.Command[0], g.opts.Command[1:]...)
	if cmd.Path == "/proc/self/exe" {
		cmd.Args[0] = filepath.Base(os.Args[0])
	}
	cmd.Env = environment()
	cmd.Stderr, cmd.ExtraFiles = theirStderr, []*os.File{theirs}
	cmd.Dir = "/"
	// A session of its own: what a terminal sends to its foreground is for the proxy.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, AmbientCaps: ambient()}
	if err := g.place.Do(cmd.Start); err != nil {
		ours.Close()
		stderr.Close()
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return &process{cmd: cmd, conn: ours, stderr: stderr}, nil
}

// socketpair is two ends that no other child inherits.
func socketpair() (net.Conn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "guard"), os.NewFile(uintptr(fds[1]), "guard")
	defer ours.Close() // FileConn has its own
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return conn, theirs, nil
}

// environment is ours without what a service manager tells its one main process. Few threads from the start keep the time
// until the guard speaks short on a busy machine.
func environment() []string {
	var env []string
	for _, v := range os.Environ() {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "GOMAXPROCS", "GOGC", "GOMEMLIMIT":
		default:
			env = append(env, v)
		}
	}
	return append(env, fmt.Sprintf("GOMAXPROCS=%d", threads))
}

// ambient are the capabilities that the guard can use and we may pass on: an ordinary user's program would lose them.
func ambient() (caps []uintptr) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if unix.Capget(&header, &data[0]) != nil {
		return nil
	}
	for _, c := range []uintptr{unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_SYS_NICE, unix.CAP_IPC_LOCK, unix.CAP_SYS_RESOURCE} {
		if data[0].Permitted&(1<<c) != 0 {
			caps = append(caps, c)
		}
	}
	return caps
}

func (p *process) pid() int { return p.cmd.Process.Pid }
func (p *process) kill()    { p.cmd.Process.Kill() }

// end waits for the end of a guard whose socket has ended with err, and tells why. One that is alive is killed before it
// sees the end of the socket: it would hand everything over.
func (p *process) end(err error) error {
	if err == io.EOF {
		grace := time.AfterFunc(patient, p.kill)
		defer grace.Stop()
	} else {
		p.kill()
	}
	exit := p.cmd.Wait()
	p.conn.Close()
	switch {
	case p.refused != nil:
		return p.refused
	case p.stuck.Load():
		return errors.New("stuck and killed")
	case exit != nil:
		return exit
	case err == io.EOF:
		return io.EOF
	}
	return fmt.Errorf("killed after a broken message: %w", err)
}
