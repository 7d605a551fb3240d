//go:build !unix

package script

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

type who struct{}

func (r Rules) who(s Script) (*who, error) {
	if s.User != "" || s.Group != "" || r.User != "" || r.Group != "" {
		return nil, errors.New("scripts run as another user only on Unix")
	}
	return nil, nil
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
