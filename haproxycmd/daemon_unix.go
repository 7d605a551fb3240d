//go:build unix

package haproxycmd

import (
	"io"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// childEnv names, in the environment of the background process, the descriptor on which it tells that it is ready.
const childEnv = "CADDY_HAPROXY_READY_FD"

// child is the background process's line to its parent.
type child struct{ pipe *os.File }

// adoptChild returns the line to the parent, nil when there is none.
func adoptChild() *child {
	n, err := strconv.Atoi(os.Getenv(childEnv))
	if err != nil {
		return nil
	}
	os.Unsetenv(childEnv)
	unix.CloseOnExec(n)
	return &child{os.NewFile(uintptr(n), "ready")}
}

// ready tells the parent to exit, and lets go of its standard input and outputs.
func (c *child) ready(r *reporter) {
	if c == nil {
		return
	}
	r.hush()
	if null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0); err == nil {
		for fd := range 3 {
			unix.Dup2(int(null.Fd()), fd)
		}
		null.Close()
	}
	c.pipe.Write([]byte{1})
	c.pipe.Close()
}

// spawn starts the command again as a background process and waits until that has bound everything.
func (c *command) spawn() int {
	exe, err := os.Executable()
	if err != nil {
		c.report.say(cfg.Alert, "[haproxy.main()] Cannot fork: %s", err)
		return 1
	}
	r, w, err := os.Pipe()
	if err != nil {
		c.report.say(cfg.Alert, "[haproxy.main()] Cannot fork: %s", reason(err))
		return 1
	}
	defer r.Close()
	files := inherited()
	ready := len(files)
	files = append(files, w.Fd())
	pid, err := syscall.ForkExec(exe, original, &syscall.ProcAttr{
		Env: append(os.Environ(), childEnv+"="+strconv.Itoa(ready)), Files: files, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	w.Close()
	if err != nil {
		c.report.say(cfg.Alert, "[haproxy.main()] Cannot fork: %s", reason(err))
		return 1
	}
	if n, _ := io.ReadFull(r, make([]byte, 1)); n == 1 {
		return 0
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, 0, nil); err == nil && status.Exited() && status.ExitStatus() != 0 {
		return status.ExitStatus()
	}
	return 1
}

// inherited are the descriptors that this process was started with, each at its own number: sockets of fd@N among them.
func inherited() []uintptr {
	files := []uintptr{0, 1, 2}
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		if err != nil || n < 3 {
			continue
		}
		flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC != 0 {
			continue
		}
		for len(files) <= n {
			files = append(files, ^uintptr(0))
		}
		files[n] = uintptr(n)
	}
	return files
}
