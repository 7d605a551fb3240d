package keepalivedconf

import (
	"os/exec"
	"os/user"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/track"
)

// Host answers the adapter's questions about the machine that the configuration is for; the answers only make warnings.
type Host interface {
	// Command finds a program as execvp would, or says why it cannot be run.
	Command(name string) (path string, err error)
	// StopsKeepalived reports whether a shell script ends keepalived somewhere, and the first line that does.
	StopsKeepalived(path string) (line int, ok bool)
	// User and Group report whether there is such a name.
	User(name string) bool
	Group(name string) bool
}

// system is this machine.
type system struct{}

func (system) Command(name string) (string, error) { return exec.LookPath(name) }

// StopsKeepalived is track.StopsKeepalived.
func (system) StopsKeepalived(path string) (int, bool) { return track.StopsKeepalived(path) }

func (system) User(name string) bool {
	_, err := user.Lookup(name)
	return err == nil
}

func (system) Group(name string) bool {
	_, err := user.LookupGroup(name)
	return err == nil
}
