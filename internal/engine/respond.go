package engine

import (
	"errors"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
)

// respond runs the phases from the server's response head on: rules, head and body to the client.
func (s *session) respond() {
	t := &s.t
	t.StartResponse()
	s.answered.Store(true)
	t.Log.Status = t.Res.Status
	kind := t.Res.Body(t.Req.Method)
	t.Log.BytesOut += headSize(8+3+len(t.Res.Reason), t.Res.Headers)
	s.serverLength, s.sinData = t.Res.ContentLength, s.buffered(kind)
	t.Log.BytesOut += int64(len(s.sinData))
	s.resKind, s.serverStatus = kind, t.Res.Status
	s.slot.Server.Response(t.Res.Status)
	s.keepServer()
	s.markPrivate()
	s.captureResponse()
	if !s.responseRules() {
		s.joinUpload()
		return
	}
	s.afterResponse()
	t.Log.Status = t.Res.Status
	if kind != h1.BodyNone && kind != h1.BodyTunnel {
		s.openStages()
	}
	out, ok := s.frameResponse(kind)
	if !ok {
		s.joinUpload()
		s.failData(&faultClientCut)
		return
	}
	s.responseConnection()
	s.logHead()
	if s.headOnly() && out != h1.BodyTunnel {
		out = h1.BodyNone // also where a rule made a GET of it: the client waits for no body
	}
	if out == h1.BodyNone {
		s.dropBody()
	}
	s.body2client(kind, out)
}

// keepServer decides whether the server's connection can be used again after this response.
func (s *session) keepServer() {
	s.srvKeep = s.t.Res.KeepServer(&s.t.Req, s.srvKeep)
}

// buffered is the part of a body that came with the head and needs no decoding; more than was announced ends the
// server's connection.
func (s *session) buffered(kind h1.Body) []byte {
	data := (*s.sin.b)[s.sin.r:s.sin.w]
	switch kind {
	case h1.BodyUntilClose:
		return data
	case h1.BodyNone:
		s.srvKeep = s.srvKeep && len(data) == 0
	case h1.BodyLength:
		if n := s.t.Res.ContentLength; int64(len(data)) > n {
			data = data[:n]
			s.srvKeep = false
		}
		return data
	}
	return nil
}

// dropBody is for a response that rules have replaced: the server's connection lives on when its body is there already.
func (s *session) dropBody() {
	whole := s.resKind == h1.BodyNone && s.sin.w == s.sin.r || s.resKind == h1.BodyChunked && s.chunks.done && len(s.chunks.rest) == 0 ||
		s.resKind == h1.BodyLength && int64(s.sin.w-s.sin.r) == s.serverLength
	s.srvKeep = s.srvKeep && whole
}

// captureResponse fills the response's capture slots.
func (s *session) captureResponse() {
	t := &s.t
	s.captureHeaders(t.ResCaptures, s.fe.ResCaptures, t.Res.Headers)
	if c := s.fe.CookieCapture; c != nil {
		t.ResCookie = s.captureCookie(c, t.Res.Headers, "set-cookie")
	}
}

// responseConnection sets the Connection header towards the client.
func (s *session) responseConnection() {
	t := &s.t
	s.keep = s.keep && t.Res.KeepClient(&t.Req, s.fe.Mode == Close) && !s.stop.Load()
	s.keep = t.Res.SetConnection(&t.Req, s.keep && !s.closeAfter)
	if s.addTE {
		t.Res.Headers.Add(nameTransferEncoding, valueChunked)
	}
}

// body2client sends the response's head and body.
func (s *session) body2client(kind, out h1.Body) {
	t := &s.t
	s.take(&s.out)
	head := h1.AppendResponse((*s.out.b)[:0], &t.Res)
	s.sent = true
	s.chunkOut = out == h1.BodyChunked
	if out == h1.BodyNone {
		kind = out
	}
	switch kind {
	case h1.BodyNone:
		s.toClient(head, nil)
		s.endResponse()
	case h1.BodyTunnel:
		s.runTunnel(head)
	case h1.BodyChunked:
		s.sendChunked(head)
	default:
		left := s.serverLength
		if kind == h1.BodyUntilClose {
			left = -1
		}
		s.sendLength(head, s.sinData, left)
	}
}

// toClient writes to the client; false: the client is gone, and that is noted.
func (s *session) toClient(a, b []byte) bool {
	if _, err := s.c.Write(a, b, s.fe.Timeouts.Client); err != nil {
		s.clientWriteFailed(err)
		return false
	}
	return true
}

func (s *session) clientWriteFailed(err error) {
	s.keep, s.srvKeep = false, false
	f := &faultClientCut
	if errors.Is(err, netio.ErrTimeout) {
		f = &faultClientSlow
	}
	s.failData(f)
}

// failData notes a failure after the response began.
func (s *session) failData(f *fault) {
	s.keep, s.srvKeep = false, false
	s.fail(f)
}

// sendLength forwards a body of left bytes, or until the server closes when left is negative.
func (s *session) sendLength(head, data []byte, left int64) {
	t := &s.t
	whole := *s.sin.b
	full := 0
	if left-int64(len(data)) > wideSize {
		wide := widePool.Get().(*[wideSize]byte)
		defer widePool.Put(wide)
		whole = wide[:]
	}
	for {
		if left >= 0 {
			left -= int64(len(data))
		}
		if len(head)+len(data) > 0 && !s.sendPiece(head, data, left == 0) {
			return
		}
		head = nil
		if left == 0 {
			s.endResponse()
			return
		}
		if len(s.stages) == 0 && !s.chunkOut {
			if p := s.splice(left, full, s.fe.SpliceResponse || s.be.SpliceResponse); p != nil {
				s.spliceResponse(p, left)
				return
			}
		}
		n, ok := s.readBody(nil, whole, 0, left < 0)
		if !ok {
			return
		}
		if n == len(whole) {
			full++
		} else {
			full = max(0, full-1)
		}
		if n == 0 { // the end of a body without a length
			if len(s.stages) == 0 && !s.chunkOut || s.sendPiece(nil, nil, true) {
				s.endResponse()
			}
			return
		}
		if left >= 0 && int64(n) > left { // more than was announced
			n, s.srvKeep = int(left), false
		}
		data = whole[:n]
		t.Log.BytesOut += int64(n)
	}
}

// sendPiece sends head and a piece of a body that the server did not chunk.
func (s *session) sendPiece(head, data []byte, done bool) bool {
	data, ok := s.staged(data, done)
	if !ok {
		return false
	}
	if s.chunkOut {
		s.dec.Reset() // no trailers
		return s.writeChunk(head, data, done)
	}
	head, data = joined(head, data)
	return s.toClient(head, data)
}

// joinedMost is up to where copying a body behind its head costs less than telling the system of two pieces.
const joinedMost = 4096

// joined puts a short body behind its head, in the memory that follows it.
func joined(head, body []byte) ([]byte, []byte) {
	if len(head) > 0 && len(body) <= joinedMost && len(body) <= cap(head)-len(head) {
		return append(head, body...), nil
	}
	return head, body
}

// readBody reads more of the response's body into p, of at most limit bytes, or without p into buf; untilClose makes the
// server's close its regular end (0, true).
func (s *session) readBody(p *netio.Pipe, buf []byte, limit int64, untilClose bool) (n int, ok bool) {
	for {
		var err error
		if until := s.task.After(s.be.Timeouts.Server); p != nil {
			n, err = p.Fill(s.srv, s.c, limit, until)
		} else {
			n, err = s.srv.ReadBeside(buf, s.c, until)
		}
		switch {
		case n > 0:
			return n, true
		case errors.Is(err, netio.ErrGone) && s.up.running: // the upload failed meanwhile; the response goes on
			s.joinUpload()
			s.srv.Resume()
			continue
		case errors.Is(err, netio.ErrDead):
			s.clientWriteFailed(err)
		case errors.Is(err, netio.ErrTimeout):
			s.failData(&faultServerSlow)
		case untilClose && isEOF(err):
			return 0, true
		default:
			s.failData(&faultServerCut)
		}
		return 0, false
	}
}

// chunkPart is what one read brought of a chunked body: the payload, and what lies behind it undecoded.
type chunkPart struct {
	data, rest []byte
	used       int
	done       bool
}

// decode takes in apart; the payload stays where it is, moved to the front.
func (p *chunkPart) decode(dec *h1.Chunked, in []byte) error {
	n, used, done, err := dec.Decode(in)
	p.data, p.rest, p.used, p.done = in[:n], in[used:], used, done
	return err
}

// sendChunked forwards a chunked body: what one read brings becomes one chunk, as in HAProxy. The first part is decoded.
func (s *session) sendChunked(head []byte) {
	t, p := &s.t, &s.chunks
	buf := *s.sin.b
	for {
		t.Log.BytesOut += int64(len(p.data))
		if p.done {
			t.Log.BytesOut += 1 + trailerSize(s.dec.Trailers())
		}
		data, ok := s.staged(p.data, p.done)
		if !ok || !s.writeChunk(head, data, p.done) {
			return
		}
		head = nil
		if p.done {
			if len(p.rest) > 0 {
				s.srvKeep = false
			}
			s.endResponse()
			return
		}
		n := copy(buf, p.rest)
		if n >= len(buf)-2 {
			s.failData(&faultServerBad)
			return
		}
		m, ok := s.readBody(nil, buf[n:len(buf)-2], 0, false)
		if !ok {
			return
		}
		if p.decode(&s.dec, buf[:n+m]) != nil {
			s.srvBroken = true
			s.failData(&faultServerBad)
			return
		}
	}
}

func trailerSize(h h1.Headers) int64 {
	n := 0
	for i := range h {
		n += len(h[i].Name) + len(h[i].Value)
	}
	return int64(n)
}

// writeChunk sends head, data as a chunk, and the end of the body when done.
func (s *session) writeChunk(head, data []byte, done bool) bool {
	out := head
	if out == nil {
		out = (*s.out.b)[:0]
	}
	if len(data) > 0 {
		out = h1.AppendChunkHead(out, len(data))
		if len(out)+len(data)+16 > cap(out) {
			if _, err := s.c.WriteMore(out, data, s.fe.Timeouts.Client); err != nil {
				s.clientWriteFailed(err)
				return false
			}
			out = (*s.out.b)[:0]
		} else {
			out = append(out, data...)
		}
		out = append(out, crlf...)
	}
	if done {
		out = h1.AppendTrailers(out, s.dec.Trailers())
	}
	return len(out) == 0 || s.toClient(out, nil)
}

var crlf = []byte("\r\n")

// endResponse runs when the response has been sent completely.
func (s *session) endResponse() {
	if s.up.running {
		s.waitUpload()
	}
	if s.fault != nil {
		s.keep, s.srvKeep = false, false
	}
	if s.srv != nil && !s.body.done {
		s.keep, s.srvKeep = false, false
	}
}
