package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// generate lets a generator in a process of its own send one burst to a handler.
func generate(t *testing.T, connections int, b burst, h http.HandlerFunc) burstResult {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	port := s.Listener.Addr().(*net.TCPAddr).Port
	g, err := startHelper(context.Background(), "generator", generatorPlan{
		Port: port, Connections: connections, Request: cell{file: "1k"}.request(port), Size: 1024,
	}, new(struct{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.stop)
	var got burstResult
	if err := g.order(b, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

var body = make([]byte, 1024)

func TestGenerator(t *testing.T) {
	var asked atomic.Int64
	got := generate(t, 7, burst{Rate: 1000, For: time.Second / 2}, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = w.Write(body)
	})
	if got.Sent != 500 || got.Errors != 0 || asked.Load() != 507 {
		t.Errorf("%d were answered of %+v; want 500, and 7 before", asked.Load(), got)
	}
	if got.P50 <= 0 || got.P99 < got.P50 || got.Max < got.P99 {
		t.Errorf("the times are not in order: %+v", got)
	}
}

// A server that takes longer than the time between two requests makes the requests wait, and that counts: the last of
// 50 requests, 10 ms apart and 20 ms long, waits for about half a second.
func TestGeneratorCountsWaiting(t *testing.T) {
	got := generate(t, 1, burst{Rate: 100, For: time.Second / 2}, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		_, _ = w.Write(body)
	})
	if got.Errors != 0 || got.Max < 450*time.Millisecond || got.P50 < 200*time.Millisecond {
		t.Errorf("got %+v", got)
	}
}

// Bad answers and closed connections are errors, and so is what was still to come on their connections.
func TestGeneratorCountsErrors(t *testing.T) {
	var asked atomic.Int64
	got := generate(t, 2, burst{Rate: 100, For: time.Second / 2}, func(w http.ResponseWriter, r *http.Request) {
		// Two are asked at the begin; the sixth of all ends a connection.
		if asked.Add(1) == 6 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = w.Write(body)
	})
	// Of the 50, one is answered wrong, and those after it on the same connection are lost.
	if got.Errors < 20 || got.Errors > 25 || !strings.Contains(got.First, "503") {
		t.Errorf("got %+v", got)
	}
}

func TestGeneratorWithoutServer(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	_, err = startHelper(context.Background(), "generator", generatorPlan{Port: port, Connections: 1, Request: "x"}, new(struct{}))
	if err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v", err)
	}
}
