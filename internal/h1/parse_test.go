package h1

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

const tenFields = "GET /index.html?a=b&c=d HTTP/1.1\r\n" +
	"Host: www.example.com\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" +
	"Accept-Language: en-US,en;q=0.5\r\n" +
	"Accept-Encoding: gzip, deflate, br\r\n" +
	"Referer: https://www.example.com/\r\n" +
	"Connection: keep-alive\r\n" +
	"Cookie: SERVERID=a; session=0123456789abcdef\r\n" +
	"Cache-Control: max-age=0\r\n" +
	"X-Forwarded-For: 192.0.2.1\r\n\r\n"

const smallResponse = "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\n" +
	"Content-Type: text/html\r\nContent-Length: 1024\r\nLast-Modified: Sun, 22 Nov 2026 11:00:00 GMT\r\n" +
	"Connection: keep-alive\r\nETag: \"abc\"\r\nAccept-Ranges: bytes\r\n\r\n"

// verdictOf is what a parse came to, as text.
func verdictOf(n int, err error, head []byte) string {
	var e *Error
	if errors.As(err, &e) {
		return fmt.Sprintf("error %d", e.Status)
	}
	if n == 0 {
		return "incomplete"
	}
	return fmt.Sprintf("%d bytes, %q", n, head)
}

func parseRequest(in []byte, lim *Limits, step int) string {
	var r Request
	r.Reset()
	buf := make([]byte, 0, len(in)+1)
	var n int
	var err error
	for at := 0; at < len(in) && n == 0 && err == nil; at += step {
		buf = append(buf, in[at:min(at+step, len(in))]...)
		n, err = r.Parse(buf, lim)
	}
	return verdictOf(n, err, AppendRequest(nil, &r)) + fmt.Sprint(r.ContentLength, r.Chunked, r.Conn, r.MustClose)
}

func parseResponse(in []byte, lim *Limits, step int) string {
	var r Response
	r.Reset()
	buf := make([]byte, 0, len(in)+1)
	var n int
	var err error
	for at := 0; at < len(in) && n == 0 && err == nil; at += step {
		buf = append(buf, in[at:min(at+step, len(in))]...)
		n, err = r.Parse(buf, lim, nil)
	}
	return verdictOf(n, err, AppendResponse(nil, &r)) + fmt.Sprint(r.ContentLength, r.Chunked, r.Conn, r.MustClose)
}

// sameVerdict leaves aside what an early refusal leaves undecided.
func sameVerdict(a, b string) bool {
	return a == b || len(a) > 9 && len(b) > 9 && a[:6] == "error " && a[:9] == b[:9]
}

func TestFragmented(t *testing.T) {
	for _, file := range corpusFiles(t) {
		for _, r := range readCorpus(t, file) {
			lim := &Limits{AcceptInvalid: r.conf == "accept-invalid"}
			for _, step := range []int{1, 2, 7} {
				if want, got := parseRequest(r.fromClient, lim, 1<<20), parseRequest(r.fromClient, lim, step); !sameVerdict(want, got) {
					t.Errorf("%s: request in pieces of %d:\n got %s\nwant %s", r.name, step, got, want)
				}
				if want, got := parseResponse(r.fromServer, lim, 1<<20), parseResponse(r.fromServer, lim, step); !sameVerdict(want, got) {
					t.Errorf("%s: response in pieces of %d:\n got %s\nwant %s", r.name, step, got, want)
				}
			}
		}
	}
}

func TestMovedBuffer(t *testing.T) {
	var r Request
	r.Reset()
	for n := 1; n < len(tenFields); n++ {
		if got, err := r.Parse(bytes.Clone([]byte(tenFields[:n])), nil); got != 0 || err != nil {
			t.Fatalf("%d bytes: %d, %v", n, got, err)
		}
	}
	last := []byte(tenFields)
	if n, err := r.Parse(last, nil); n != len(last) || err != nil || len(r.Headers) != 9 {
		t.Fatalf("%d, %v, %d fields", n, err, len(r.Headers))
	}
	last[len("GET ")] = '!'
	if r.Target[0] != '!' {
		t.Error("target does not point into the last buffer")
	}
}

func TestNoAllocation(t *testing.T) {
	var req Request
	var resp Response
	var c Chunked
	req.Reset()
	resp.Reset()
	in, out, body := make([]byte, 1024), make([]byte, 0, 1024), []byte("5\r\nhello\r\n0\r\nX-T: v\r\n\r\n")
	work := make([]byte, len(body))
	bad := []byte("G\x01")
	check := func(name string, f func()) {
		f() // the arrays of fields grow once
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	check("request", func() {
		req.Reset()
		if n, err := req.Parse(in[:copy(in, tenFields)], nil); n == 0 || err != nil {
			t.Fatal(n, err)
		}
		req.SetConnection(false)
		out = AppendRequest(out[:0], &req)
	})
	check("response", func() {
		resp.Reset()
		if n, err := resp.Parse(in[:copy(in, smallResponse)], nil, nil); n == 0 || err != nil {
			t.Fatal(n, err)
		}
		resp.SetConnection(&req, resp.KeepClient(&req, false))
		out = AppendResponse(out[:0], &resp)
	})
	check("chunked", func() {
		c.Reset()
		n, _, done, err := c.Decode(work[:copy(work, body)])
		if n != 5 || !done || err != nil {
			t.Fatal(n, done, err)
		}
		out = AppendTrailers(AppendChunkHead(out[:0], n), c.Trailers())
	})
	check("refusal", func() {
		req.Reset()
		if _, err := req.Parse(bad, nil); err == nil {
			t.Fatal("no error")
		}
	})
}

func BenchmarkRequest(b *testing.B) {
	var r Request
	in := make([]byte, len(tenFields))
	copy(in, tenFields)
	b.ReportAllocs()
	for b.Loop() {
		r.Reset()
		// the first round shortens Connection; what matters is the same
		if n, err := r.Parse(in, nil); n == 0 || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkResponse(b *testing.B) {
	var r Response
	in := make([]byte, len(smallResponse))
	copy(in, smallResponse)
	b.ReportAllocs()
	for b.Loop() {
		r.Reset()
		if n, err := r.Parse(in, nil, nil); n == 0 || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkAppendRequest(b *testing.B) {
	var r Request
	r.Reset()
	if _, err := r.Parse([]byte(tenFields), nil); err != nil {
		b.Fatal(err)
	}
	out := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		out = AppendRequest(out[:0], &r)
	}
}
