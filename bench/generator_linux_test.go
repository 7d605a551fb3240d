package main

import (
	"strings"
	"testing"
)

// An answer is understood however it is cut into pieces.
func TestTakePieces(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length: 5\r\n\r\nhello"
	for i := 1; i < len(answer); i++ {
		for j := i; j < len(answer); j++ {
			c := &outgoing{size: 5}
			for range 2 { // the second answer on the same connection too
				for n, piece := range []string{answer[:i], answer[i:j], answer[j:]} {
					done, err := c.take([]byte(piece))
					if err != nil || done != (n == 2) {
						t.Fatalf("cut at %d and %d, piece %d: %v, %v", i, j, n, done, err)
					}
				}
			}
		}
	}
}

func TestTakeRefuses(t *testing.T) {
	for name, answer := range map[string]string{
		"status":     "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nhello",
		"length":     "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
		"no length":  "HTTP/1.1 200 OK\r\n\r\nhello",
		"two":        strings.Repeat("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 2),
		"not HTTP":   "hello\r\n\r\n",
		"not number": "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
	} {
		t.Run(name, func(t *testing.T) {
			c := &outgoing{size: 5}
			if done, err := c.take([]byte(answer)); err == nil {
				t.Errorf("accepted, %v", done)
			}
		})
	}
}

// What runs while it is measured does not allocate.
func TestTakeAllocates(t *testing.T) {
	answer := []byte("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello")
	c := &outgoing{size: 5}
	if n := testing.AllocsPerRun(100, func() {
		if done, err := c.take(answer); !done || err != nil {
			t.Fatal(done, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
