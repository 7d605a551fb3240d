package netif

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Namespace is a network namespace that sockets are opened in later, by whichever goroutine.
type Namespace struct {
	f    *os.File // holds the namespace
	same bool     // it is the process's: no thread has to move
}

// CurrentNamespace is the calling thread's.
func CurrentNamespace() (*Namespace, error) {
	f, err := os.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid()))
	if err != nil {
		return nil, fmt.Errorf("netif: network namespace: %w", err)
	}
	own, err := f.Stat()
	if err == nil {
		var process os.FileInfo
		if process, err = os.Stat("/proc/self/ns/net"); err == nil {
			return &Namespace{f: f, same: os.SameFile(own, process)}, nil
		}
	}
	f.Close()
	return nil, fmt.Errorf("netif: network namespace: %w", err)
}

// Do runs fn on a thread of the namespace. Sockets that it opens belong there; goroutines that it starts do not run there.
func (n *Namespace) Do(fn func() error) error {
	if n.same {
		return fn()
	}
	result := make(chan error, 1)
	go func() {
		err := errors.New("netif: a function in another network namespace ended its goroutine")
		defer func() { result <- err }()
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if e := unix.Setns(int(n.f.Fd()), unix.CLONE_NEWNET); e != nil {
			err = fmt.Errorf("netif: enter network namespace: %w", e)
			return
		}
		err = fn()
	}()
	return <-result
}

// Close lets the namespace go.
func (n *Namespace) Close() error { return n.f.Close() }
