package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"
)

// client is one connection that asks for the cell's file, again and again.
type client struct {
	c   net.Conn
	r   *bufio.Reader
	req string
	buf []byte
}

func dial(c cell, port int) (*client, error) {
	nc, err := net.DialTimeout("tcp", address(port), 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &client{c: nc, r: bufio.NewReaderSize(nc, 4096), req: c.request(port)}, nil
}

// get asks once and reads the whole answer, which must be good and as long as the file is.
func (cl *client) get(size int64) error {
	if err := cl.c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	if _, err := io.WriteString(cl.c, cl.req); err != nil {
		return err
	}
	resp, err := http.ReadResponse(cl.r, nil)
	if err != nil {
		return err
	}
	if cl.buf == nil {
		cl.buf = make([]byte, min(size+1, 256<<10))
	}
	// The wrapper hides ReadFrom and WriteTo, so that the buffer is used.
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{resp.Body}, cl.buf)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || n != size {
		return fmt.Errorf("status %d with %d bytes, want 200 with %d", resp.StatusCode, n, size)
	}
	return nil
}

// verify asks a proxy once.
func verify(c cell, port int) error {
	cl, err := dial(c, port)
	if err != nil {
		return err
	}
	defer cl.c.Close()
	return cl.get(sizes[c.file])
}

// fetchBodies reads one body after the other on one connection for a time; one at least, and only one for
// no time.
func fetchBodies(ctx context.Context, d time.Duration, c cell, port int) (turn, error) {
	cl, err := dial(c, port)
	if err != nil {
		return turn{}, err
	}
	defer cl.c.Close()
	var took []time.Duration
	begin := time.Now()
	for len(took) == 0 || time.Since(begin) < d {
		if err := ctx.Err(); err != nil {
			return turn{}, err
		}
		t := time.Now()
		if err := cl.get(sizes[c.file]); err != nil {
			return turn{}, err
		}
		took = append(took, time.Since(t))
	}
	rate := float64(len(took)) / time.Since(begin).Seconds()
	slices.Sort(took)
	return turn{requests: len(took), rate: rate, p50: took[len(took)/2], p99: took[len(took)*99/100]}, nil
}
