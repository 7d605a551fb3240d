package netif

import (
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// acquaintance is a Presence and how many others it knows.
type acquaintance struct {
	*Presence
	mu     sync.Mutex
	others []int
}

func bePresent(t *testing.T, at *nstest.Node) *acquaintance {
	t.Helper()
	a := &acquaintance{}
	at.Do(func() error {
		ns, err := CurrentNamespace()
		if err != nil {
			return err
		}
		t.Cleanup(func() { ns.Close() })
		a.Presence, err = BePresent(ns, func(others []int) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.others = others
		})
		return err
	})
	return a
}

func (a *acquaintance) knows(t *testing.T, want int) {
	t.Helper()
	var others []int
	if !nstest.Within(soon, func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		others = a.others
		return len(others) == want
	}) {
		t.Fatalf("knows %v, want %d", others, want)
	}
	for _, pid := range others {
		if pid != os.Getpid() {
			t.Errorf("process %d, want %d", pid, os.Getpid())
		}
	}
}

// Who connects only to be a nuisance is bounded, and does not keep a process from ending.
func TestPresenceFlood(t *testing.T) {
	one, _ := pair(t)
	a := bePresent(t, one)
	var all []net.Conn
	one.Do(func() error {
		for range 4 * mostOthers {
			c, err := net.Dial("unix", presenceName)
			if err != nil {
				return err
			}
			t.Cleanup(func() { c.Close() })
			all = append(all, c)
		}
		return nil
	})
	for i, c := range all[mostOthers:] {
		c.SetReadDeadline(time.Now().Add(soon))
		if _, err := c.Read(make([]byte, 1)); err != io.EOF {
			t.Fatalf("connection %d: %v, want its end", mostOthers+i, err)
		}
	}
	a.knows(t, mostOthers)
	a.Close()
}

// Processes of one network namespace know of each other, whoever ends; those of another one do not count.
func TestPresence(t *testing.T) {
	one, other := pair(t)
	a := bePresent(t, one)
	b := bePresent(t, one)
	if b.others == nil {
		t.Error("the second one does not know of the first from the beginning")
	}
	c, d := bePresent(t, one), bePresent(t, other)
	a.knows(t, 2)
	b.knows(t, 1)
	c.knows(t, 1)
	a.Close()
	for _, x := range []*acquaintance{b, c} {
		x.knows(t, 1) // one of them has the name now
	}
	b.Close()
	c.knows(t, 0)
	e := bePresent(t, one)
	c.knows(t, 1)
	c.Close()
	e.knows(t, 0)
	d.knows(t, 0)
	e.Close()
	d.Close()
}
