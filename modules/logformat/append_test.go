package logformat

import (
	"net/netip"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

type proxy string

func (p proxy) Name() string   { return string(p) }
func (proxy) ID() int          { return 1 }
func (proxy) Conns() int64     { return 0 }
func (proxy) ConnLimit() int64 { return 0 }
func (proxy) SessRate() int64  { return 0 }
func (proxy) ConnRate() int64  { return 0 }
func (proxy) ReqRate() int64   { return 0 }

type backend struct{ proxy }

func (backend) UsableServers() int64     { return 0 }
func (backend) QueueLen() int64          { return 0 }
func (backend) QueueOwn() int64          { return 0 }
func (backend) AvgQueue() int64          { return 0 }
func (backend) FreeSlots() int64         { return 0 }
func (backend) TotalWeight() int64       { return 0 }
func (backend) Server(string) txn.Server { return nil }

type server string

func (s server) Name() string    { return string(s) }
func (server) ID() int           { return 1 }
func (server) Conns() int64      { return 0 }
func (server) ConnFree() int64   { return 0 }
func (server) SessRate() int64   { return 0 }
func (server) IsUp() bool        { return true }
func (server) QueueLen() int64   { return 0 }
func (server) Weight() int64     { return 1 }
func (server) InitWeight() int64 { return 1 }
func (server) UserWeight() int64 { return 1 }

// request is a successful request: accepted at idle, 200 ms idle, 100 ms to read, 10 in the queue, 20 to connect, 30 to
// answer, 40 to transfer.
func request() *txn.Txn { return requestAt(time.Date(2009, 2, 6, 12, 14, 14, 655e6, time.UTC)) }

func requestAt(idle time.Time) *txn.Txn {
	at := func(ms int) time.Time { return idle.Add(time.Duration(ms) * time.Millisecond) }
	t := &txn.Txn{
		Conn: &txn.Conn{
			Src: netip.MustParseAddrPort("10.0.1.2:33317"), Dst: netip.MustParseAddrPort("10.0.3.31:80"),
			Accepted: idle, Requests: 1, Listener: &txn.Listener{ID: 2},
		},
		Frontend: proxy("http-in"), Backend: backend{"static"}, Server: server("srv1"),
		ServerLocal: netip.MustParseAddrPort("10.0.2.1:4444"), ServerRemote: netip.MustParseAddrPort("10.0.2.2:8000"),
	}
	t.Log = txn.Record{
		Line: []byte("GET /index.html HTTP/1.1"),
		Idle: idle, Start: at(200), RequestDone: at(300), QueueDone: at(310), Connected: at(330), ResponseHead: at(360), End: at(400),
		Status: 200, BytesIn: 100, BytesOut: 2750, ActConn: 1, FeConn: 1, BeConn: 1, SrvConn: 1,
	}
	return t
}

func compile(t testing.TB, text string, kind Kind) *Format {
	t.Helper()
	f, err := Compile(nil, text, Options{Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestHTTPLog(t *testing.T) {
	r := request()
	f := compile(t, HTTPLog, Log)
	want := `10.0.1.2:33317 [06/Feb/2009:12:14:14.855] http-in static/srv1 100/10/20/30/200 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1"`
	if got := string(f.Append(nil, r)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func BenchmarkHTTPLog(b *testing.B) {
	r := requestAt(time.Now())
	f := compile(b, HTTPLog, Log)
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		dst = f.Append(dst[:0], r)
	}
}
