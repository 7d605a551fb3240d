package netio

import (
	"io"
	"syscall"
	"testing"
	"time"
)

const ms = time.Millisecond

// mustRead reads what was sent before.
func mustRead(t *testing.T, c *Conn, want string, until Time) {
	t.Helper()
	b := make([]byte, 64)
	n, err := c.Read(b, until)
	if err != nil || string(b[:n]) != want {
		t.Fatalf("Read = %q, %v; want %q", b[:n], err, want)
	}
}

// wantErr expects that a read on c ends with err, not before low.
func wantErr(t *testing.T, c *Conn, want error, until Time, low time.Duration) {
	t.Helper()
	within(t, low, func() {
		if n, err := c.Read(make([]byte, 1), until); n != 0 || err != want {
			t.Errorf("Read = %d, %v; want %v", n, err, want)
		}
	})
}

func TestReadTimeout(t *testing.T) {
	c, peer := pair(t)
	wantErr(t, c, ErrTimeout, After(20*ms), 20*ms)
	peer.Write([]byte("late"))
	mustRead(t, c, "late", After(soon)) // a timeout ends one call, not the connection
}

func TestReadTimeoutInThePast(t *testing.T) {
	c, _ := pair(t)
	wantErr(t, c, ErrTimeout, Now()-1, 0)
}

func TestReadEOFAndReset(t *testing.T) {
	c, peer := pair(t)
	peer.CloseWrite()
	wantErr(t, c, io.EOF, After(soon), 0)

	c, peer = pair(t)
	peer.SetLinger(0)
	peer.Close()
	wantErr(t, c, syscall.ECONNRESET, After(soon), 0)
}

// TestTimerFiresEarly: a later deadline leaves the timer of an earlier one alone, and that one fires for nothing.
func TestTimerFiresEarly(t *testing.T) {
	c, peer := pair(t)
	first := After(30 * ms)
	peer.Write([]byte("a"))
	mustRead(t, c, "a", first)
	later := After(90 * ms)
	within(t, 50*ms, func() {
		if _, err := c.Read(make([]byte, 1), later); err != ErrTimeout {
			t.Errorf("Read = %v, want ErrTimeout", err)
		}
		if now := Now(); now < later {
			t.Errorf("timed out %v early", later.Sub(now))
		}
	})
}

func TestLaterDeadlineKeepsTimer(t *testing.T) {
	c, peer := pair(t)
	first := After(soon)
	peer.Write([]byte("a"))
	mustRead(t, c, "a", first)
	peer.Write([]byte("b"))
	mustRead(t, c, "b", first+Time(time.Hour))
	if c.rArmed != first {
		t.Errorf("a later deadline has moved the timer to %d, want %d", c.rArmed, first)
	}
	peer.Write([]byte("c"))
	mustRead(t, c, "c", first-Time(time.Second))
	if c.rArmed != first-Time(time.Second) {
		t.Error("an earlier deadline has not moved the timer")
	}
}

// TestNeverAfterTimer: without a deadline an old timer fires once for nothing.
func TestNeverAfterTimer(t *testing.T) {
	c, peer := pair(t)
	peer.Write([]byte("a"))
	mustRead(t, c, "a", After(20*ms))
	time.AfterFunc(60*ms, func() { peer.Write([]byte("b")) })
	within(t, 40*ms, func() { mustRead(t, c, "b", 0) })
	if c.rArmed != 0 {
		t.Errorf("the timer is still set: %d", c.rArmed)
	}
}

func TestAbortWakesRead(t *testing.T) {
	for name, until := range map[string]Time{"never": 0, "deadline": After(time.Hour)} {
		t.Run(name, func(t *testing.T) {
			c, _ := pair(t)
			time.AfterFunc(10*ms, c.Abort)
			wantErr(t, c, ErrAborted, until, 0)
			wantErr(t, c, ErrAborted, until, 0)
			if !c.Aborted() {
				t.Error("Aborted() is false")
			}
			if _, err := c.Write([]byte("x"), nil, 0); err != ErrAborted {
				t.Errorf("Write = %v, want ErrAborted", err)
			}
		})
	}
}

// TestAbortWhileArming runs Abort against calls that set their deadlines at the same moment: none may sleep on.
func TestAbortWhileArming(t *testing.T) {
	for range 300 {
		c, _ := pair(t)
		done := make(chan error, 1)
		go func() {
			for {
				if _, err := c.Read(make([]byte, 1), After(time.Hour)); err != nil {
					done <- err
					return
				}
			}
		}()
		c.Abort()
		select {
		case err := <-done:
			if err != ErrAborted {
				t.Fatalf("Read = %v", err)
			}
		case <-time.After(soon):
			t.Fatal("Read has slept through Abort")
		}
		c.Close()
	}
}

func TestAbortReadAndResume(t *testing.T) {
	c, peer := pair(t)
	time.AfterFunc(10*ms, c.AbortRead)
	wantErr(t, c, ErrGone, After(time.Hour), 0)
	wantErr(t, c, ErrGone, After(time.Hour), 0) // until Resume
	if _, err := c.Write([]byte("x"), nil, soon); err != nil {
		t.Errorf("the writing half is dead, too: %v", err)
	}
	c.Resume()
	peer.Write([]byte("b"))
	mustRead(t, c, "b", After(soon))
	c.AbortRead()
	c.Resume()
	wantErr(t, c, ErrTimeout, After(20*ms), 20*ms) // what AbortRead has left set is gone
}

func TestShorten(t *testing.T) {
	t.Run("waiting", func(t *testing.T) {
		c, _ := pair(t)
		time.AfterFunc(10*ms, func() { c.Shorten(20 * ms) })
		wantErr(t, c, ErrTimeout, After(time.Hour), 30*ms)
	})
	t.Run("never", func(t *testing.T) {
		c, _ := pair(t)
		time.AfterFunc(10*ms, func() { c.Shorten(20 * ms) })
		wantErr(t, c, ErrTimeout, 0, 30*ms)
	})
	t.Run("before", func(t *testing.T) {
		c, _ := pair(t)
		c.Shorten(20 * ms)
		wantErr(t, c, ErrTimeout, After(time.Hour), 20*ms)
		wantErr(t, c, ErrTimeout, After(time.Hour), 0) // all later ones, too
	})
	t.Run("lengthens nothing that waits", func(t *testing.T) {
		c, _ := pair(t)
		time.AfterFunc(5*ms, func() { c.Shorten(time.Hour) })
		wantErr(t, c, ErrTimeout, After(40*ms), 40*ms)
	})
	t.Run("lengthens nothing that comes", func(t *testing.T) {
		c, peer := pair(t)
		peer.Write([]byte("a"))
		mustRead(t, c, "a", After(20*ms))
		c.Shorten(time.Hour)
		wantErr(t, c, ErrTimeout, After(40*ms), 40*ms)
	})
}

func TestShortenWhileArming(t *testing.T) {
	for range 200 {
		c, _ := pair(t)
		done := make(chan error, 1)
		go func() { _, err := c.Read(make([]byte, 1), After(time.Hour)); done <- err }()
		c.Shorten(ms)
		select {
		case err := <-done:
			if err != ErrTimeout {
				t.Fatalf("Read = %v", err)
			}
		case <-time.After(soon):
			t.Fatal("Read has slept through Shorten")
		}
		c.Close()
	}
}

func TestReadAllocatesNothing(t *testing.T) {
	c, peer := pair(t)
	b, msg := make([]byte, 16), []byte("0123456789abcdef")
	if n := testing.AllocsPerRun(200, func() {
		peer.Write(msg)
		if _, err := c.Read(b, After(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a read", n)
	}
}
