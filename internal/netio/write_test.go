package netio

import (
	"bytes"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// narrow makes the buffer before c small, so that a write has to wait. The peer's stays: a small one makes the kernel wait
// for its persist timer.
func narrow(t *testing.T, c *Conn) {
	t.Helper()
	if err := c.Net().(*net.TCPConn).SetWriteBuffer(4096); err != nil {
		t.Fatal(err)
	}
}

func pattern(n int, seed byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7) + seed + byte(i>>8)
	}
	return b
}

func TestWriteTwoSlices(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {5, 0}, {0, 5}, {3, 4}, {100, 1 << 20}, {1 << 20, 100}, {1 << 19, 1 << 19}} {
		c, peer := pair(t)
		narrow(t, c)
		a, b := pattern(size[0], 1), pattern(size[1], 99)
		got := make(chan []byte, 1)
		go func() { all, _ := io.ReadAll(peer); got <- all }()
		n, err := c.Write(a, b, soon)
		if n != len(a)+len(b) || err != nil {
			t.Errorf("%v: Write = %d, %v", size, n, err)
		}
		c.CloseWrite()
		if !bytes.Equal(<-got, append(a, b...)) {
			t.Errorf("%v: other bytes came than were sent", size)
		}
	}
}

// TestWriteProgress: a slow reader is fine as long as something moves within each period.
func TestWriteProgress(t *testing.T) {
	c, peer := pair(t)
	narrow(t, c)
	const size = 8 << 20
	tick := time.NewTicker(10 * ms) // the peer's slowness, not a wait for anything
	defer tick.Stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 128<<10)
		for {
			<-tick.C
			if _, err := io.ReadFull(peer, buf); err != nil {
				return
			}
		}
	}()
	const timeout = 200 * ms
	began := time.Now()
	n, err := c.Write(pattern(size, 0), pattern(10, 1), timeout)
	if n != size+10 || err != nil {
		t.Errorf("Write = %d, %v after %v", n, err, time.Since(began))
	}
	if d := time.Since(began); d < timeout*3/2 {
		t.Errorf("the peer was too fast for this test: %v", d)
	}
	c.CloseWrite()
	<-done
}

func TestWriteTimeout(t *testing.T) {
	c, _ := pair(t)
	narrow(t, c)
	big := pattern(8<<20, 0)
	began := time.Now()
	n, err := c.Write(big, big, 50*ms)
	if err != ErrTimeout || n == 0 || n >= 2*len(big) {
		t.Errorf("Write = %d, %v; want a part and ErrTimeout", n, err)
	}
	if d := time.Since(began); d < 50*ms || d > soon {
		t.Errorf("timed out after %v", d)
	}
	if n, err = c.Write(big, nil, 20*ms); n != 0 || err != ErrTimeout {
		t.Errorf("second Write = %d, %v", n, err)
	}
}

// TestWriteTimeoutCountsFromProgress: the period begins with the last byte that went out, not with a timer before it.
func TestWriteTimeoutCountsFromProgress(t *testing.T) {
	c, peer := pair(t)
	narrow(t, c)
	const timeout = 200 * ms
	last := make(chan time.Time, 1)
	time.AfterFunc(20*ms, func() {
		peer.Read(make([]byte, 1<<20))
		last <- time.Now()
	})
	if _, err := c.Write(pattern(8<<20, 0), nil, timeout); err != ErrTimeout {
		t.Errorf("Write = %v", err)
	}
	if d := time.Since(<-last); d < timeout*3/4 || d > timeout*7/4 {
		t.Errorf("timed out %v after the last progress, want about %v", d, timeout)
	}
}

func TestWriteNever(t *testing.T) {
	c, peer := pair(t)
	narrow(t, c)
	big := pattern(1<<20, 0)
	c.Write([]byte("x"), nil, 20*ms) // leaves a timer that fires for nothing
	time.AfterFunc(60*ms, func() { io.Copy(io.Discard, peer) })
	within(t, 0, func() {
		if n, err := c.Write(big, nil, 0); n != len(big) || err != nil {
			t.Errorf("Write = %d, %v", n, err)
		}
	})
	c.CloseWrite()
}

func TestWriteAborted(t *testing.T) {
	c, _ := pair(t)
	narrow(t, c)
	time.AfterFunc(20*ms, c.Abort)
	within(t, 0, func() {
		if _, err := c.Write(pattern(8<<20, 0), nil, 0); err != ErrAborted {
			t.Errorf("Write = %v, want ErrAborted", err)
		}
	})
}

// TestAbortWhileArmingWrite: a write that sets its deadline while Abort runs must not undo it.
func TestAbortWhileArmingWrite(t *testing.T) {
	for range 300 {
		c, peer := pair(t)
		narrow(t, c)
		done := make(chan error, 1)
		go func() { _, err := c.Write(make([]byte, 1<<20), nil, time.Hour); done <- err }()
		c.Abort()
		select {
		case err := <-done:
			if err != ErrAborted {
				t.Fatalf("Write = %v", err)
			}
		case <-time.After(soon):
			t.Fatal("Write has slept through Abort")
		}
		c.Close()
		peer.Close()
	}
}

func TestWriteToGonePeer(t *testing.T) {
	c, peer := pair(t)
	peer.SetLinger(0)
	peer.Close()
	until(t, "reset", c.PeerClosed)
	_, err := c.Write([]byte("x"), nil, soon)
	if err != syscall.EPIPE && err != syscall.ECONNRESET {
		t.Errorf("Write = %v", err)
	}
}

func TestWriteAllocatesNothing(t *testing.T) {
	c, peer := pair(t)
	a, b, buf := []byte("head"), []byte("body"), make([]byte, 64)
	if n := testing.AllocsPerRun(200, func() {
		if _, err := c.Write(a, b, time.Hour); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(peer, buf[:8]); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a write", n)
	}
}
