package netio

import (
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
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
		t.Run(name, func(t *testing.T) { each(t, func(w *world) { testDial(w, a[0], a[1]) }) })
	}
}

func testDial(w *world, network, addr string) {
	ln, err := net.Listen(network, addr)
	if err != nil {
		w.Skip(err) // no such family here
	}
	defer ln.Close()
	to := Addr{Unix: addr}
	if network != "unix" {
		to = addrOf(ln)
	}
	var c *Conn
	w.do(func(task *Task) { c, err = task.Dial(to, time.Second) })
	if err != nil {
		w.Fatal(err)
	}
	defer c.Discard()
	peer, err := ln.Accept()
	if err != nil {
		w.Fatal(err)
	}
	defer peer.Close()
	peer.Write([]byte("hello"))
	w.read(c, "hello", After(soon))
	if c.IsUnix != (network == "unix") {
		w.Errorf("IsUnix = %v", c.IsUnix)
	}
	if c.IsUnix == c.Remote.IsValid() || !c.IsUnix && (c.Remote != to.TCP || c.Local != addrPort(peer.RemoteAddr())) {
		w.Errorf("Local = %v, Remote = %v; want %v, %v", c.Local, c.Remote, peer.RemoteAddr(), to.TCP)
	}
	if c.To != to {
		w.Errorf("To = %v, want %v", c.To, to)
	}
	w.write(c, []byte("bye"), nil, soon)
	b := make([]byte, 8)
	if n, err := peer.Read(b); string(b[:n]) != "bye" {
		w.Errorf("the peer has got %q, %v", b[:n], err)
	}
}

// dialErr expects that connecting to a fails with want.
func (w *world) dialErr(a Addr, timeout time.Duration, want error) {
	w.Helper()
	w.do(func(task *Task) {
		c, err := task.Dial(a, timeout)
		if err != want {
			w.Errorf("Dial(%v) = %v, want %v", a, err, want)
		}
		if c != nil {
			c.Close()
		}
	})
}

func TestDialRefused(t *testing.T) {
	each(t, func(w *world) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			w.Fatal(err)
		}
		ln.Close()
		w.dialErr(addrOf(ln), time.Second, syscall.ECONNREFUSED)
		w.dialErr(Addr{Unix: filepath.Join(w.TempDir(), "none")}, 0, syscall.ENOENT)
		w.dialErr(Addr{Unix: "/" + strings.Repeat("x", 200)}, 0, syscall.EINVAL)
	})
}

// A server that accepts and closes at once was connected to all the same.
func TestDialClosedAtOnce(t *testing.T) {
	each(t, func(w *world) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			w.Fatal(err)
		}
		defer ln.Close()
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				c.Close()
			}
		}()
		for range 50 {
			w.do(func(task *Task) {
				c, err := task.Dial(addrOf(ln), time.Second)
				if err != nil {
					w.Error(err)
					return
				}
				fails(w, c, io.EOF, After(soon), 0)
				c.Close()
			})
		}
	})
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
	each(t, func(w *world) {
		began := time.Now()
		w.dialErr(to, 30*ms, ErrTimeout)
		if d := time.Since(began); d < 30*ms || d > soon {
			w.Errorf("timed out after %v", d)
		}
	})
}

func TestInterruptEndsDial(t *testing.T) {
	to := hole(t)
	each(t, func(w *world) {
		for _, timeout := range []time.Duration{0, time.Hour} {
			w.do(func(task *Task) {
				time.AfterFunc(20*ms, task.Interrupt)
				for range 2 { // the one that waits, and the next
					took(w, 0, func() {
						if _, err := task.Dial(to, timeout); err != ErrAborted {
							w.Errorf("Dial = %v, want ErrAborted", err)
						}
					})
				}
			})
		}
	})
}

// TestInterruptRacesDial interrupts at any moment of a Dial.
func TestInterruptRacesDial(t *testing.T) {
	to := hole(t)
	each(t, func(w *world) {
		for i := range 300 {
			w.do(func(task *Task) {
				done := make(chan struct{})
				go func() { defer close(done); task.Interrupt() }()
				if _, err := task.Dial(to, time.Hour); err != ErrAborted {
					w.Errorf("round %d: Dial = %v, want ErrAborted", i, err)
				}
				<-done
			})
		}
	})
}

// TestInterruptEndsWithTask: a task's memory is used again for another session, which must be able to dial.
func TestInterruptEndsWithTask(t *testing.T) {
	each(t, func(w *world) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			w.Fatal(err)
		}
		defer ln.Close()
		for range 20 {
			w.do(func(t *Task) {
				c, err := t.Dial(addrOf(ln), time.Second)
				if err != nil {
					w.Error(err)
				} else {
					c.Close()
				}
				t.Interrupt()
			})
		}
	})
}
