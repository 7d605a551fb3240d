package lab

import (
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// stalls notes when a thread with the guard's priority could not change an address: there is one lock for the interfaces of all
// namespaces (RTNL), which those that other cases make and remove hold for some 10 ms at times, and a virtual machine may stand still.
// That is no node's own doing.
type stalls struct {
	mu    sync.Mutex
	list  [][2]time.Time
	begun time.Time // of the change that is due or under way
}

// every is how often it tries.
const every = 5 * time.Millisecond

// ordinary is what a change takes that does not wait.
const ordinary = time.Millisecond

// watchStalls begins to change an address again and again, in a namespace and on a thread of its own, with the guard's priority. It ends
// with the process.
var watchStalls = sync.OnceValues(func() (*stalls, error) {
	s := &stalls{}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever: the thread has another namespace
		change, err := s.prepare()
		ready <- err
		for err == nil {
			due := s.next()
			unix.Nanosleep(&unix.Timespec{Nsec: every.Nanoseconds()}, nil) // it wakes this thread, where Go's timers wake others
			err = s.note(due, change())
		}
	}()
	if err := <-ready; err != nil {
		return nil, fmt.Errorf("the watch of the kernel's lock (root is needed): %w", err)
	}
	return s, nil
})

func (s *stalls) prepare() (change func() error, err error) {
	if err = unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	if err = unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 50}, 0); err != nil {
		return nil, err
	}
	kernel, err := netlink.NewHandle()
	if err != nil {
		return nil, err
	}
	lo, err := kernel.LinkByName("lo")
	if err != nil {
		return nil, err
	}
	addr, err := netlink.ParseAddr("127.0.0.80/32")
	there := false
	return func() error {
		if there = !there; there {
			return kernel.AddrAdd(lo, addr)
		}
		return kernel.AddrDel(lo, addr)
	}, err
}

// next says when the next change is due.
func (s *stalls) next() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = time.Now().Add(every)
	return s.begun
}

// note takes down a change that was late.
func (s *stalls) note(due time.Time, err error) error {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(due) > ordinary {
		s.list = append(s.list, [2]time.Time{due, now})
	}
	return err
}

// between is for how long changes had to wait in that time.
func (s *stalls) between(from, to time.Time) (d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	if to.Sub(s.begun) > ordinary && !s.begun.IsZero() {
		list = append(list[:len(list):len(list)], [2]time.Time{s.begun, to})
	}
	for _, x := range list {
		if x[0].Before(from) {
			x[0] = from
		}
		if x[1].After(to) {
			x[1] = to
		}
		d += max(0, x[1].Sub(x[0]))
	}
	return d
}
