package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// turn is what one round showed of one program.
type turn struct {
	requests int
	rate     float64 // requests a second
	p50, p99 time.Duration
	cpu      time.Duration // per request
	logs     float64       // log lines that arrived, per request
}

// wrk loads a port with 64 connections.
func wrk(ctx context.Context, opt *options, c cell, port int) (turn, error) {
	path, err := look("wrk")
	if err != nil {
		return turn{}, err
	}
	args := []string{"-t2", "-c64", "--latency", "--timeout", "10s", "-d" + strconv.Itoa(int(opt.duration.Seconds())) + "s"}
	for _, h := range c.headers() {
		args = append(args, "-H", h)
	}
	ctx, cancel := context.WithTimeout(ctx, opt.duration+20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, append(args, "http://"+address(port)+"/"+c.file)...).CombinedOutput()
	if err != nil {
		return turn{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	return parseWrk(string(out))
}

var (
	wrkCount   = regexp.MustCompile(`(\d+) requests in `)
	wrkRate    = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkP50     = regexp.MustCompile(`\n\s+50%\s+([\d.]+[a-z]+)`)
	wrkP99     = regexp.MustCompile(`\n\s+99%\s+([\d.]+[a-z]+)`)
	wrkTrouble = regexp.MustCompile(`(Non-2xx or 3xx responses|Socket errors): .*`)
)

// parseWrk reads what wrk prints. Answers that are not good, and connections that fail, spoil a turn.
func parseWrk(text string) (turn, error) {
	if m := wrkTrouble.FindString(text); m != "" {
		return turn{}, errors.New("wrk saw " + m)
	}
	var t turn
	var errs [4]error
	t.requests, errs[0] = strconv.Atoi(submatch(wrkCount, text))
	t.rate, errs[1] = strconv.ParseFloat(submatch(wrkRate, text), 64)
	t.p50, errs[2] = time.ParseDuration(submatch(wrkP50, text))
	t.p99, errs[3] = time.ParseDuration(submatch(wrkP99, text))
	if err := errors.Join(errs[:]...); err != nil {
		return t, fmt.Errorf("cannot read what wrk printed: %w\n%s", err, text)
	}
	if t.requests == 0 {
		return t, errors.New("no request was answered")
	}
	return t, nil
}

func submatch(re *regexp.Regexp, text string) string {
	if m := re.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

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
	head := "GET /" + c.file + " HTTP/1.1\r\n"
	fields := c.headers()
	if !slices.ContainsFunc(fields, func(h string) bool { return strings.HasPrefix(h, "Host:") }) {
		head += "Host: " + address(port) + "\r\n"
	}
	for _, h := range fields {
		head += h + "\r\n"
	}
	return &client{c: nc, r: bufio.NewReaderSize(nc, 4096), req: head + "\r\n"}, nil
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
		cl.buf = make([]byte, min(size, 256<<10))
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

// fetchBodies reads one body after the other on one connection for the time of a turn; one at least.
func fetchBodies(ctx context.Context, opt *options, c cell, port int) (turn, error) {
	cl, err := dial(c, port)
	if err != nil {
		return turn{}, err
	}
	defer cl.c.Close()
	var took []time.Duration
	begin := time.Now()
	for len(took) == 0 || (!opt.short && time.Since(begin) < opt.duration) {
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
