package hunt

import (
	"fmt"
	"strings"
)

// pools are the backends of the configuration; see config_test.go.
var pools = []string{"clean", "always", "never", "aggressive", "queue", "retry", "close", "srvclose", "rules", "buffer", "dead", "clean"}

// order makes up a request, with what its server does and how its client behaves.
func (cl *client) order() (*order, int) {
	rng := cl.rng
	o := &order{pool: "clean", method: "GET", size: 0}
	if !cl.clean {
		o.pool = pools[rng.IntN(len(pools))]
	}
	o.again = o.pool == "retry"
	switch rng.IntN(8) {
	case 0:
		o.method = "HEAD"
	case 1, 2, 3:
		o.method, o.size = "POST", cl.length()
	case 4:
		o.method, o.size = "PUT", cl.length()
	}
	o.answer = cl.answer(o)
	manner := honest
	if o.size > 0 && rng.IntN(6) == 0 {
		manner = expect100 + rng.IntN(2)
	}
	if !cl.clean && rng.IntN(5) == 0 {
		manner = rude + 1 + rng.IntN(hostile-rude)
	}
	if (manner == badSize || manner == stopBody || manner == halfBody) && o.size == 0 {
		o.method, o.size = "POST", 1+cl.length()
	}
	if o.answer.kind == tunnel && (manner != honest || o.size > 0) {
		o.answer.kind, o.answer.status = withLength, 200
	}
	o.never = manner == hostile
	return cl.l.enter(o), manner
}

func (cl *client) length() int {
	switch n := cl.rng.IntN(20); {
	case n < 8:
		return 1 + cl.rng.IntN(100)
	case n < 14:
		return 1 + cl.rng.IntN(3000)
	case n < 19:
		return 1 + cl.rng.IntN(40000)
	}
	return 1 + cl.rng.IntN(400000)
}

func (cl *client) answer(o *order) answer {
	rng := cl.rng
	a := answer{kind: rng.IntN(faulty), status: []int{200, 200, 201, 404, 500}[rng.IntN(5)], size: cl.length()}
	if !cl.clean && o.pool != "clean" && rng.IntN(4) == 0 {
		a.kind = faulty + 1 + rng.IntN(kinds-faulty-1)
		if a.kind == hang && rng.IntN(4) != 0 {
			a.kind = silence
		}
	}
	if rng.IntN(10) == 0 {
		a.interim = 1 + rng.IntN(3)
		if rng.IntN(10) == 0 {
			a.interim = 600
		}
	}
	switch a.kind {
	case bodyless:
		a.status, a.size = 204+100*rng.IntN(2), 0
	case tunnel:
		a.status, a.size = 101, 0
	case tooMuch:
		a.size, a.interim = min(a.size, 2000), 0
	case early:
		// beyond what sockets take, an early answer that nobody reads and a body that nobody reads wait for each other
		a.size, o.size = min(a.size, 20000), min(o.size, 20000)
	}
	a.leave = o.pool != "clean" && rng.IntN(5) == 0
	return a
}

// message is the whole request.
func (cl *client) message(o *order, manner int) []byte {
	rng := cl.rng
	version := "HTTP/1.1"
	if rng.IntN(12) == 0 && o.size == 0 && o.answer.kind != tunnel {
		version = "HTTP/1.0\r\nConnection: keep-alive"
	}
	m := fmt.Appendf(nil, "%s /%s/%d %s\r\nHost: hunt\r\nx-id: %d\r\n", o.method, o.pool, o.id, version, o.id)
	if rng.IntN(5) == 0 {
		m = fmt.Appendf(m, "X-Pad: %s\r\nX-Drop: a\r\n", strings.Repeat("q", rng.IntN(5000)))
	}
	if o.answer.kind == tunnel {
		m = append(m, "Connection: upgrade\r\nUpgrade: hunt\r\n"...)
	}
	if rng.IntN(15) == 0 && !cl.batched {
		m = append(m, "Connection: close\r\n"...)
	}
	if manner == hostile {
		return cl.hostile(o, m)
	}
	if manner == expect100 {
		m = append(m, "Expect: 100-continue\r\n"...)
	}
	tail := fmt.Sprintf("x-tail: %d\r\n\r\n", o.id)
	body := fill(o.id, o.size, false)
	switch {
	case o.size == 0:
		return append(m, tail...)
	case manner == bothFrames:
		m = append(m, "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"+tail...)
		return append(m, chunks(rng, body, "")...)
	case manner == badSize:
		m = append(m, "Transfer-Encoding: chunked\r\n"+tail...)
		b := chunks(rng, body, "")
		return append(append(m, b[:len(b)-5]...), "GET / HTTP/1.1\r\n\r\n"...)
	case rng.IntN(2) == 0:
		m = append(m, "Transfer-Encoding: chunked\r\n"+tail...)
		trailer := ""
		if rng.IntN(3) == 0 {
			trailer = "x-trail: " + strings.Repeat("u", rng.IntN(3000)) + "\r\nx-id: 1\r\n"
		}
		return append(m, chunks(rng, body, trailer)...)
	}
	m = fmt.Appendf(m, "Content-Length: %d\r\n%s", o.size, tail)
	return append(m, body...)
}

// hostile makes m a message that has to be refused, and puts another request behind it.
func (cl *client) hostile(o *order, m []byte) []byte {
	lines := []string{
		"Content-Length: 5\r\nContent-Length: 6\r\n",
		"Content-Length: 5, 6\r\n",
		"Content-Length: +5\r\n",
		"Content-Length: -1\r\n",
		"Content-Length: 5 5\r\n",
		"Content-Length: 0x5\r\n",
		"Content-Length: 99999999999999999999999\r\n",
		"Transfer-Encoding: xchunked\r\n",
		"Transfer-Encoding: chunked, identity\r\n",
		"Transfer-Encoding: chunked, chunked\r\n",
		"Transfer-Encoding : chunked\r\n",
		"Transfer-Encoding\x0b: chunked\r\n",
		"X: a\rb: c\r\n",
		"Host: other\r\n",
		" folded: first\r\n: x\r\n",
		"nothing\r\n",
		"X: " + strings.Repeat("h", 70000) + "\r\n",
		strings.Repeat("A: b\r\n", 3000),
	}
	m = append(m, lines[cl.rng.IntN(len(lines))]...)
	m = fmt.Appendf(m, "x-tail: %d\r\n\r\n", o.id)
	next := cl.l.enter(&order{pool: "clean", method: "GET", never: true, answer: answer{status: 200}})
	return fmt.Appendf(m, "0\r\n\r\nGET /clean/%d HTTP/1.1\r\nHost: hunt\r\nx-id: %d\r\nx-tail: %d\r\n\r\n", next.id, next.id, next.id)
}
