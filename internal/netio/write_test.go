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
func (w *world) narrow() (*Conn, *net.TCPConn) {
	w.Helper()
	nc, peer := sockets(w)
	if err := nc.(*net.TCPConn).SetWriteBuffer(4096); err != nil {
		w.Fatal(err)
	}
	c := w.adopt(nc)
	w.Cleanup(func() { c.Discard(); peer.Close() })
	return c, peer
}

func pattern(n int, seed byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7) + seed + byte(i>>8)
	}
	return b
}

// write is Write on a task.
func (w *world) write(c *Conn, a, b []byte, timeout time.Duration) (n int, err error) {
	w.Helper()
	w.do(func(*Task) { n, err = c.Write(a, b, timeout) })
	return n, err
}

func TestWriteTwoSlices(t *testing.T) {
	each(t, func(w *world) {
		for _, size := range [][2]int{{0, 0}, {5, 0}, {0, 5}, {3, 4}, {100, 1 << 18}, {1 << 18, 100}, {1 << 17, 1 << 17}} {
			for name, write := range map[string]func(*Conn, []byte, []byte, time.Duration) (int, error){"Write": (*Conn).Write, "WriteMore": (*Conn).WriteMore} {
				c, peer := w.narrow()
				a, b := pattern(size[0], 1), pattern(size[1], 99)
				got := make(chan []byte, 1)
				go func() { all, _ := io.ReadAll(peer); got <- all }()
				w.do(func(*Task) {
					if n, err := write(c, a, b, soon); n != len(a)+len(b) || err != nil {
						w.Errorf("%v: %s = %d, %v", size, name, n, err)
					}
					c.CloseWrite()
				})
				if !bytes.Equal(<-got, append(a, b...)) {
					w.Errorf("%v: other bytes came than were sent", size)
				}
			}
		}
	})
}

// TestWriteProgress: a slow reader is fine as long as something moves within each period.
func TestWriteProgress(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.narrow()
		const size = 4 << 20
		tick := time.NewTicker(10 * ms) // the peer's slowness, not a wait for anything
		defer tick.Stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			buf := make([]byte, 64<<10)
			for {
				<-tick.C
				if _, err := io.ReadFull(peer, buf); err != nil {
					return
				}
			}
		}()
		const timeout = 200 * ms
		began := time.Now()
		n, err := w.write(c, pattern(size, 0), pattern(10, 1), timeout)
		if n != size+10 || err != nil {
			w.Errorf("Write = %d, %v after %v", n, err, time.Since(began))
		}
		if d := time.Since(began); d < timeout*3/2 {
			w.Errorf("the peer was too fast for this test: %v", d)
		}
		w.do(func(*Task) { c.CloseWrite() })
		<-done
	})
}

func TestWriteTimeout(t *testing.T) {
	each(t, func(w *world) {
		c, _ := w.narrow()
		big := pattern(8<<20, 0)
		began := time.Now()
		n, err := w.write(c, big, big, 50*ms)
		if err != ErrTimeout || n == 0 || n >= 2*len(big) {
			w.Errorf("Write = %d, %v; want a part and ErrTimeout", n, err)
		}
		if d := time.Since(began); d < 50*ms || d > soon {
			w.Errorf("timed out after %v", d)
		}
		if n, err = w.write(c, big, nil, 20*ms); n != 0 || err != ErrTimeout {
			w.Errorf("second Write = %d, %v", n, err)
		}
		if n, err = w.write(c, nil, nil, 20*ms); n != 0 || err != nil {
			w.Errorf("Write of nothing = %d, %v", n, err)
		}
	})
}

// TestWriteTimeoutCountsFromProgress: the period begins with the last byte that went out, not with a timer before it.
func TestWriteTimeoutCountsFromProgress(t *testing.T) {
	each(t, func(w *world) {
		const timeout = 200 * ms
		var d time.Duration
		for range 4 { // the system may open its window for more only when its own timer probes it, long after the read
			c, peer := w.narrow()
			last := make(chan time.Time, 1)
			time.AfterFunc(20*ms, func() {
				peer.Read(make([]byte, 1<<20))
				last <- time.Now()
			})
			if _, err := w.write(c, pattern(8<<20, 0), nil, timeout); err != ErrTimeout {
				w.Errorf("Write = %v", err)
			}
			if d = time.Since(<-last); d < timeout*3/4 {
				w.Errorf("timed out %v after the last progress, want %v", d, timeout)
			}
			if d < timeout*7/4 {
				return
			}
		}
		w.Errorf("timed out %v after the last progress, want about %v", d, timeout)
	})
}

func TestWriteNever(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.narrow()
		big := pattern(1<<20, 0)
		w.write(c, []byte("x"), nil, 20*ms) // leaves a timer that fires for nothing
		time.AfterFunc(60*ms, func() { io.Copy(io.Discard, peer) })
		if n, err := w.write(c, big, nil, 0); n != len(big) || err != nil {
			w.Errorf("Write = %d, %v", n, err)
		}
		w.do(func(*Task) { c.CloseWrite() })
	})
}

func TestWriteAborted(t *testing.T) {
	each(t, func(w *world) {
		c, _ := w.narrow()
		if _, err := w.write(c, pattern(16<<20, 0), nil, 100*ms); err != ErrTimeout {
			w.Errorf("Write = %v, want ErrTimeout", err)
		}
		time.AfterFunc(20*ms, c.Abort) // nothing moves any more: only this can wake it
		if _, err := w.write(c, pattern(8<<20, 0), nil, 0); err != ErrAborted {
			w.Errorf("Write = %v, want ErrAborted", err)
		}
	})
}

// TestAbortWhileArmingWrite: a write that sets its deadline while Abort runs must not undo it.
func TestAbortWhileArmingWrite(t *testing.T) {
	each(t, func(w *world) {
		for i := range 300 {
			nc, peer := sockets(w)
			nc.(*net.TCPConn).SetWriteBuffer(4096)
			c := w.adopt(nc)
			var err error
			wait := w.begin(func(*Task) {
				for err == nil {
					_, err = c.Write(make([]byte, 1<<20), nil, time.Hour)
				}
				c.Close()
			})
			c.Abort()
			if wait(); err != ErrAborted {
				w.Fatalf("round %d: Write = %v", i, err)
			}
			peer.Close()
		}
	})
}

func TestWriteToGonePeer(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		peer.SetLinger(0)
		peer.Close()
		w.until("reset", c.PeerClosed)
		if _, err := w.write(c, []byte("x"), nil, soon); err != syscall.EPIPE && err != syscall.ECONNRESET {
			w.Errorf("Write = %v", err)
		}
	})
}

// A write that waits ends when the peer resets the connection.
func TestResetWakesWrite(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.narrow()
		w.write(c, pattern(16<<20, 0), nil, 100*ms)
		time.AfterFunc(20*ms, func() { peer.SetLinger(0); peer.Close() })
		_, err := w.write(c, pattern(8<<20, 0), nil, 0)
		if err != syscall.EPIPE && err != syscall.ECONNRESET {
			w.Errorf("Write = %v", err)
		}
	})
}

// Reading and writing at the same time are the two halves of a tunnel.
func TestReadWhileWriting(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.narrow()
		const size = 4 << 20
		go func() {
			io.CopyN(peer, peer, size) // an echo: neither direction may wait for the other
			peer.CloseWrite()
		}()
		w.do(func(task *Task) {
			task.Fork(func() {
				if n, err := c.Write(pattern(size, 3), nil, soon); n != size || err != nil {
					w.Errorf("Write = %d, %v", n, err)
				}
			})
			want, b, got := pattern(size, 3), make([]byte, 32<<10), 0
			for {
				n, err := c.Read(b, After(soon))
				if !bytes.Equal(b[:n], want[got:min(got+n, size)]) {
					w.Errorf("other bytes after %d", got)
				}
				if got += n; err != nil {
					if err != io.EOF || got != size {
						w.Errorf("Read = %v after %d bytes", err, got)
					}
					break
				}
			}
			task.Join()
		})
	})
}

func TestWriteAllocatesNothing(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		a, b, buf := []byte("head"), []byte("body"), make([]byte, 64)
		w.allocs(func(*Task) {
			if _, err := c.Write(a, b, time.Hour); err != nil {
				w.Error(err)
			}
			if _, err := io.ReadFull(peer, buf[:8]); err != nil {
				w.Error(err)
			}
		})
	})
}
