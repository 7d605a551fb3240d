//go:build !unix

package script

import (
	"os"
	"os/exec"
	"syscall"
)

type who struct{}

func (r Rules) who(s Script) (w *who, warning string, err error) {
	if s.User != "" || s.Group != "" || r.User != "" || r.Group != "" {
		warning = "it runs as this process: other users only on Unix"
	}
	return nil, warning, nil
}

func (*who) isRoot() bool { return false }

func (*who) executable(path string) error {
	_, err := os.Stat(path)
	return err
}

func writable(string) string { return "" }

func alone(*exec.Cmd, *who) {}

func signalGroup(p *os.Process, _ syscall.Signal) { p.Kill() }

func killedBy(*os.ProcessState) int { return 0 }
