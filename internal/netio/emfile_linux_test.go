package netio

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// emfile makes this test binary the child of TestNoDescriptors.
const emfile = "NETIO_TEST_DESCRIPTORS"

// TestNoDescriptors: a process without descriptors for more connections pauses, tells so, and takes those that wait as soon
// as others are closed.
func TestNoDescriptors(t *testing.T) {
	if os.Getenv(emfile) != "" {
		fewDescriptors(t)
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestNoDescriptors$", "-test.timeout=60s")
	child.Env = append(os.Environ(), emfile+"=1")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	addr := lines.Text()
	if _, err := net.ResolveTCPAddr("tcp", addr); err != nil {
		t.Fatalf("the child says %q", addr)
	}
	outOfDescriptors(t, addr)
	in.Close()
	rest := ""
	for lines.Scan() {
		rest += lines.Text() + "\n"
	}
	if err := child.Wait(); err != nil || !strings.Contains(rest, "PASS") {
		t.Errorf("the child: %v\n%s", err, rest)
	}
}

// outOfDescriptors opens more connections than the child can have at a time; all of them must be greeted in the end.
func outOfDescriptors(t *testing.T, addr string) {
	const all = 60
	var open []net.Conn
	for range all {
		c, err := net.DialTimeout("tcp", addr, soon)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open = append(open, c)
	}
	greeted := func(c net.Conn, d time.Duration) bool {
		c.SetReadDeadline(time.Now().Add(d))
		n, _ := c.Read(make([]byte, 1))
		return n == 1
	}
	time.Sleep(50 * ms) // several pauses
	for round := 0; len(open) > 0; round++ {
		var wait []net.Conn
		for _, c := range open {
			if greeted(c, 5*ms) {
				c.Close() // a place for another one
			} else {
				wait = append(wait, c)
			}
		}
		if round > 200 {
			t.Fatalf("%d connections were never accepted", len(wait))
		}
		open = wait
	}
}

// fewDescriptors is the child: it greets everybody and waits until they go.
func fewDescriptors(t *testing.T) {
	g := newLoops(t, 2)
	a := &greeter{counter: newCounter(t)}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := g.Listen(ln, a)
	if err != nil {
		t.Fatal(err)
	}
	used, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	few := syscall.Rlimit{Cur: uint64(len(used) + 20), Max: uint64(len(used) + 20)}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	s.Open()
	fmt.Println(ln.Addr())
	bufio.NewReader(os.Stdin).ReadString('\n') // ends with the parent's work
	until(t, "all have gone", func() bool { return a.places.Load() == 0 })
	s.Close()
	ln.Close()
	failed := a.failed.all()
	for _, err := range failed {
		if !errors.Is(err, syscall.EMFILE) {
			t.Errorf("Failed: %v", err)
		}
	}
	if n := len(failed); n == 0 || n > 5000 {
		t.Errorf("Failed was called %d times", n)
	}
}

// greeter sends one byte to each connection and closes it after its peer.
type greeter struct{ *counter }

func (a *greeter) Accepted(c *Conn, _ any) {
	c.Start(taskFunc(func(*Task) {
		c.Write([]byte("x"), nil, soon)
		c.Read(make([]byte, 1), After(soon))
		c.Close()
		a.places.Add(-1)
	}))
}
