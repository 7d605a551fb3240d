package hunt

import (
	"bytes"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// order is one request that a client sends, and what its server is to do with it.
type order struct {
	id       uint64
	pool     string
	method   string
	size     int // of the request's body
	answer   answer
	never    bool // no server may see it
	again    bool // a rule lets the proxy send it more than once
	arrivals atomic.Int32
}

// ledger knows all orders and collects what went wrong.
type ledger struct {
	t      *testing.T
	orders sync.Map // uint64 to *order
	last   atomic.Uint64
	live   sync.Map // the clients' connections and what they are at, for a report
	lines  sync.Map // log lines by the number of the request
	bad    atomic.Int64
	calm   bool        // no reloads
	over   atomic.Bool // everything is stopped now: what fails from here on is no fault

	sent, answered, refused, cut, faults, tunnels, reloads atomic.Int64
}

const mostReports = 20

func (l *ledger) wrong(format string, a ...any) {
	if l.over.Load() {
		return
	}
	if l.bad.Add(1) <= mostReports {
		l.t.Errorf(format, a...)
	}
}

// listen keeps the engine's log lines: the line of a request tells what the engine thought of it.
func (l *ledger) listen(c net.PacketConn) {
	b := make([]byte, 65536)
	for {
		n, _, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		if m := logged.FindSubmatch(b[:n]); m != nil {
			l.lines.Store(string(m[1]), string(b[:n]))
		}
	}
}

var logged = regexp.MustCompile(`/[a-z]+/([0-9]+) HTTP/1`)

// line is what was logged for a request.
func (l *ledger) line(o *order) string {
	for range 20 {
		if v, ok := l.lines.Load(strconv.FormatUint(o.id, 10)); ok {
			return v.(string)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return "(no log line)"
}

func (l *ledger) enter(o *order) *order {
	o.id = l.last.Add(1) + 1000
	l.orders.Store(o.id, o)
	l.sent.Add(1)
	return o
}

// arrived notes that a server has the head of an order; nil: nobody has sent that.
func (l *ledger) arrived(id, tail, path string) *order {
	n, err := strconv.ParseUint(id, 10, 64)
	v, ok := l.orders.Load(n)
	if err != nil || !ok || id != tail {
		l.wrong("a server got a request that nobody sent: %q with id %q and tail %q", path, id, tail)
		return nil
	}
	o := v.(*order)
	if want := fmt.Sprintf("/%s/%d", o.pool, o.id); path != want {
		l.wrong("request %d has the path %q, want %q", o.id, path, want)
		return nil
	}
	if o.never {
		l.wrong("request %d (%s) should have been refused", o.id, o.pool)
	}
	if n := o.arrivals.Add(1); n > 1 && !o.again {
		l.wrong("request %d (%s) arrived %d times", o.id, o.pool, n)
	}
	return o
}

// fill is the body of a message: text that would be taken for messages if somebody lost count of its bytes.
func fill(id uint64, size int, response bool) []byte {
	piece := fmt.Appendf(nil, "\r\n%d\r\nGET /clean/1 HTTP/1.1\r\nhost: x\r\nx-id: 1\r\nx-tail: 1\r\n\r\n", id)
	if response {
		piece = fmt.Appendf(nil, "\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nx-echo: 1\r\nx-for: %d\r\ncontent-length: 0\r\n\r\n", id)
	}
	return bytes.Repeat(piece, size/len(piece)+1)[:size]
}
