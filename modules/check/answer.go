package check

import (
	"errors"
	"io"
	"net"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// answer is a response while it is read: the head first, the body when an expectation asks for it.
type answer struct {
	conn   net.Conn
	method []byte
	buf    []byte
	res    h1.Response
	rest   int // where the undecoded body begins in buf

	kind   h1.Body
	chunks h1.Chunked
	data   []byte
	ended  bool // data is all there will be
	fault  error
}

// head reads the head; false comes with the result of the check.
func (a *answer) head() (server.CheckResult, bool) {
	for {
		n, err := a.res.Parse(a.buf, nil, a.method)
		if err != nil {
			return server.CheckResult{Status: server.CheckL7Resp}, false
		}
		if n > 0 {
			a.rest = n
			a.kind = a.res.Body(a.method)
			return server.CheckResult{}, true
		}
		if len(a.buf) == cap(a.buf) {
			return server.CheckResult{Status: server.CheckL7Resp}, false
		}
		if err := a.more(); err != nil {
			return talkFailure(err), false
		}
	}
}

func (a *answer) more() error {
	n, err := a.conn.Read(a.buf[len(a.buf):cap(a.buf)])
	a.buf = a.buf[:len(a.buf)+n]
	if n > 0 {
		return nil
	}
	return err
}

// body reads the body until its end, a full buffer (16 kB, configuration.txt: http-check expect), or until found says
// that the data so far decides.
func (a *answer) body(found func([]byte) bool) ([]byte, error) {
	for !a.ended {
		a.decode()
		if a.ended || len(a.data) > 0 && found(a.data) {
			break
		}
		if len(a.buf) == cap(a.buf) {
			a.ended = true
			break
		}
		if err := a.more(); err != nil {
			a.ended = true
			if !errors.Is(err, io.EOF) {
				a.fault = err
			}
		}
	}
	return a.data, a.fault
}

// decode makes data of what has been read.
func (a *answer) decode() {
	switch a.kind {
	case h1.BodyNone:
		a.ended = true
	case h1.BodyLength:
		end := min(int64(len(a.buf)), int64(a.rest)+a.res.ContentLength)
		a.data = a.buf[a.rest:end]
		a.ended = int64(len(a.data)) == a.res.ContentLength
	case h1.BodyChunked:
		n, used, done, err := a.chunks.Decode(a.buf[a.rest:])
		if err != nil {
			a.ended = true
			return
		}
		a.data = append(a.data, a.buf[a.rest:a.rest+n]...)
		a.rest += used
		a.ended = done
	default:
		a.data = a.buf[a.rest:]
	}
}
