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
	c, peer := pair(t)
	var o oneBuffer
	n := 0
	read := make(chan error, 1)
	go func() {
		var err error
		n, err = c.ReadLent(&o, After(5*time.Second))
		read <- err
	}()
	if runtime.GOOS == "linux" {
		until(t, "the memory is given back", func() bool { return o.lends.Load() == 1 && !o.lent.Load() })
	}
	if _, err := io.WriteString(peer, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := <-read; err != nil || string(o.b[:n]) != "hello" || !o.lent.Load() {
		t.Errorf("got %q, %v, lent: %v", o.b[:n], err, o.lent.Load())
	}
	if n, err := c.ReadLent(&o, After(10*time.Millisecond)); !errors.Is(err, ErrTimeout) || n != 0 {
		t.Errorf("got %d, %v, want a timeout", n, err)
	}
	if err := peer.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := c.ReadLent(&o, After(5*time.Second)); err != io.EOF || n != 0 {
		t.Errorf("got %d, %v, want EOF", n, err)
	}
	// A read that borrows nothing comes after one that did.
	if n, err := c.Read(make([]byte, 4), After(5*time.Second)); err != io.EOF || n != 0 {
		t.Errorf("got %d, %v, want EOF", n, err)
	}
}

func TestReadLentAllocatesNothing(t *testing.T) {
	c, peer := pair(t)
	o := new(oneBuffer)
	msg := []byte("x")
	if n := testing.AllocsPerRun(200, func() {
		if _, err := peer.Write(msg); err != nil {
			t.Fatal(err)
		}
		if n, err := c.ReadLent(o, After(time.Minute)); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
