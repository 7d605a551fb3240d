package engine

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
)

// noise is a body that shows every lost, doubled or misplaced byte.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return b
}

// TestLongBodies: long bodies arrive whole in both directions, moved by the system where event loops run, and the
// connections live on behind them.
func TestLongBodies(t *testing.T) {
	long := noise(64 << 20) // so that on a busy machine, too, enough reads fill their buffers
	body := long[:5<<20+17]
	for _, row := range []struct {
		name    string
		head    string // of the response
		spliced bool
		off     bool // nosplice
	}{
		{name: "length", head: fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(body)), spliced: true},
		{name: "until close", head: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", spliced: true},
		{name: "nosplice", head: fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(body)), off: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			body := body
			if row.name == "until close" {
				body = long
			}
			sums := make(chan [32]byte, 4)
			addr, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) {
				for readHead(r) != "" {
					got := make([]byte, len(body))
					if _, err := io.ReadFull(r, got); err != nil {
						return
					}
					sums <- sha256.Sum256(got)
					io.WriteString(c, row.head)
					c.Write(body)
					if row.name == "until close" {
						return
					}
				}
			})
			r := newRig(t, addr, nil)
			if row.off {
				snap := *r.snap
				snap.Global.NoSplice = true
				if err := r.eng.Push(&snap); err != nil {
					t.Fatal(err)
				}
				r.eng.Remove(r.snap)
				r.snap = &snap
			}
			c := r.dial()
			rounds := 2
			if row.name == "until close" {
				rounds = 1
			}
			for range rounds {
				c.send(fmt.Sprintf("POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n", len(body)))
				go c.Write(body)
				if got := <-sums; got != sha256.Sum256(body) {
					t.Fatal("the server got another body")
				}
				readHead(c.r)
				got := make([]byte, len(body))
				c.SetReadDeadline(time.Now().Add(10 * time.Second))
				if _, err := io.ReadFull(c.r, got); err != nil || !bytes.Equal(got, body) {
					t.Fatalf("the client got another body (%v)", err)
				}
			}
			in, out := r.fe.FE.H1SplicedIn.Load(), r.fe.FE.H1SplicedOut.Load()
			if want := row.spliced && !noLoops; (in > int64(len(body))/2) != want || (out > int64(len(body))/2) != want {
				t.Errorf("%d bytes were spliced in, %d out", in, out)
			}
			await(t, "pipes back", func() bool { return netio.Pipes.Used() == 0 })
		})
	}
}

// TestSpliceFaults: what goes wrong in the middle of a spliced body has the flags of a copied one, and the pipe with what
// is left in it serves nobody else.
func TestSpliceFaults(t *testing.T) {
	body := noise(1 << 20)
	for _, row := range []struct {
		name, want string
		then       func(*user)
		cut        bool
	}{
		{name: "server cut", cut: true, want: "200 SD"},
		{name: "client reset", then: func(c *user) { c.read(100); c.Conn.(*net.TCPConn).SetLinger(0); c.Close() }, want: "200 CD"},
		{name: "client slow", then: func(c *user) { c.read(100); time.Sleep(300 * time.Millisecond) }, want: "200 cD"},
	} {
		t.Run(row.name, func(t *testing.T) {
			addr, _ := origin(t, func(_ int64, c net.Conn, r *bufio.Reader) {
				for readHead(r) != "" {
					fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 64*len(body))
					for range 64 {
						if _, err := c.Write(body); err != nil || row.cut {
							return
						}
					}
				}
			})
			var log *sink
			r := newRig(t, addr, func(fe, _ *Proxy) {
				fe.Timeouts.Client = 100 * time.Millisecond
				log = logTo(t, fe, "%ST %ts")
			})
			c := r.dial()
			c.send(get)
			if row.then != nil {
				row.then(c)
			} else {
				io.Copy(io.Discard, c.r)
			}
			if got := log.next(t); got != row.want {
				t.Errorf("logged %q, want %q", got, row.want)
			}
			await(t, "pipes back", func() bool { return netio.Pipes.Used() == 0 })
		})
	}
}
