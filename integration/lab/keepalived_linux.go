package lab

import (
	"errors"
	"os/exec"
	"strings"
	"syscall"
)

// keepalived is Debian's.
type keepalived struct{}

func (keepalived) Name() string { return "keepalived" }

func (keepalived) command(m *Member) *exec.Cmd {
	return exec.Command("keepalived", "--dont-fork", "--log-console", "--log-detail", "--vrrp", "-f", m.file, "-p", m.dir+"/pid", "-r", m.dir+"/vrrp.pid")
}

func (keepalived) ready(m *Member) bool { return strings.Contains(m.process.Output(), "STATE") }

func (keepalived) reload(m *Member) error {
	before := strings.Count(m.Log(), "Reloading")
	m.process.Signal(syscall.SIGHUP)
	m.world.Must("keepalived's reload", soon, func() bool { return strings.Count(m.Log(), "Reloading") > before })
	return nil
}

func (keepalived) order(*Member, string) error { return errors.New("keepalived takes no orders") }
