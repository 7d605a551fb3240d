package engine

import (
	"errors"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// reqBody is where the request's body stands. What was read with or after the head lies decoded in in.b[from:to];
// in.r is behind the bytes of this request that are in the buffer.
type reqBody struct {
	kind     h1.Body // as the client framed it
	out      h1.Body // as it is framed towards the server
	from, to int
	left     int64 // BodyLength: bytes that are still to come
	dec      h1.Chunked
	done     bool // all of it is in the buffer
	sent100  bool
}

// startBody takes what came with the head.
func (s *session) startBody() {
	b := &s.body
	b.kind = s.t.Req.Body()
	if s.t.Req.IsConnect {
		b.kind = h1.BodyNone // whatever the head says: what follows is the tunnel's
	}
	b.from, b.to = s.in.r, s.in.r
	b.done, b.sent100 = false, false
	b.left = 0
	b.dec.Reset()
	switch b.kind {
	case h1.BodyNone:
		b.done = true
		return
	case h1.BodyLength:
		b.left = s.t.Req.ContentLength
	}
	if err := s.takeBody(); err != nil {
		b.done = false
		b.kind = bodyBroken
	}
	s.showBody()
}

// bodyBroken marks a body whose first chunk is no chunk: the request is answered with 400.
const bodyBroken h1.Body = 255

// takeBody decodes what is in the input buffer behind in.r as body.
func (s *session) takeBody() error {
	b, buf := &s.body, *s.in.b
	switch b.kind {
	case h1.BodyLength:
		n := int(min(b.left, int64(s.in.w-s.in.r)))
		b.left -= int64(n)
		b.to += n
		s.in.r += n
		b.done = b.left == 0
	case h1.BodyChunked:
		data, used, done, err := b.dec.Decode(buf[s.in.r:s.in.w])
		if err != nil {
			return err
		}
		copy(buf[b.to:], buf[s.in.r:s.in.r+data])
		b.to += data
		s.in.r += used
		b.done = done
		if !done { // what was not used (the start of trailers) and the next bytes go right behind the payload
			s.in.w = b.to + copy(buf[b.to:], buf[s.in.r:s.in.w])
			s.in.r = b.to
		}
	default:
		return errors.New("tunnels have no body")
	}
	return nil
}

// showBody lets rules see what is buffered.
func (s *session) showBody() {
	s.t.Body = (*s.in.b)[s.body.from:s.body.to]
	s.t.BodyComplete = s.body.done
}

// bufferBody waits until enough of the body is there: all of it, or w.AtLeast bytes, or a full buffer
// (option http-buffer-request, http-request wait-for-body).
func (s *session) bufferBody(w txn.WaitBody) *fault {
	b := &s.body
	until := s.task.After(w.Timeout)
	room := s.bufsize - s.snap.Global.Maxrewrite
	for !b.done && (w.AtLeast == 0 || int64(b.to-b.from) < w.AtLeast) {
		if b.kind == bodyBroken {
			return &faultBadBody
		}
		if s.in.w >= room {
			break
		}
		s.send100()
		n, err := s.c.Read((*s.in.b)[s.in.w:], until)
		if n == 0 {
			if errors.Is(err, netio.ErrTimeout) {
				s.t.Log.RequestDone = time.Time{}
				return &faultBodyTime
			}
			s.gone = true // noticed once a server is wanted, as in HAProxy
			break
		}
		s.in.w += n
		if err := s.takeBody(); err != nil {
			return &faultBadBody
		}
	}
	s.showBody()
	s.mark(&s.t.Log.RequestDone)
	return nil
}

var continue100 = []byte("HTTP/1.1 100 Continue\r\n\r\n")

// send100 tells a client that waits for it to send its body (RFC 9110 10.1.1). The server is not asked then.
func (s *session) send100() {
	r := &s.t.Req
	if r.Expect100 && !s.body.sent100 {
		s.body.sent100 = true
		s.c.Write(continue100, nil, s.fe.Timeouts.Client)
		s.t.Log.BytesOut += headSize(8+3+8, nil)
		r.Headers.Del("expect")
		r.Expect100 = false
	}
}

// upload is the half that forwards the rest of a request's body while the session waits for the response.
type upload struct {
	running bool
	buf     buffer
	fault   *fault // of the client's side
	done    bool
	broken  bool // it is no chunked body
	bytes   int64
}

// startUpload begins to forward what is not in the buffer yet.
func (s *session) startUpload() {
	u := &s.up
	u.fault, u.done, u.broken, u.bytes = nil, false, false, 0
	u.running = true
	s.take(&u.buf)
	srv := s.srv
	s.lastSeen.Store(int64(s.task.Now()))
	s.task.Fork(func() {
		defer s.contain()
		s.runUpload(srv)
	})
}

// contain keeps a panic in the second half of a session from ending the process.
func (s *session) contain() {
	if r := recover(); r != nil {
		s.panicked(r)
	}
}

// runUpload copies the body from the client to the server. It ends when the body does, when either side fails, or when
// the session interrupts it because the response is complete.
func (s *session) runUpload(srv *netio.Conn) {
	u, b := &s.up, &s.body
	buf := *u.buf.b
	reserve := 2 // for the CRLF behind a chunk
	var head [32]byte
	timeout := s.fe.Timeouts.Client
	kept := copy(buf, (*s.in.b)[s.in.r:s.in.w]) // the start of trailers
	s.in.r = s.in.w
	for {
		want := buf[kept : len(buf)-reserve]
		if b.kind == h1.BodyLength && int64(len(want)) > b.left {
			want = want[:b.left]
		}
		if b.kind == h1.BodyLength && b.out == h1.BodyLength && kept == 0 {
			if p := s.splice(b.left, 0, s.fe.SpliceRequest || s.be.SpliceRequest); p != nil {
				s.spliceUpload(p, srv)
				return
			}
		}
		n, err := s.c.Read(want, s.task.After(timeout))
		if n == 0 {
			if s.patient(err) {
				continue
			}
			s.uploadFailed(err, srv)
			return
		}
		n += kept
		kept = 0
		s.lastSeen.Store(int64(s.task.Now()))
		data, used, done := n, n, false
		if b.kind == h1.BodyLength {
			b.left -= int64(n)
			done = b.left == 0
		} else if data, used, done, err = b.dec.Decode(buf[:n]); err != nil {
			u.fault, u.broken = &faultUploadBad, true
			srv.AbortRead()
			return
		}
		u.bytes += int64(data)
		rest := buf[used:n]
		if err := s.sendBodyPart(srv, head[:0], buf[:data], done, cap(buf)); err != nil {
			return // the server's answer, or its end, tells the session
		}
		s.lastSeen.Store(int64(s.task.Now()))
		if done {
			if len(rest) > 0 {
				s.carry = rest
			}
			u.done = true
			return
		}
		kept = copy(buf, rest)
		if kept == len(buf)-reserve {
			u.fault = &faultUploadBad // trailers that do not fit a buffer
			srv.AbortRead()
			return
		}
	}
}

// patient tells whether a read of the client's body that brought nothing is to be repeated: a silent client matters only
// once the response is there; until then the server's timer counts.
func (s *session) patient(err error) bool {
	return errors.Is(err, netio.ErrTimeout) && !s.answered.Load()
}

// uploadFailed notes why the client's body ends early, and makes the session look.
func (s *session) uploadFailed(err error, srv *netio.Conn) {
	s.up.clientFailed(err)
	if s.up.fault != nil {
		srv.AbortRead()
	}
}

func (u *upload) clientFailed(err error) {
	switch {
	case errors.Is(err, netio.ErrGone), errors.Is(err, netio.ErrAborted): // interrupted by the session
	case errors.Is(err, netio.ErrTimeout):
		u.fault = &faultUploadTime
	default:
		u.fault = &faultUploadGone
	}
}

// sendBodyPart writes one piece of body with its framing. buf's array has two bytes behind data for the CRLF of a chunk,
// unless the chunk's head before it was longer than that, which decoding in place guarantees.
func (s *session) sendBodyPart(srv *netio.Conn, head, data []byte, done bool, _ int) error {
	timeout := s.backend().Timeouts.Server
	if s.body.out == h1.BodyLength {
		_, err := srv.Write(data, nil, timeout)
		return err
	}
	if len(data) > 0 {
		head = h1.AppendChunkHead(head, len(data))
		data = append(data, '\r', '\n')
		if _, err := srv.Write(head, data, timeout); err != nil {
			return err
		}
	}
	if done {
		tail := h1.AppendTrailers(make([]byte, 0, 64), s.body.dec.Trailers())
		_, err := srv.Write(tail, nil, timeout)
		return err
	}
	return nil
}

// joinUpload ends the upload, if one runs, and counts it.
func (s *session) joinUpload() {
	u := &s.up
	if !u.running {
		return
	}
	s.c.AbortRead()
	s.task.Join()
	s.c.Resume()
	u.running = false
	s.t.Log.BytesIn += u.bytes
	if !u.done {
		s.keep, s.srvKeep = false, false
	}
	s.body.done = u.done
	s.srvBroken = s.srvBroken || u.broken
}

// waitUpload lets the upload finish after the response is complete; the client has its own timeout for it.
func (s *session) waitUpload() {
	u := &s.up
	if !u.running {
		return
	}
	s.task.Join()
	u.running = false
	s.t.Log.BytesIn += u.bytes
	s.c.Resume()
	s.body.done = u.done
	if u.fault != nil {
		s.fail(u.fault)
	}
	if !u.done {
		s.keep, s.srvKeep = false, false
	}
}
