package integration

import (
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"

	_ "github.com/caddy-haproxy/caddy-haproxy"
)

// load runs the text of a haproxy.cfg in this process. These tests are not parallel: there is one Caddy in a process.
func load(t *testing.T, text string) {
	t.Helper()
	if err := caddy.Load(adaptHere(t, text), true); err != nil {
		t.Fatal(err)
	}
}

func adaptHere(t *testing.T, text string) []byte {
	t.Helper()
	out, _, err := caddyconfig.GetAdapter("haproxy").Adapt([]byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	doc["admin"] = map[string]any{"disabled": true, "config": map[string]any{"persist": false}}
	doc["logging"] = map[string]any{"logs": map[string]any{"default": map[string]any{"writer": map[string]any{"output": "discard"}}}}
	if out, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	return out
}

// unload stops it.
func unload(t *testing.T) {
	t.Helper()
	if err := caddy.Stop(); err != nil {
		t.Error(err)
	}
}

// plainServer answers each request with a constant and allocates nothing while it does.
func plainServer(t *testing.T, answer string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go servePlain(c, []byte(answer))
		}
	}()
	return l.Addr().String()
}

func servePlain(c net.Conn, answer []byte) {
	defer c.Close()
	buf := make([]byte, 1<<14)
	n := 0
	for {
		m, err := c.Read(buf[n:])
		if err != nil {
			return
		}
		n += m
		if !strings.HasSuffix(text(buf[:n]), "\r\n\r\n") {
			continue
		}
		n = 0
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// asker sends one request after the other on one connection and allocates nothing while it does.
type asker struct {
	c       net.Conn
	request []byte
	tail    []byte // what an answer ends with
	buf     []byte
}

func newAsker(t *testing.T, port int, request, tail string) *asker {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr(port), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &asker{c: c, request: []byte(request), tail: []byte(tail), buf: make([]byte, 1<<14)}
}

// ask sends the request n times and says whether every one was answered with a status of 200.
func (a *asker) ask(n int) bool {
	for range n {
		if _, err := a.c.Write(a.request); err != nil {
			return false
		}
		m := 0
		for !strings.HasSuffix(text(a.buf[:m]), text(a.tail)) {
			k, err := a.c.Read(a.buf[m:])
			if err != nil {
				return false
			}
			m += k
		}
		if !strings.HasPrefix(text(a.buf[:m]), "HTTP/1.1 200 ") {
			return false
		}
	}
	return true
}
