package netio

import (
	"net"
	"net/netip"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func addrOf(ln net.Listener) Addr { return Addr{TCP: ln.Addr().(*net.TCPAddr).AddrPort()} }

func TestDial(t *testing.T) {
	for name, a := range map[string][2]string{
		"tcp4":     {"tcp4", "127.0.0.1:0"},
		"tcp6":     {"tcp6", "[::1]:0"},
		"unix":     {"unix", filepath.Join(t.TempDir(), "s")},
		"abstract": {"unix", "@netio-test-" + t.Name()},
	} {
		t.Run(name, func(t *testing.T) {
			ln, err := net.Listen(a[0], a[1])
			if err != nil {
				t.Skip(err) // no such family here
			}
			defer ln.Close()
			to := Addr{Unix: a[1]}
			if a[0] != "unix" {
				to = addrOf(ln)
			}
			c, err := new(Task).Dial(to, time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			peer, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			peer.Write([]byte("hello"))
			mustRead(t, c, "hello", After(soon))
			if c.IsUnix != (a[0] == "unix") {
				t.Errorf("IsUnix = %v", c.IsUnix)
			}
			if c.IsUnix == c.Remote.IsValid() || !c.IsUnix && c.Remote != to.TCP {
				t.Errorf("Remote = %v, want %v", c.Remote, to.TCP)
			}
		})
	}
}

func TestDialRefused(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if _, err := new(Task).Dial(addrOf(ln), time.Second); err != syscall.ECONNREFUSED {
		t.Errorf("TCP: %v", err)
	}
	if _, err := new(Task).Dial(Addr{Unix: filepath.Join(t.TempDir(), "none")}, 0); err != syscall.ENOENT {
		t.Errorf("unix: %v", err)
	}
}

// hole is an address where connects hang: a full backlog.
func hole(t *testing.T) Addr {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	to := Addr{TCP: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(sa.(*syscall.SockaddrInet4).Port))}
	for range 4 {
		c, err := net.DialTimeout("tcp", to.TCP.String(), 50*ms)
		if err != nil {
			return to
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Skip("this system's backlogs have no end")
	return to
}

func TestDialTimeout(t *testing.T) {
	to := hole(t)
	within(t, 30*ms, func() {
		if _, err := new(Task).Dial(to, 30*ms); err != ErrTimeout {
			t.Errorf("Dial = %v, want ErrTimeout", err)
		}
	})
}

func TestInterruptEndsDial(t *testing.T) {
	to := hole(t)
	for _, timeout := range []time.Duration{0, time.Hour} {
		task := new(Task)
		time.AfterFunc(20*ms, task.Interrupt)
		within(t, 0, func() {
			if _, err := task.Dial(to, timeout); err != ErrAborted {
				t.Errorf("Dial = %v, want ErrAborted", err)
			}
			if _, err := task.Dial(to, timeout); err != ErrAborted {
				t.Errorf("next Dial = %v, want ErrAborted", err)
			}
		})
	}
}

// TestInterruptEndsWithTask: a task's memory is used again for another session, which must be able to dial.
func TestInterruptEndsWithTask(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for range 20 {
		done := make(chan error)
		Go(func(t *Task) {
			c, err := t.Dial(addrOf(ln), time.Second)
			if err == nil {
				c.Close()
			}
			t.Interrupt()
			done <- err
		})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}
