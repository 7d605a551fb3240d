package engine

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// shout is a stage that makes text upper case and says at the end how much went through it.
type shout struct{ n int }

func (*shout) Open(t *txn.Txn) Stage {
	if v, _ := t.Res.Headers.Value("content-type"); !bytes.HasPrefix(v, []byte("text/")) {
		return nil
	}
	return new(shout)
}

func (s *shout) Write(data []byte, last bool) ([]byte, error) {
	s.n += len(data)
	data = bytes.ToUpper(data)
	if last {
		data = append(data, '!')
	}
	return data, nil
}

// stageEngine runs a frontend with a filter before the server at addr and returns the frontend's address.
func stageEngine(t *testing.T, addr string) string {
	t.Helper()
	be := server.NewBackend("b")
	err := be.Configure(&server.Settings{ID: 3, Balancer: new(balance.RoundRobin), Servers: []*server.Config{{Name: "s", Address: addr}}})
	if err != nil {
		t.Fatal(err)
	}
	to := Timeouts{Client: 10 * time.Second, Server: 10 * time.Second, Connect: 5 * time.Second, KeepAlive: 10 * time.Second}
	b := &Proxy{Name: "b", BE: be, HTTP: true, Timeouts: to, Filters: []Filter{new(shout)}}
	f := &Proxy{Name: "f", FE: server.NewFrontend("f"), HTTP: true, Timeouts: to, DefaultBackend: b}
	s := &Snapshot{Global: Global{NoEpoll: noLoops, IdlePoolShared: true, Bufsize: 16384, Maxrewrite: 1024, MaxHdr: 101, LogURILen: 1024}, Proxies: []*Proxy{f, b}}
	var at string
	s.Listeners = []*Listener{{Key: "x", Proxy: f, Open: func() (net.Listener, error) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err == nil {
			at = ln.Addr().String()
		}
		return ln, err
	}}}
	e := New(slog.New(slog.DiscardHandler))
	if err := e.Push(s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		e.Remove(s)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		e.Drain(ctx)
		PurgeIdle(true)
	})
	return "http://" + at
}

func TestStages(t *testing.T) {
	long := strings.Repeat("abcdefgh", 5000)
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		switch r.URL.Path {
		case "/length":
			w.Header().Set("Content-Length", "40000")
			io.WriteString(w, long)
		case "/chunked":
			for i := 0; i < len(long); i += 8000 {
				io.WriteString(w, long[i:i+8000])
				w.(http.Flusher).Flush()
			}
		case "/close":
			c, buf, _ := w.(http.Hijacker).Hijack()
			buf.WriteString("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n" + long)
			buf.Flush()
			c.Close()
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	defer origin.Close()
	url := stageEngine(t, strings.TrimPrefix(origin.URL, "http://"))
	loud := strings.ToUpper(long) + "!"
	for _, c := range []struct{ path, want string }{
		{"/length?type=text/plain", loud}, {"/chunked?type=text/plain", loud}, {"/close?type=text/plain", loud},
		{"/length?type=image/png", long}, {"/chunked?type=image/png", long}, {"/none?type=text/plain", ""},
		{"/length?type=text/plain", loud},
	} {
		t.Run(c.path, func(t *testing.T) {
			res, err := http.Get(url + c.path)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			got, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("%d bytes that begin with %.20q, want %d", len(got), got, len(c.want))
			}
		})
	}
}
