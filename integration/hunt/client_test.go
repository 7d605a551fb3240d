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
	"time"
)

// What a client does to a request, beside sending it.
const (
	honest     = iota
	expect100  // waits for 100 Continue
	bothFrames // Content-Length beside chunked
	rude       // from here on the request may fail
	stopHead   // leaves within the head
	stopBody   // leaves within the body
	halfBody   // closes its sending side within the body
	badSize    // sends a chunk without size
	vanish     // leaves without reading the answer
	vanishMid  // leaves within the answer
	dawdle     // reads slowly
	hostile    // is no valid request
)

// client is one connection of the hunt.
type client struct {
	l     *ledger
	rng   *rand.Rand
	c     net.Conn
	r     *bufio.Reader
	clean bool // nothing has gone wrong so far, and nothing may
	// batched: more follows, so that no end is asked for. A close with bytes unread resets the connection, and takes what
	// the client has not read yet; HAProxy does the same, and sooner.
	batched, closing bool
}

// exchanges runs a connection from its start to its end; closing says that the proxy ends it after one answer.
func exchanges(l *ledger, rng *rand.Rand, network, addr string, clean, closing bool) {
	c, err := net.DialTimeout(network, addr, 20*time.Second)
	if err != nil {
		if clean {
			l.wrong("a client cannot connect: %v", err)
		}
		return
	}
	c.SetDeadline(time.Now().Add(30 * time.Second))
	l.live.Store(c, "begins")
	defer l.live.Delete(c)
	defer c.Close()
	cl := &client{l: l, rng: rng, c: c, r: bufio.NewReader(c), clean: clean, closing: closing}
	for range 1 + rng.IntN(6) {
		if !cl.batch() {
			return
		}
	}
	if cl.r.Buffered() > 0 {
		rest, _ := cl.r.Peek(cl.r.Buffered())
		l.wrong("bytes behind the last answer: %.200q", rest)
	}
}

// batch sends one request, or a few at once, and reads their answers; false ends the connection.
func (cl *client) batch() bool {
	if cl.closing || cl.rng.IntN(5) != 0 {
		o, manner := cl.order()
		cl.l.live.Store(cl.c, fmt.Sprintf("%+v manner %d", o.answer, manner))
		return cl.single(o, manner)
	}
	var list []*order
	var all []byte
	cl.batched = true
	defer func() { cl.batched = false }()
	for range 2 + cl.rng.IntN(4) {
		o, _ := cl.order()
		o.never = false
		if o.answer.kind == tunnel || o.answer.kind == untilClose {
			o.answer = answer{kind: withLength, status: 200, size: 10}
		}
		list = append(list, o)
		all = append(all, cl.message(o, honest)...)
	}
	cl.l.live.Store(cl.c, fmt.Sprintf("%d pipelined", len(list)))
	done := cl.sending(all)
	defer func() { <-done }()
	for _, o := range list {
		if !cl.result(o, honest) {
			cl.c.Close()
			return false
		}
	}
	return true
}

// sending writes beside reading: with long bodies on both sides nobody would move otherwise.
func (cl *client) sending(b []byte) chan struct{} {
	done := make(chan struct{})
	rng := rand.New(rand.NewPCG(cl.rng.Uint64(), 2))
	go func() { defer close(done); send(rng, cl.c, b) }()
	return done
}

// single sends o in its manner.
func (cl *client) single(o *order, manner int) bool {
	if manner > rude {
		cl.l.faults.Add(1)
	}
	m := cl.message(o, manner)
	end := bytes.Index(m, []byte("\r\n\r\n")) + 4
	switch manner {
	case expect100:
		return cl.expecting(o, m, end)
	case stopHead:
		cl.c.Write(m[:cl.rng.IntN(end)])
		cl.leave()
		return false
	case stopBody, halfBody:
		cl.c.Write(m[:end+cl.rng.IntN(len(m)-end+1)])
		if manner == stopBody {
			cl.leave()
			return false
		}
		if h, ok := cl.c.(interface{ CloseWrite() error }); ok {
			h.CloseWrite()
		}
		cl.result(o, manner)
		return false
	case vanish:
		send(cl.rng, cl.c, m)
		cl.leave()
		return false
	case vanishMid:
		done := cl.sending(m)
		io.CopyN(io.Discard, cl.r, int64(cl.rng.IntN(3000)))
		cl.leave()
		<-done
		return false
	case hostile:
		return cl.refused(o, m)
	}
	done := cl.sending(m)
	defer func() { <-done }()
	if o.answer.kind == tunnel {
		cl.tunnel(o)
		cl.c.Close()
		return false
	}
	if manner == dawdle {
		cl.r = bufio.NewReaderSize(&drip{cl.c, cl.rng}, 16)
	}
	if !cl.result(o, manner) {
		cl.c.Close() // ends the sending, too
		return false
	}
	return true
}

// drip reads slowly.
type drip struct {
	net.Conn
	rng *rand.Rand
}

func (d *drip) Read(p []byte) (int, error) {
	if d.rng.IntN(20) == 0 {
		time.Sleep(time.Duration(d.rng.IntN(20)) * time.Millisecond)
	}
	return d.Conn.Read(p[:min(len(p), 1+d.rng.IntN(4096))])
}

func (cl *client) leave() {
	time.Sleep(time.Duration(cl.rng.IntN(4)) * time.Millisecond)
	if cl.rng.IntN(2) == 0 {
		reset(cl.c)
		return
	}
	cl.c.Close()
}

func (cl *client) expecting(o *order, m []byte, end int) bool {
	if send(cl.rng, cl.c, m[:end]) != nil {
		return false
	}
	cl.c.SetReadDeadline(time.Now().Add(time.Duration(cl.rng.IntN(100)) * time.Millisecond))
	cl.r.Peek(1)
	cl.c.SetDeadline(time.Now().Add(30 * time.Second))
	done := cl.sending(m[end:])
	defer func() { <-done }()
	if !cl.result(o, expect100) {
		cl.c.Close()
		return false
	}
	return true
}

// refused sends what is no request; behind it stands a good one that must not be served either.
func (cl *client) refused(o *order, m []byte) bool {
	done := cl.sending(m)
	defer func() { <-done }()
	defer cl.c.Close()
	for {
		h, err := readHead(cl.r)
		if err != nil {
			if errors.Is(err, errForm) {
				cl.l.wrong("the answer to a bad request: %v", err)
			}
			return false
		}
		if _, ok := h.fields["x-echo"]; ok || h.first[9] != '4' {
			cl.l.wrong("the bad request %d was answered with %q %v:\n%.400q", o.id, h.first, h.fields, m)
		}
		cl.l.refused.Add(1)
		if _, err := h.readBody(cl.r, false, false); err != nil {
			return false
		}
	}
}

// tunnel talks through a 101.
func (cl *client) tunnel(o *order) {
	h, ok := cl.final(o)
	if !ok || !strings.Contains(h.first, " 101 ") {
		return
	}
	cl.l.tunnels.Add(1)
	text := fill(o.id, 1+cl.rng.IntN(20000), false)
	done := make(chan struct{})
	rng := rand.New(rand.NewPCG(cl.rng.Uint64(), 3))
	defer func() { <-done }()
	go func() {
		defer close(done)
		if send(rng, cl.c, text) == nil {
			if h, ok := cl.c.(interface{ CloseWrite() error }); ok {
				h.CloseWrite()
			}
		}
	}()
	got, _ := io.ReadAll(cl.r)
	if !bytes.HasPrefix(text, got) {
		cl.l.wrong("tunnel %d: other bytes came back", o.id)
	}
	cl.c.Close()
}
