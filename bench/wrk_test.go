package main

import (
	"strings"
	"testing"
	"time"
)

func TestParseWrk(t *testing.T) {
	const good = `Running 1s test @ http://127.0.0.1:1/1k
  2 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.95ms    2.31ms  33.92ms   92.53%
    Req/Sec    11.73k     2.50k   16.21k    66.67%
  Latency Distribution
     50%    2.48ms
     75%    3.36ms
     90%    4.76ms
     99%   14.39ms
  24605 requests in 1.10s, 30.50MB read
Requests/sec:  22358.41
Transfer/sec:     27.72MB
`
	got, err := parseWrk(good)
	if err != nil {
		t.Fatal(err)
	}
	want := turn{requests: 24605, rate: 22358.41, p50: 2480 * time.Microsecond, p99: 14390 * time.Microsecond}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for name, bad := range map[string]string{
		"errors":       good + "  Non-2xx or 3xx responses: 12\n",
		"sockets":      strings.Replace(good, "Requests/sec", "  Socket errors: connect 0, read 3, write 0, timeout 0\nRequests/sec", 1),
		"nothing":      strings.Replace(good, "24605 requests", "0 requests", 1),
		"not a result": "unable to connect to 127.0.0.1:1 Connection refused\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := parseWrk(bad); err == nil {
				t.Errorf("accepted as %+v", got)
			}
		})
	}
}
