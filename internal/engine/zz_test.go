package engine

import (
	"log/slog"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

func TestZZ(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	e := New(slog.Default())
	go http.ListenAndServe("127.0.0.1:6060", nil)
	be := server.NewBackend("b")
	err := be.Configure(&server.Settings{ID: 3, Balancer: new(balance.RoundRobin), Servers: []*server.Config{{Name: "s", Address: "127.0.0.1:18080"}, {Name: "s2", Address: "127.0.0.1:18080"}}})
	if err != nil {
		t.Fatal(err)
	}
	to := Timeouts{Client: 10 * time.Second, Server: 10 * time.Second, Connect: time.Second, KeepAlive: 10 * time.Second}
	b := &Proxy{Name: "b", BE: be, HTTP: true, Timeouts: to, Retries: 3, RetryOn: RetryConnFailure}
	f := &Proxy{Name: "f", FE: server.NewFrontend("f"), HTTP: true, Timeouts: to, DefaultBackend: b}
	s := &Snapshot{Global: Global{Bufsize: 16384, Maxrewrite: 1024, MaxHdr: 101, LogURILen: 1024}, Proxies: []*Proxy{f, b}}
	s.Listeners = []*Listener{{Key: "x", Proxy: f, Open: func() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:18081") }}}
	if err := e.Push(s); err != nil {
		t.Fatal(err)
	}
	time.Sleep(60 * time.Second)
}
