package nstest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// The main thread names the process: whoever looks at /proc/PID/ns sees the main thread's namespace. The main goroutine
// keeps it, so that no goroutine visits a namespace on it.
func init() { runtime.LockOSThread() }

// T is what of testing.TB is needed here, so that programs that measure can use namespaces too.
type T interface {
	Helper()
	// Fatalf ends the goroutine.
	Fatalf(format string, args ...any)
	// Cleanup has fn called at the end, the last one first.
	Cleanup(fn func())
}

// Namespace is a network namespace of a test.
type Namespace struct {
	// Name is what the test calls it; it appears in messages only.
	Name string

	t T
	f *os.File // holds the namespace
}

// New makes a namespace with its loopback up; it ends with the test.
func New(t T, name string) *Namespace {
	t.Helper()
	n := &Namespace{Name: name, t: t}
	if err := visit(func() error { return n.create() }); err != nil {
		t.Fatalf("namespace %s: %v", name, err)
	}
	t.Cleanup(func() { n.f.Close() })
	return n
}

func (n *Namespace) create() (err error) {
	if err = unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare (root is needed): %w", err)
	}
	if n.f, err = os.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid())); err != nil {
		return err
	}
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return netlink.LinkSetUp(lo)
}

// visit runs fn on a thread that is thrown away afterwards, so that no other goroutine ever runs in a foreign namespace.
func visit(fn func() error) (err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err = fn()
	}()
	<-done
	return err
}

// Try runs fn inside. Sockets and files that it opens stay inside; goroutines that it starts do not.
func (n *Namespace) Try(fn func() error) error {
	return visit(func() error {
		if err := unix.Setns(int(n.f.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter %s: %w", n.Name, err)
		}
		return fn()
	})
}

// Do is Try that fails the test. It must be called on the test's own goroutine.
func (n *Namespace) Do(fn func() error) {
	n.t.Helper()
	if err := n.Try(fn); err != nil {
		n.t.Fatalf("%s: %v", n.Name, err)
	}
}

// Run runs a command inside and returns what it printed; failing, it fails the test.
func (n *Namespace) Run(name string, args ...string) string {
	n.t.Helper()
	var out []byte
	n.Do(func() (err error) {
		if out, err = exec.Command(name, args...).CombinedOutput(); err != nil {
			err = fmt.Errorf("%s %q: %w: %s", name, args, err, out)
		}
		return err
	})
	return string(out)
}

// IP runs `ip` with the words of a line.
func (n *Namespace) IP(line string) string {
	n.t.Helper()
	return n.Run("/bin/sh", "-c", "ip "+line)
}
