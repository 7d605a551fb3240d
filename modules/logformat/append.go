package logformat

import (
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// writer is the state of one Append.
type writer struct {
	t     *txn.Txn
	conn  *txn.Conn // never nil
	dst   []byte
	kind  Kind
	blank bool // a blank here would be the second in a row, or the line's first
	ms    moments
}

// node writes one node. False ends the line there, as HAProxy does when it cannot write a value.
func (w *writer) node(n *node) bool {
	switch len(n.text) {
	case 0:
	case 1:
		w.dst = append(w.dst, n.text[0])
		w.blank = n.text[0] == ' '
	default:
		w.dst = append(w.dst, n.text...)
		w.blank = n.text[len(n.text)-1] == ' '
	}
	if n.op <= opResHeadersCLF {
		w.optional(n)
		return true
	}
	w.blank = false
	switch {
	case n.op >= opClientIP:
		return w.endpoint(n)
	case n.op >= opHandshake:
		w.dst = w.timer(n)
	default:
		w.dst = w.field(n)
	}
	return true
}

// optional writes what can be nothing at all.
func (w *writer) optional(n *node) {
	switch {
	case n.op > opBlank:
		w.headers(n)
	case n.op == opBlank && !w.blank:
		w.dst = append(w.dst, ' ')
		w.blank = true
	}
}

// field appends a variable that is neither a timer nor an address.
func (w *writer) field(n *node) []byte {
	r := &w.t.Log
	switch n.op {
	case opExpr:
		return w.sample(n)
	case opBytesOut:
		return appendCount(w.dst, r.BytesOut, r.Asap)
	case opBytesIn:
		return appendInt(w.dst, r.BytesIn)
	case opReqCookie:
		return w.plain(n, w.t.ReqCookie)
	case opResCookie:
		return w.plain(n, w.t.ResCookie)
	case opHostname:
		return w.plain(n, hostname)
	case opUniqueID:
		return w.plain(n, w.t.UniqueID)
	case opStatus:
		return appendStatus(w.dst, r.Status)
	case opMethod, opPathRaw, opPathOnly, opQuery, opURI, opVersion, opLine:
		return w.request(n)
	case opBackend:
		if w.t.Backend != nil {
			return w.name(n, w.t.Backend.Name())
		}
		return w.frontend(n, "")
	case opFrontend:
		return w.frontend(n, "")
	case opFrontendTransport:
		if w.conn.SSL {
			return w.frontend(n, "~")
		}
		return w.frontend(n, "")
	case opServer:
		return w.server(n)
	case opCipher:
		return w.name(n, w.conn.SSLCipher)
	case opTLSVersion:
		return w.name(n, w.conn.SSLVer)
	case opPID:
		return w.number(n, pid)
	case opCounter:
		return w.number(n, int64(r.Counter))
	case opLogCounter:
		return w.number(n, int64(r.LogCounter))
	case opState:
		return append(w.dst, state(r.Cause), state(r.Phase))
	case opStateCookie:
		return append(w.dst, state(r.Cause), state(r.Phase), state(r.CookieIn), state(r.CookieOut))
	}
	return w.counter(n)
}

// counter appends the numbers of connections, queues and retries.
func (w *writer) counter(n *node) []byte {
	r := &w.t.Log
	switch n.op {
	case opActConn:
		return appendInt(w.dst, r.ActConn)
	case opFeConn:
		return appendInt(w.dst, r.FeConn)
	case opBeConn:
		return appendInt(w.dst, r.BeConn)
	case opSrvConn:
		return appendInt(w.dst, r.SrvConn)
	case opSrvQueue:
		return appendInt(w.dst, int64(r.SrvQueuePos))
	case opBeQueue:
		return appendInt(w.dst, int64(r.BeQueuePos))
	case opRetries:
		return appendCount(w.dst, int64(r.Retries), r.Redispatched)
	}
	return w.dst
}

func (w *writer) frontend(n *node, suffix string) []byte {
	dst := w.dst
	if n.flags&quoted != 0 {
		dst = append(dst, '"')
	}
	if w.t.Frontend != nil {
		dst = append(dst, w.t.Frontend.Name()...)
	}
	dst = append(dst, suffix...)
	if n.flags&quoted != 0 {
		dst = append(dst, '"')
	}
	return dst
}

func (w *writer) server(n *node) []byte {
	switch {
	case w.t.Log.ServerName != "":
		return w.name(n, w.t.Log.ServerName)
	case w.t.Server != nil:
		return w.name(n, w.t.Server.Name())
	}
	return w.name(n, "<NOSRV>")
}

// number appends v, with flag X as at least four upper-case hexadecimal digits.
func (w *writer) number(n *node, v int64) []byte {
	if n.flags&hex == 0 {
		return appendInt(w.dst, v)
	}
	return appendHex(w.dst, uint64(v), 4)
}

func appendHex(dst []byte, v uint64, width int) []byte {
	for width < 16 && v>>(4*width) != 0 {
		width++
	}
	for width--; width >= 0; width-- {
		dst = append(dst, "0123456789ABCDEF"[v>>(4*width)&15])
	}
	return dst
}

// appendInt is strconv.AppendInt with a short way for the many small numbers of a log line.
func appendInt(dst []byte, v int64) []byte {
	switch u := uint64(v); {
	case u < 10:
		return append(dst, '0'+byte(u))
	case u < 100:
		return append(dst, '0'+byte(u/10), '0'+byte(u%10))
	case u < 1000:
		return append(dst, '0'+byte(u/100), '0'+byte(u/10%10), '0'+byte(u%10))
	case u < 10000:
		return append(dst, '0'+byte(u/1000), '0'+byte(u/100%10), '0'+byte(u/10%10), '0'+byte(u%10))
	case u < 100000:
		return append(dst, '0'+byte(u/10000), '0'+byte(u/1000%10), '0'+byte(u/100%10), '0'+byte(u/10%10), '0'+byte(u%10))
	}
	return strconv.AppendInt(dst, v, 10)
}

func appendCount(dst []byte, v int64, plus bool) []byte {
	if plus {
		dst = append(dst, '+')
	}
	return appendInt(dst, v)
}

func appendStatus(dst []byte, status int) []byte {
	switch {
	case status == 0:
		status = -1
	case status < 0:
		status = 0
	}
	return appendInt(dst, int64(status))
}

func state(c byte) byte {
	if c == 0 {
		return '-'
	}
	return c
}
