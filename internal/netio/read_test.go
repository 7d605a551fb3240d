package netio

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

func TestReadTimeout(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		w.wantErr(c, ErrTimeout, After(20*ms), 20*ms)
		peer.Write([]byte("late"))
		w.read(c, "late", After(soon)) // a timeout ends one call, not the connection
	})
}

func TestReadTimeoutInThePast(t *testing.T) {
	each(t, func(w *world) {
		c, _ := w.pair()
		w.wantErr(c, ErrTimeout, Now()-1, 0)
	})
}

func TestReadEOFAndReset(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		peer.CloseWrite()
		w.wantErr(c, io.EOF, After(soon), 0)
		w.wantErr(c, io.EOF, After(soon), 0) // and stays

		c, peer = w.pair()
		peer.SetLinger(0)
		peer.Close()
		w.wantErr(c, syscall.ECONNRESET, After(soon), 0)
	})
}

// What came before the peer's FIN is read before EOF, in pieces, too, and may be looked at.
func TestReadDataBeforeEOF(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		peer.Write([]byte("one two"))
		peer.CloseWrite()
		time.Sleep(5 * ms) // both are there: a poll tells of them at once
		if !c.Pending() || c.PeerClosed() {
			w.Errorf("Pending = %v, PeerClosed = %v, want data first", c.Pending(), c.PeerClosed())
		}
		w.do(func(*Task) {
			b := make([]byte, 4)
			for _, want := range []string{"one ", "two"} {
				if n, err := c.Read(b, After(soon)); string(b[:n]) != want || err != nil {
					w.Errorf("Read = %q, %v; want %q", b[:n], err, want)
				}
			}
			if !c.PeerClosed() || c.Quiet() {
				w.Error("what is behind the data cannot be seen")
			}
			fails(w, c, io.EOF, After(soon), 0)
		})
	})
}

// A read that filled its buffer leaves the rest for the next one, which must not wait.
func TestReadInPieces(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		peer.Write([]byte("0123456789"))
		w.do(func(*Task) {
			b := make([]byte, 5)
			for _, want := range []string{"01234", "56789"} {
				if n, err := c.Read(b, After(soon)); string(b[:n]) != want || err != nil {
					w.Errorf("Read = %q, %v; want %q", b[:n], err, want)
				}
			}
			fails(w, c, ErrTimeout, After(10*ms), 10*ms)
		})
		peer.Write([]byte("more"))
		w.read(c, "more", After(soon))
	})
}

// TestTimerFiresEarly: a later deadline leaves the timer of an earlier one alone, and that one fires for nothing.
func TestTimerFiresEarly(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		first := After(60 * ms)
		time.AfterFunc(5*ms, func() { peer.Write([]byte("a")) }) // a loop sets its timer only when it waits
		w.do(func(*Task) {
			gets(w, c, "a", first)
			later := first + Time(60*ms)
			fails(w, c, ErrTimeout, later, 40*ms)
			if now := Now(); now < later {
				w.Errorf("timed out %v early", later.Sub(now))
			}
		})
	})
}

// An earlier deadline than the one that is set fires in time.
func TestEarlierDeadline(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		time.AfterFunc(5*ms, func() { peer.Write([]byte("a")) })
		w.do(func(*Task) {
			gets(w, c, "a", After(time.Hour))
			fails(w, c, ErrTimeout, After(20*ms), 20*ms)
			fails(w, c, ErrTimeout, After(10*ms), 10*ms)
		})
	})
}

// TestLaterDeadlineKeepsTimer looks at what goroutines set on the socket; TestLazyTimers at what a loop does.
func TestLaterDeadlineKeepsTimer(t *testing.T) {
	w := goroutines(t)
	c, peer := w.pair()
	first := After(soon)
	peer.Write([]byte("a"))
	w.read(c, "a", first)
	peer.Write([]byte("b"))
	w.read(c, "b", first+Time(time.Hour))
	if c.rArmed != first {
		t.Errorf("a later deadline has moved the timer to %d, want %d", c.rArmed, first)
	}
	peer.Write([]byte("c"))
	w.read(c, "c", first-Time(time.Second))
	if c.rArmed != first-Time(time.Second) {
		t.Error("an earlier deadline has not moved the timer")
	}
}

// TestNeverAfterTimer: without a deadline an old timer fires once for nothing.
func TestNeverAfterTimer(t *testing.T) {
	each(t, func(w *world) {
		for range 4 {
			c, peer := w.pair()
			time.AfterFunc(5*ms, func() { peer.Write([]byte("a")) })
			w.read(c, "a", After(60*ms))
			time.AfterFunc(120*ms, func() { peer.Write([]byte("b")) })
			w.do(func(*Task) { took(w, 40*ms, func() { gets(w, c, "b", 0) }) })
			if c.plain == nil || c.rArmed == 0 {
				return
			} // else the machine had so much to do that the bytes came with the timer
		}
		w.Error("the timer is still set")
	})
}

func TestAbortWakesRead(t *testing.T) {
	for name, until := range map[string]Time{"never": 0, "deadline": After(time.Hour)} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				c, _ := w.pair()
				time.AfterFunc(10*ms, c.Abort)
				w.wantErr(c, ErrAborted, until, 0)
				w.wantErr(c, ErrAborted, until, 0)
				if !c.Aborted() {
					w.Error("Aborted() is false")
				}
				w.do(func(*Task) {
					if _, err := c.Write([]byte("x"), nil, 0); err != ErrAborted {
						w.Errorf("Write = %v, want ErrAborted", err)
					}
				})
			})
		})
	}
}

// TestInterruptWhileArming runs what other goroutines do to a read against reads that begin at the same moment: none may
// sleep on.
func TestInterruptWhileArming(t *testing.T) {
	rows := []struct {
		name string
		do   func(*Conn)
		want error
	}{
		{"Abort", (*Conn).Abort, ErrAborted},
		{"AbortRead", (*Conn).AbortRead, ErrGone},
		{"Shorten", func(c *Conn) { c.Shorten(ms) }, ErrTimeout},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			each(t, func(w *world) {
				for i := range 300 {
					nc, peer := sockets(w)
					c := w.adopt(nc)
					var err error
					wait := w.begin(func(*Task) {
						_, err = c.Read(make([]byte, 1), []Time{0, After(time.Hour)}[i%2])
						c.Close()
					})
					row.do(c)
					if wait(); err != row.want {
						w.Errorf("round %d: Read = %v, want %v", i, err, row.want)
					}
					peer.Close()
				}
			})
		})
	}
}

func TestAbortReadAndResume(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		time.AfterFunc(10*ms, c.AbortRead)
		w.wantErr(c, ErrGone, After(time.Hour), 0)
		w.wantErr(c, ErrGone, After(time.Hour), 0) // until Resume
		w.do(func(*Task) {
			if _, err := c.Write([]byte("x"), nil, soon); err != nil {
				w.Errorf("the writing half is dead, too: %v", err)
			}
			c.Resume()
		})
		peer.Write([]byte("b"))
		w.read(c, "b", After(soon))
		w.do(func(*Task) {
			c.AbortRead()
			c.Resume()
			fails(w, c, ErrTimeout, After(20*ms), 20*ms) // what AbortRead has left set is gone
		})
	})
}

func TestShorten(t *testing.T) {
	rows := map[string]func(w *world, c *Conn, peer *net.TCPConn){
		"waiting": func(w *world, c *Conn, _ *net.TCPConn) {
			time.AfterFunc(10*ms, func() { c.Shorten(60 * ms) })
			w.wantErr(c, ErrTimeout, After(time.Hour), 60*ms)
		},
		"never": func(w *world, c *Conn, _ *net.TCPConn) {
			time.AfterFunc(10*ms, func() { c.Shorten(60 * ms) })
			w.wantErr(c, ErrTimeout, 0, 60*ms)
		},
		"before": func(w *world, c *Conn, _ *net.TCPConn) {
			w.do(func(*Task) {
				c.Shorten(20 * ms)
				fails(w, c, ErrTimeout, After(time.Hour), 20*ms)
				fails(w, c, ErrTimeout, After(time.Hour), 0) // all later ones, too
			})
		},
		"lengthens nothing that waits": func(w *world, c *Conn, _ *net.TCPConn) {
			time.AfterFunc(5*ms, func() { c.Shorten(time.Hour) })
			w.wantErr(c, ErrTimeout, After(40*ms), 40*ms)
		},
		"lengthens nothing that comes": func(w *world, c *Conn, peer *net.TCPConn) {
			peer.Write([]byte("a"))
			w.read(c, "a", After(soon))
			c.Shorten(time.Hour)
			w.wantErr(c, ErrTimeout, After(40*ms), 40*ms)
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				c, peer := w.pair()
				row(w, c, peer)
			})
		})
	}
}

func TestReadAllocatesNothing(t *testing.T) {
	each(t, func(w *world) {
		c, peer := w.pair()
		b, msg := make([]byte, 16), []byte("0123456789abcdef")
		w.allocs(func(*Task) {
			peer.Write(msg)
			if _, err := c.Read(b, After(time.Hour)); err != nil {
				w.Error(err)
			}
		})
	})
}
