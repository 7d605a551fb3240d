package engine

import (
	"net"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// dead is an address where nobody listens.
func dead(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// TestRedispatch: with `retries 3` and a client bound to a dead server, the status, %rc and server of HAProxy 2.6.12 for
// each `option redispatch N`.
func TestRedispatch(t *testing.T) {
	addr, _ := origin(t, answering(ok2))
	for _, row := range []struct {
		n    int
		want string
	}{
		{0, "503 SC 3 d"}, {1, "200 -- +1 s"}, {2, "200 -- +2 s"}, {3, "200 -- +3 s"}, {4, "503 SC 3 d"},
		{-1, "200 -- +3 s"}, {-2, "200 -- +2 s"}, {-3, "200 -- +1 s"},
	} {
		weight := 100
		var log *sink
		r := newRig(t, addr, func(fe, be *Proxy) {
			be.Redispatch, be.Cookie, be.Timeouts.Connect = row.n, &Cookie{Name: "C"}, 20*time.Millisecond
			err := be.BE.Configure(&server.Settings{ID: 3, Balancer: new(balance.RoundRobin), Redispatch: row.n != 0, Servers: []*server.Config{
				{Name: "d", Address: dead(t), Cookie: "d", Weight: &weight}, {Name: "s", Address: addr, Cookie: "s"}}})
			if err != nil {
				t.Fatal(err)
			}
			log = logTo(t, fe, "%ST %ts %rc %s")
		})
		began := time.Now()
		r.dial().send("GET / HTTP/1.1\r\nCookie: C=d\r\n\r\n")
		if got := log.next(t); got != row.want {
			t.Errorf("option redispatch %d: %q, want %q", row.n, got, row.want)
		}
		if row.n == 0 && time.Since(began) < 3*20*time.Millisecond {
			t.Error("no pause before the same server is tried again")
		}
	}
}

// TestRedispatches: two dead servers. The log line, and wretr, wredis and econ of both in HAProxy 2.6.12's statistics.
func TestRedispatches(t *testing.T) {
	for _, row := range []struct {
		n, retries int
		want       string
		d, e       [3]int64
	}{
		{1, 3, "503 SC +3 e", [3]int64{0, 2, 0}, [3]int64{0, 1, 1}},
		{2, 3, "503 SC +3 d", [3]int64{1, 1, 1}, [3]int64{0, 1, 0}},
		{3, 3, "503 SC +3 e", [3]int64{2, 1, 0}, [3]int64{0, 0, 1}},
		{-1, 3, "503 SC +3 e", [3]int64{2, 1, 0}, [3]int64{0, 0, 1}},
		{-2, 3, "503 SC +3 d", [3]int64{1, 1, 1}, [3]int64{0, 1, 0}},
		{-3, 3, "503 SC +3 e", [3]int64{0, 2, 0}, [3]int64{0, 1, 1}},
		{2, 5, "503 SC +5 d", [3]int64{1, 2, 1}, [3]int64{0, 2, 0}},
		{3, 5, "503 SC +5 e", [3]int64{2, 2, 0}, [3]int64{0, 1, 1}},
		{-1, 5, "503 SC +5 e", [3]int64{4, 1, 0}, [3]int64{0, 0, 1}},
		{-2, 5, "503 SC +5 d", [3]int64{3, 1, 1}, [3]int64{0, 1, 0}},
		{-4, 5, "503 SC +5 d", [3]int64{1, 2, 1}, [3]int64{0, 2, 0}},
		{-5, 5, "503 SC +5 e", [3]int64{0, 3, 0}, [3]int64{0, 2, 1}},
		{-9, 1, "503 SC +1 e", [3]int64{0, 1, 0}, [3]int64{0, 0, 1}}, // HAProxy divides by zero
	} {
		var log *sink
		r := newRig(t, dead(t), func(fe, be *Proxy) {
			be.Redispatch, be.Retries, be.Cookie, be.Timeouts.Connect = row.n, row.retries, &Cookie{Name: "C"}, 25*time.Millisecond
			err := be.BE.Configure(&server.Settings{ID: 3, Balancer: new(balance.RoundRobin), Redispatch: true, Servers: []*server.Config{
				{Name: "d", Address: dead(t), Cookie: "d"}, {Name: "e", Address: dead(t)}}})
			if err != nil {
				t.Fatal(err)
			}
			log = logTo(t, fe, "%ST %ts %rc %s")
		})
		r.dial().send("GET / HTTP/1.1\r\nCookie: C=d\r\n\r\n")
		if got := log.next(t); got != row.want {
			t.Errorf("retries %d, option redispatch %d: %q, want %q", row.retries, row.n, got, row.want)
		}
		for name, want := range map[string][3]int64{"d": row.d, "e": row.e} {
			s := r.be.BE.ServerByName(name)
			if got := [3]int64{s.Retries.Load(), s.Redispatches.Load(), s.ErrConn.Load()}; got != want {
				t.Errorf("retries %d, option redispatch %d: %s has %v, want %v", row.retries, row.n, name, got, want)
			}
		}
	}
}
