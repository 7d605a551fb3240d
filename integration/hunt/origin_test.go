package hunt

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"
)

// answer is what a server does with a request.
type answer struct {
	kind    int
	status  int
	size    int
	interim int
	leave   bool // close without a word after it
}

// The kinds of answers; those from faulty on break something.
const (
	withLength = iota
	chunked
	trailed
	untilClose
	bodyless
	early  // the answer is out before the request's body is read
	tunnel // 101
	faulty
	silence    // closes without an answer
	slam       // resets without an answer
	cutHead    // closes within the head
	cutBody    // closes within the body
	slamBody   // resets within the body
	garbage    // no HTTP
	badChunk   // breaks the framing
	tooMuch    // sends more than announced
	hugeHead   // more than a buffer
	slow       // in small pieces
	hang       // for longer than the timeout
	earlyLeave // answers, does not read the body, closes
	kinds
)

// origin is a server of the hunt.
type origin struct {
	l     *ledger
	addr  string
	ln    net.Listener
	wg    sync.WaitGroup
	mu    sync.Mutex
	conns map[net.Conn]bool
}

func newOrigin(l *ledger) *origin {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		l.t.Fatal(err)
	}
	o := &origin{l: l, addr: ln.Addr().String(), ln: ln, conns: make(map[net.Conn]bool)}
	o.wg.Add(1)
	go o.accept()
	return o
}

func (o *origin) accept() {
	defer o.wg.Done()
	for {
		c, err := o.ln.Accept()
		if err != nil {
			return
		}
		o.mu.Lock()
		o.conns[c] = true
		o.mu.Unlock()
		o.wg.Add(1)
		go func() {
			defer o.wg.Done()
			rng := rand.New(rand.NewPCG(rand.Uint64(), 1))
			r := bufio.NewReader(c)
			for o.one(rng, c, r) {
			}
			c.Close()
			o.mu.Lock()
			delete(o.conns, c)
			o.mu.Unlock()
		}()
	}
}

func (o *origin) close() {
	o.ln.Close()
	o.mu.Lock()
	for c := range o.conns {
		c.Close()
	}
	o.mu.Unlock()
	o.wg.Wait()
}

// one serves one request; false ends the connection.
func (o *origin) one(rng *rand.Rand, c net.Conn, r *bufio.Reader) bool {
	c.SetDeadline(time.Now().Add(20 * time.Second))
	h, err := readHead(r)
	if err != nil {
		if errors.Is(err, errForm) {
			o.l.wrong("a server got garbage: %v", err)
		}
		return false
	}
	word := strings.Fields(h.first)
	if len(word) != 3 || word[2] != "HTTP/1.1" && word[2] != "HTTP/1.0" {
		o.l.wrong("a server got the request line %q", h.first)
		return false
	}
	q := o.l.arrived(h.fields["x-id"], h.fields["x-tail"], word[1])
	if q == nil {
		return false
	}
	if word[0] != q.method {
		o.l.wrong("request %d has the method %q, want %q", q.id, word[0], q.method)
	}
	a := &q.answer
	if a.kind > faulty {
		o.l.faults.Add(1)
	}
	switch a.kind {
	case early, earlyLeave:
		if err := send(rng, c, o.message(rng, q)); err != nil || a.kind == earlyLeave {
			return false
		}
	}
	body, err := h.readBody(r, false, false)
	if errors.Is(err, errForm) {
		o.l.wrong("request %d has a %v", q.id, err)
	}
	if err != nil {
		if !bytes.HasPrefix(fill(q.id, q.size, false), body) {
			o.l.wrong("request %d: wrong bytes in a body that was cut", q.id)
		}
		return false
	}
	if !bytes.Equal(body, fill(q.id, q.size, false)) {
		o.l.wrong("request %d (%s): a body of %d bytes, want %d", q.id, q.pool, len(body), q.size)
	}
	if a.kind != early && !o.respond(rng, c, r, q) {
		return false
	}
	if a.leave {
		time.Sleep(time.Duration(rng.IntN(4)) * time.Millisecond)
		if rng.IntN(2) == 0 {
			reset(c)
		}
		return false
	}
	if word[2] == "HTTP/1.0" {
		return h.fields["connection"] == "keep-alive"
	}
	return h.fields["connection"] != "close"
}

// respond answers in the way that was ordered; false ends the connection.
func (o *origin) respond(rng *rand.Rand, c net.Conn, r *bufio.Reader, q *order) bool {
	m := o.message(rng, q)
	end := bytes.Index(m, []byte("\r\n\r\n")) + 4
	kind := q.answer.kind
	if q.again && q.arrivals.Load() > 1 {
		kind = withLength // the second attempt does better
	}
	switch kind {
	case silence:
		return false
	case slam:
		reset(c)
		return false
	case cutHead:
		c.Write(m[:rng.IntN(end)])
		return false
	case cutBody, slamBody:
		c.Write(m[:end+rng.IntN(len(m)-end+1)])
		if kind == slamBody {
			time.Sleep(time.Duration(rng.IntN(3)) * time.Millisecond)
			reset(c)
		}
		return false
	case garbage:
		c.Write([]byte("\x16\x03\x01 no HTTP\r\n\r\n"))
		return false
	case badChunk:
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nx-echo: %d\r\nTransfer-Encoding: chunked\r\n\r\n", q.id)
		time.Sleep(time.Duration(rng.IntN(3)) * time.Millisecond)
		io.WriteString(c, "5;x\r\n\r\n0\r\nZZ\r\n\r\n")
		return true
	case tooMuch:
		c.Write(append(m, // at once: what came later would be taken for the next answer, and rightly so
			"HTTP/1.1 200 OK\r\nx-echo: 1\r\ncontent-length: 0\r\n\r\n"...))
		return true
	case hugeHead:
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nx-echo: %d\r\nx-huge: %s\r\nContent-Length: 0\r\n\r\n", q.id, strings.Repeat("a", 40000))
		return true
	case slow:
		for i := 0; i < len(m); i += 1 + len(m)/20 {
			if _, err := c.Write(m[i:min(len(m), i+1+len(m)/20)]); err != nil {
				return false
			}
			time.Sleep(time.Duration(rng.IntN(30)) * time.Millisecond)
		}
		return true
	case hang:
		c.SetReadDeadline(time.Now().Add(1500 * time.Millisecond))
		r.ReadByte()
		return false
	case tunnel:
		o.tunnel(rng, c, r, m)
		return false
	}
	return send(rng, c, m) == nil && (kind != untilClose || q.method == "HEAD")
}

// tunnel echoes whatever comes until the other side is done.
func (o *origin) tunnel(rng *rand.Rand, c net.Conn, r *bufio.Reader, m []byte) {
	if send(rng, c, m) != nil {
		return
	}
	if rng.IntN(10) == 0 {
		return
	}
	io.Copy(c, r)
	c.(*net.TCPConn).CloseWrite()
}

// message is the whole answer.
func (o *origin) message(rng *rand.Rand, q *order) []byte {
	a := &q.answer
	var m []byte
	for range a.interim {
		m = fmt.Appendf(m, "HTTP/1.1 103 Early Hints\r\nx-echo: %d\r\nlink: a\r\n\r\n", q.id)
	}
	m = fmt.Appendf(m, "HTTP/1.1 %d Word\r\nx-echo: %d\r\n", a.status, q.id)
	body := fill(q.id, a.size, true)
	if a.kind == tunnel {
		return append(m, "Connection: Upgrade\r\nUpgrade: hunt\r\n\r\n"...)
	}
	if rng.IntN(4) == 0 {
		m = fmt.Appendf(m, "x-pad: %s\r\n", strings.Repeat("p", rng.IntN(3000)))
	}
	head := q.method == "HEAD" || a.kind == bodyless
	switch a.kind {
	case chunked:
		m = append(m, "Transfer-Encoding: chunked\r\n\r\n"...)
		body = chunks(rng, body, "")
	case trailed:
		m = append(m, "Transfer-Encoding: chunked\r\n\r\n"...)
		body = chunks(rng, body, fmt.Sprintf("x-trail: %d\r\nx-more: %s\r\n", q.id, strings.Repeat("t", rng.IntN(2000))))
	case untilClose:
		m = append(m, "\r\n"...)
	case bodyless:
		m = append(m, "\r\n"...)
	default:
		m = fmt.Appendf(m, "Content-Length: %d\r\n\r\n", len(body))
	}
	if head {
		return m
	}
	return append(m, body...)
}
