package engine

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// numbering answers each request with the number of its connection, from 0.
func numbering(n int64, c net.Conn, r *bufio.Reader) {
	for readHead(r) != "" {
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d", n-1)
	}
}

const numbered = len("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n0")

// play sends a request for each letter of script, on the connection of that letter, and collects which connection of the
// server answered.
func (r *rig) play(script string) string {
	t := r.t
	t.Helper()
	clients := map[rune]*user{}
	var got strings.Builder
	for _, who := range script {
		c := clients[who]
		if c == nil {
			c = r.dial()
			clients[who] = c
		}
		c.send("GET / HTTP/1.1\r\n\r\n")
		answer := c.read(numbered)
		if len(answer) != numbered {
			r.t.Fatalf("answer %q", answer)
		}
		got.WriteByte(answer[numbered-1])
		await(t, "end of the request", r.allIdle) // the answer comes before the connection is given back
	}
	return got.String()
}

// TestReuse: which connection to the server HAProxy 2.6.12 used for the requests of three clients.
func TestReuse(t *testing.T) {
	for _, row := range []struct {
		mode         ReuseMode
		script, want string
	}{
		{ReuseNever, "AABBCCA", "0011220"},
		{ReuseSafe, "AABBCCA", "0010200"},
		{ReuseAggressive, "AABBCCA", "0000000"},
		{ReuseAlways, "AABBCCA", "0000000"},
		{ReuseSafe, "AB", "01"},
		{ReuseSafe, "ABCCCBADD", "012000030"},
		{ReuseAggressive, "ABCCCBADD", "012000000"},
		{ReuseAlways, "ABCCCBADD", "000000000"},
	} {
		addr, _ := origin(t, numbering)
		r := newRig(t, addr, func(_, be *Proxy) { be.Reuse = row.mode })
		if got := r.play(row.script); got != row.want {
			t.Errorf("mode %d, %s: %s, want %s", row.mode, row.script, got, row.want)
		}
	}
}

func intp(n int) *int { return &n }

func delay(d time.Duration) *server.Duration { v := server.Duration(d); return &v }

// TestPoolLimits: as TestReuse, with the server's settings.
func TestPoolLimits(t *testing.T) {
	for _, row := range []struct {
		name string
		mode ReuseMode
		cfg  server.Config
		want string // of AAABB
	}{
		{"pool-max-conn 0", ReuseSafe, server.Config{PoolMaxConn: intp(0)}, "01234"},
		{"pool-max-conn 0", ReuseAlways, server.Config{PoolMaxConn: intp(0)}, "01234"},
		{"pool-max-conn 0", ReuseNever, server.Config{PoolMaxConn: intp(0)}, "00011"},
		{"pool-max-conn 1", ReuseSafe, server.Config{PoolMaxConn: intp(1)}, "00010"},
		{"pool-max-conn -1", ReuseSafe, server.Config{PoolMaxConn: intp(-1)}, "00010"},
		{"pool-purge-delay 0", ReuseSafe, server.Config{PoolPurgeDelay: delay(0)}, "01234"},
		{"pool-purge-delay 0", ReuseNever, server.Config{PoolPurgeDelay: delay(0)}, "00011"},
		// HAProxy applies max-reuse to HTTP/2 servers only.
		{"max-reuse 0", ReuseSafe, server.Config{MaxReuse: intp(0)}, "00010"},
		{"max-reuse 1", ReuseAlways, server.Config{MaxReuse: intp(1)}, "00000"},
	} {
		addr, _ := origin(t, numbering)
		r := newRig(t, addr, func(_, be *Proxy) { be.Reuse = row.mode })
		row.cfg.Name, row.cfg.Address = "s", addr
		st := settings(addr)
		st.Servers = []*server.Config{&row.cfg}
		r.configure(st)
		if got := r.play("AAABB"); got != row.want {
			t.Errorf("%s, mode %d: %s, want %s", row.name, row.mode, got, row.want)
		}
	}
}

// TestIdleClosed: a connection that the server has closed meanwhile is not used.
func TestIdleClosed(t *testing.T) {
	closed, ready := make(chan struct{}, 1), make(chan struct{})
	addr, _ := origin(t, func(n int64, c net.Conn, r *bufio.Reader) {
		readHead(r)
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d", n-1)
		<-ready
		c.Close()
		closed <- struct{}{}
	})
	for _, mode := range []ReuseMode{ReuseSafe, ReuseNever} {
		r := newRig(t, addr, func(_, be *Proxy) { be.Reuse = mode })
		a := r.dial()
		for range 3 {
			a.send(getHead)
			if got := a.read(numbered); !strings.HasPrefix(got, "HTTP/1.1 200") {
				t.Fatalf("mode %d: %q", mode, got)
			}
			await(t, "idle session", r.allIdle)
			ready <- struct{}{}
			<-closed
		}
		if n := r.be.BE.Reuse.Load(); n != 0 {
			t.Errorf("mode %d: %d dead connections were used", mode, n)
		}
	}
}

// allIdle tells whether every session waits for a request.
func (r *rig) allIdle() bool {
	all := true
	r.eng.active.each(func(s *client) { all = all && s.idle.Load() })
	return all
}

// await polls for a condition.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 5s", what)
		}
	}
}

// TestPurge: connections go when they are due, and dead ones before.
func TestPurge(t *testing.T) {
	closing, closed, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	defer close(over)
	addr, _ := origin(t, func(n int64, c net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(c, ok2)
		if n == 2 {
			<-closing
			c.Close()
			close(closed)
		}
		<-over
	})
	r := newRig(t, addr, nil)
	st := settings(addr)
	st.Servers[0].PoolPurgeDelay = delay(time.Hour)
	r.configure(st)
	srv := r.be.BE.ServerByName("s")
	a, b := r.dial(), r.dial()
	poolOf(srv).used(5) // as if there had been more load
	for _, c := range []*user{a, b} {
		c.send(getHead)
		c.read(len("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"))
	}
	await(t, "idle connections", func() bool { return srv.IdleConns.Load() == 2 })
	purge := func(what string, want int64) {
		PurgeIdle(false)
		if n := srv.IdleConns.Load(); n != want {
			t.Errorf("%s: %d connections are left, want %d", what, n, want)
		}
	}
	purge("before their time", 2)
	closing <- struct{}{}
	<-closed
	if !noLoops { // nobody has to look
		await(t, "notice of the close", func() bool { return srv.IdleConns.Load() == 1 })
	}
	purge("one was closed", 1)
	st.Servers[0].PoolPurgeDelay = delay(time.Nanosecond)
	r.configure(st)
	purge("after their time", 0)
}
