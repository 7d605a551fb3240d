package keepalivedconf

import (
	"os"
	"os/exec"
	"os/user"
)

// Host answers the adapter's questions about the machine that the configuration is for; the answers only make warnings.
type Host interface {
	// Command finds a program as execvp would, or says why it cannot be run.
	Command(name string) (path string, err error)
	// Read returns a file's text.
	Read(path string) ([]byte, error)
	// User and Group report whether there is such a name.
	User(name string) bool
	Group(name string) bool
}

// system is this machine.
type system struct{}

func (system) Command(name string) (string, error) { return exec.LookPath(name) }

func (system) Read(path string) ([]byte, error) { return os.ReadFile(path) }

func (system) User(name string) bool {
	_, err := user.Lookup(name)
	return err == nil
}

func (system) Group(name string) bool {
	_, err := user.LookupGroup(name)
	return err == nil
}
