package integration

import (
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestQueue sends 200 clients at once through servers that take one request at a time each: none is lost, no server ever
// sees two, and nobody is overtaken by more than the ones who came at the same time.
func TestQueue(t *testing.T) {
	needPrograms(t)
	t.Parallel()
	const clients, rounds = 200, 3
	for _, algorithm := range []string{"roundrobin", "leastconn", "first", "random", "static-rr"} {
		t.Run(algorithm, func(t *testing.T) {
			var busy, most, served [2]atomic.Int64
			cfg := "defaults\n mode http\n timeout client 30s\n timeout connect 2s\n timeout server 30s\n timeout queue 30s\n"
			port := freePort(t)
			cfg += fmt.Sprintf("frontend f\n bind %s\n default_backend b\nbackend b\n balance %s\n", addr(port), algorithm)
			for i := range busy {
				cfg += fmt.Sprintf(" server s%d %s maxconn 1\n", i, countingServer(t, &busy[i], &most[i], &served[i]))
			}
			start(t, ours, cfg, port)
			var all sync.WaitGroup
			var lost atomic.Int64
			for range clients {
				all.Go(func() {
					c, err := net.Dial("tcp", addr(port))
					if err != nil {
						lost.Add(1)
						return
					}
					defer c.Close()
					_ = c.SetDeadline(time.Now().Add(30 * time.Second))
					a := &asker{c: c, request: []byte(simple), tail: []byte("hello"), buf: make([]byte, 4096)}
					if !a.ask(rounds) {
						lost.Add(1)
					}
				})
			}
			all.Wait()
			if lost.Load() != 0 {
				t.Errorf("%d clients were not served", lost.Load())
			}
			if n := served[0].Load() + served[1].Load(); n != clients*rounds {
				t.Errorf("%d requests reached the servers, not %d", n, clients*rounds)
			}
			for i := range most {
				if most[i].Load() != 1 {
					t.Errorf("server %d had %d requests at once", i, most[i].Load())
				}
				if n := served[i].Load(); n < clients*rounds/5 {
					t.Errorf("server %d got %d requests only", i, n)
				}
			}
		})
	}
}

// countingServer answers after a moment, and counts how many requests it has at once.
func countingServer(t *testing.T, busy, most, served *atomic.Int64) (address string) {
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
			go func() {
				defer c.Close()
				buf := make([]byte, 4096)
				for {
					if n, err := c.Read(buf); err != nil || n == 0 {
						return
					}
					if n := busy.Add(1); n > most.Load() {
						most.Store(n)
					}
					served.Add(1)
					time.Sleep(time.Millisecond)
					busy.Add(-1)
					if _, err := c.Write([]byte(helloAnswer)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// TestQueueOrder checks that waiting requests are served in the order in which they came: each is sent once the one before
// it waits.
func TestQueueOrder(t *testing.T) {
	needPrograms(t)
	t.Parallel()
	const clients = 30
	all := make(chan struct{})
	server, err := newScripted([]script{{func() { <-all }, okReply}, {okReply}}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.close)
	r := &reloader{port: freePort(t), socket: filepath.Join(t.TempDir(), "s")}
	start(t, ours, fmt.Sprintf("global\n stats socket %s\ndefaults\n mode http\n timeout client 9s\n timeout connect 2s\n timeout server 9s\n timeout queue 9s\n"+
		"listen l\n bind %s\n server s %s maxconn 1\n", r.socket, addr(r.port), addr(server.port)), r.port)
	cl := &client{port: r.port, last: func() {}, conns: map[int]*clientConn{}}
	for i := range clients {
		c, err := cl.dial(i)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c.c, "GET /%02d HTTP/1.1\r\nHost: x\r\n\r\n", i)
		r.until(t, "l", "BACKEND", func(row map[string]string) bool {
			return row["scur"] == fmt.Sprint(i+1) && row["qcur"] == fmt.Sprint(i)
		})
	}
	close(all)
	for i := range clients {
		cl.expect(cl.conns[i], "ok")
	}
	cl.hangUp()
	server.mu.Lock()
	defer server.mu.Unlock()
	i := 0
	for _, r := range server.conns {
		var n int
		if _, err := fmt.Sscanf(r.got.String(), "GET /%d ", &n); err != nil || n != i {
			t.Errorf("number %d was served when it was the turn of %d (%v)", n, i, err)
		}
		i++
	}
	if i != clients {
		t.Errorf("%d requests of %d were served", i, clients)
	}
}
