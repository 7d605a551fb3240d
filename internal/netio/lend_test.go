package netio

import (
	"errors"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// oneBuffer lends the same memory again and again and knows whether it is lent.
type oneBuffer struct {
	b     [64]byte
	lent  atomic.Bool
	lends atomic.Int64
}

func (o *oneBuffer) Lend() []byte {
	o.lent.Store(true)
	o.lends.Add(1)
	return o.b[:]
}

func (o *oneBuffer) Reclaim() { o.lent.Store(false) }

// While a connection waits it borrows nothing; what comes is in what it borrowed then.
func TestReadLent(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		var o oneBuffer
		n, err := 0, error(nil)
		read := w.begin(func(*Task) { n, err = c.ReadLent(&o, After(soon)) })
		if !w.loop && runtime.GOOS == "linux" { // a loop does not even try
			until(t, "the memory is given back", func() bool { return o.lends.Load() == 1 && !o.lent.Load() })
		}
		time.Sleep(5 * ms)
		if o.lent.Load() && runtime.GOOS == "linux" {
			w.Error("a read that waits has borrowed memory")
		}
		if _, err := io.WriteString(peer, "hello"); err != nil {
			w.Fatal(err)
		}
		if read(); err != nil || string(o.b[:n]) != "hello" || !o.lent.Load() {
			w.Errorf("got %q, %v, lent: %v", o.b[:n], err, o.lent.Load())
		}
		w.do(func(*Task) {
			if n, err := c.ReadLent(&o, After(10*ms)); !errors.Is(err, ErrTimeout) || n != 0 {
				w.Errorf("got %d, %v, want a timeout", n, err)
			}
		})
		if err := peer.Close(); err != nil {
			w.Fatal(err)
		}
		w.do(func(*Task) {
			if n, err := c.ReadLent(&o, After(soon)); err != io.EOF || n != 0 {
				w.Errorf("got %d, %v, want EOF", n, err)
			}
			// A read that borrows nothing comes after one that did.
			if n, err := c.Read(make([]byte, 4), After(soon)); err != io.EOF || n != 0 {
				w.Errorf("got %d, %v, want EOF", n, err)
			}
		})
	})
}

func TestReadLentAllocatesNothing(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		o, msg := new(oneBuffer), []byte("x")
		w.allocs(func(*Task) {
			peer.Write(msg)
			if n, err := c.ReadLent(o, After(time.Minute)); n != 1 || err != nil {
				w.Error(n, err)
			}
		})
	})
}
