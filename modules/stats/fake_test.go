package stats

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a process with a frontend fe, a backend be with servers s1, s2 (backup) and s3 (disabled), and a listen section l.
type fake struct{ list []*Proxy }

func (f *fake) Proxies() []*Proxy { return f.list }

func (*fake) Process() Process {
	return Process{Pid: 42, Threads: 2, Start: time.Now().Add(-90061 * time.Second), Node: "n<1>", Description: "about", Maxconn: 100}
}

func (*fake) Sockets() []Socket { return []Socket{{"unix@/x", Admin}, {"ipv4@127.0.0.1:1", User}} }

func newFake(t testing.TB) *fake {
	t.Helper()
	weight := 3
	be := backendOf(t, "be", 3, &server.Config{Name: "s1", Address: "127.0.0.1:1", Cookie: "a,\"b\"", Check: true},
		&server.Config{Name: "s2", Address: "[::1]:2", Backup: true, Weight: &weight}, &server.Config{Name: "s3", Address: "127.0.0.1:3", Disabled: true})
	fe, l := server.NewFrontend("fe"), server.NewFrontend("l")
	fe.Configure(2, 0)
	l.Configure(4, 7)
	return &fake{[]*Proxy{
		{Name: "fe", ID: 2, Mode: "http", Frontend: fe},
		{Name: "be", ID: 3, Mode: "http", Backend: be, Algo: "roundrobin", Cookie: "SRV", Description: "<b>"},
		{Name: "l", ID: 4, Mode: "http", Frontend: l, Backend: backendOf(t, "l", 4), Algo: "roundrobin"},
		{Name: "off", ID: 5, Mode: "http", Frontend: server.NewFrontend("off"), Disabled: true},
	}}
}

func backendOf(t testing.TB, name string, id int, list ...*server.Config) *server.Backend {
	t.Helper()
	b := server.NewBackend(name)
	if err := b.Configure(&server.Settings{ID: id, Servers: list, Balancer: new(balance.RoundRobin), FullConn: 10}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (f *fake) server(name string) *server.Server { return f.list[1].Backend.ServerByName(name) }
