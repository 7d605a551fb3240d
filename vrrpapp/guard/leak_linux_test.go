package guard

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// descriptors are what a process has open.
func descriptors(t *testing.T, pid any) (open []string) {
	t.Helper()
	dir := fmt.Sprintf("/proc/%v/fd", pid)
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		to, _ := os.Readlink(filepath.Join(dir, e.Name()))
		open = append(open, to)
	}
	return open
}

// Neither descriptors nor processes are left over: here, after guards that died and one that was closed; in the guard, of
// what this process has open.
func TestNothingIsLeft(t *testing.T) {
	start(t, Options{}).Close() // the runtime's own
	before := descriptors(t, "self")
	stray := filepath.Join(t.TempDir(), "stray")
	fd, err := unix.Open(stray, unix.O_CREAT|unix.O_RDWR, 0o600) // as a service manager's: without close-on-exec
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{})
	s.kill()
	s.kill()
	sockets := 0
	for _, to := range descriptors(t, s.pid()) {
		if to == stray {
			t.Error("the guard has our file")
		}
		if strings.HasPrefix(to, "socket:") {
			sockets++
		}
	}
	if sockets != 1 {
		t.Errorf("the guard has %d sockets: %q", sockets, descriptors(t, s.pid()))
	}
	s.Close()
	unix.Close(fd)
	if after := descriptors(t, "self"); len(after) > len(before) {
		t.Errorf("open before: %q\nand after: %q", before, after)
	}
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
		t.Errorf("there is a child: %d %v", pid, err)
	}
}

// A guard is in the network namespace that Start was called in, and so are those that follow.
func TestNamespace(t *testing.T) {
	n := nstest.New(t, "n")
	var s *subject
	var want string
	n.Do(func() (err error) {
		if want, err = os.Readlink("/proc/thread-self/ns/net"); err == nil {
			s, err = tryStart(t, Options{})
		}
		return err
	})
	for range 2 {
		got, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", s.pid()))
		if err != nil || got != want {
			t.Errorf("it is in %s, want %s (%v)", got, want, err)
		}
		s.kill()
	}
}
