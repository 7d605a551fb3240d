package engine

import (
	"errors"
	"io"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
)

// forward runs the phases from the choice of a server to the end of the response.
func (s *session) forward() {
	f := s.chooseServer(s.persistent(), nil)
	for f == nil {
		if f = s.connect(); f != nil {
			break
		}
		if f = s.exchange(); f == nil {
			return
		}
		if !s.retryL7(f) {
			break
		}
		f = nil
	}
	s.lost(f)
}

// lost ends a transaction that no server answered.
func (s *session) lost(f *fault) {
	s.srvKeep = false
	s.joinUpload()
	if u := s.up.fault; u != nil && f == &faultClientAbortH {
		f = u
	}
	s.up.fault = nil
	if s.slot.Server == nil {
		s.t.Server = nil
	}
	if (f == &faultNoResponse || f == &faultSend) && s.srvReused && s.conn.Requests > 1 {
		// The server closed an idle connection just as it was used again. As HAProxy: say nothing, so that the client,
		// whose own connection was an idle one too, repeats the request by itself.
		s.fail(f)
		s.keep, s.silent = false, true
		return
	}
	s.failAnswer(f)
}

// retryL7 tells whether the request may be sent again after f (retry-on), and prepares the next attempt.
func (s *session) retryL7(f *fault) bool {
	s.srvKeep = s.srvKeep && s.t.Res.Status == f.status && RetryStatus(f.status)&f.retry != 0
	if f.retry == 0 || f.retry&RetryConnFailure != 0 || s.sent || s.be.RetryOn&f.retry == 0 {
		return false
	}
	if s.t.NoL7Retry || !s.body.done || s.up.running || !s.retry() {
		return false
	}
	s.srvBroken = f == &faultBadResponse
	s.closeServer()
	s.t.Res.Reset()
	s.sin.r, s.sin.w = 0, 0
	return s.again(false) == nil
}

// exchange sends the request and takes the response.
func (s *session) exchange() *fault {
	if f := s.send(); f != nil {
		return f
	}
	if f := s.responseHead(); f != nil {
		return f
	}
	s.respond()
	return nil
}

// send writes the head and what is buffered of the body, and starts the upload of the rest.
func (s *session) send() *fault {
	t := &s.t
	s.take(&s.out)
	out := h1.AppendRequest((*s.out.b)[:0], &t.Req)
	body := (*s.in.b)[s.body.from:s.body.to]
	if s.body.out == h1.BodyChunked {
		out, body = s.frameBuffered(out, body), nil
	}
	t.Log.BytesIn = headSize(len(t.Req.Method)+len(t.Req.Target)+8, t.Req.Headers) + int64(s.body.to-s.body.from)
	out, body = joined(out, body)
	if _, err := s.srv.Write(out, body, s.be.Timeouts.Server); err != nil {
		// The server may have answered and closed before it read all: look for a response before giving up.
		if s.srv.PeerClosed() {
			return &faultSend
		}
	}
	if !s.body.done && s.body.kind != h1.BodyNone {
		s.startUpload()
	}
	return nil
}

// frameBuffered appends the buffered payload as one chunk, and the end when it is all.
func (s *session) frameBuffered(out, body []byte) []byte {
	if len(body) > 0 {
		out = h1.AppendChunkHead(out, len(body))
		out = append(out, body...)
		out = append(out, '\r', '\n')
	}
	if s.body.done {
		out = h1.AppendTrailers(out, s.body.dec.Trailers())
	}
	return out
}

// requestConnection sets the Connection header towards the server.
func (s *session) requestConnection(closing bool) {
	s.srvKeepWanted = s.mode() == KeepAlive && !closing
	said := s.t.Req.SetConnection(s.srvKeepWanted || s.be.PretendKA && !closing)
	s.srvKeepWanted = s.srvKeepWanted && said && !s.odd
}

// mode is the connection mode that rules: the stricter one of the two proxies.
func (s *session) mode() ConnMode { return max(s.fe.Mode, s.be.Mode) }

// responseHead is the phase "response head". Interim responses are passed on as they come.
func (s *session) responseHead() *fault {
	t := &s.t
	s.takeAnswer()
	until := s.task.After(s.be.Timeouts.Server) // pieces of a head give no new time
	for {
		if s.sin.w > s.sin.r {
			n, err := t.Res.Parse((*s.sin.b)[s.sin.r:s.sin.w], &s.be.ResLimits, t.Log.Method)
			if err != nil {
				return &faultBadResponse
			}
			if n > 0 && !s.headFits(t.Res.Headers, 8+3+len(t.Res.Reason)) {
				return &faultBadResponse
			}
			if n > 0 {
				s.sin.r += n
				if t.Res.Interim() {
					if f := s.passInterim(); f != nil {
						return f
					}
					until = s.task.After(s.be.Timeouts.Server)
					continue
				}
				if !t.Res.AcceptedBy(&t.Req) {
					if t.Res.Status == 101 { // HAProxy counts it, though it sends something else
						t.Log.BytesOut += headSize(8+3+len(t.Res.Reason), t.Res.Headers)
					}
					return &faultBadResponse
				}
				if !s.firstChunks() {
					return &faultBadResponse
				}
				s.mark(&t.Log.ResponseHead)
				return s.retryStatus()
			}
			if s.sin.w-s.sin.r >= s.bufsize {
				return &faultBadResponse
			}
		}
		if f := s.readResponse(until); f != nil {
			return f
		}
	}
}

// timerSlack is how close two timers may end to count as ending together: HAProxy's are in milliseconds.
const timerSlack = netio.Time(3 * time.Millisecond)

// readResponse reads more of the response head.
func (s *session) readResponse(until netio.Time) *fault {
	for {
		n, err := s.readHead((*s.sin.b)[s.sin.w:], until)
		if n > 0 {
			s.sin.w += n
			return nil
		}
		switch {
		case errors.Is(err, netio.ErrGone):
			if s.up.running {
				s.joinUpload()
				s.srv.Resume()
				if f := s.up.fault; f == &faultUploadTime && until != 0 && s.task.Now() > until-timerSlack {
					return &faultResponseTime // both timers end together: the server's counts
				} else if f != nil {
					return f
				}
			}
			if s.abortOnClose() {
				return &faultClientAbortW
			}
			return &faultClientAbortH
		case errors.Is(err, netio.ErrTimeout):
			// While the body is on its way each piece of it gives the server new time.
			if next := netio.Time(s.lastSeen.Load()) + netio.Time(s.be.Timeouts.Server); s.up.running && next > s.task.Now() {
				until = next
				continue
			}
			return &faultResponseTime
		case errors.Is(err, io.EOF) && s.sin.w > s.sin.r:
			return &faultCutResponse
		}
		return &faultNoResponse
	}
}

// readHead reads from the server; option abortonclose also watches the client.
func (s *session) readHead(buf []byte, until netio.Time) (int, error) {
	if s.abortOnClose() && !s.up.running {
		return s.task.ReadWatch(s.srv, buf, s.c, until)
	}
	return s.srv.Read(buf, until)
}

// firstChunks decodes what has come of a chunked body with its head, before any of it is passed on: a bad one makes a bad
// response.
func (s *session) firstChunks() bool {
	s.chunks = chunkPart{}
	if s.t.Res.Body(s.t.Req.Method) != h1.BodyChunked {
		return true
	}
	s.dec.Response = true
	s.dec.Reset()
	return s.chunks.decode(&s.dec, (*s.sin.b)[s.sin.r:s.sin.w]) == nil
}

// retryStatus turns a status that retry-on names into a failure while there are retries left.
func (s *session) retryStatus() *fault {
	bit := RetryStatus(s.t.Res.Status)
	if bit == 0 || s.be.RetryOn&bit == 0 || s.t.Log.Retries >= s.be.Retries || !s.body.done || s.t.NoL7Retry {
		return nil
	}
	s.resKind, s.serverLength = s.t.Res.Body(s.t.Req.Method), s.t.Res.ContentLength
	s.keepServer()
	s.dropBody()
	return &fault{status: s.t.Res.Status, cause: 'S', phase: 'H', retry: bit}
}

// passInterim forwards a 1xx response.
func (s *session) passInterim() *fault {
	t := &s.t
	t.Log.BytesOut += headSize(8+3+len(t.Res.Reason), t.Res.Headers)
	s.srvKeep = s.srvKeep && t.Res.Conn&h1.ConnClose == 0
	out := h1.AppendResponse(make([]byte, 0, 256), &t.Res)
	if _, err := s.c.Write(out, nil, s.fe.Timeouts.Client); err != nil {
		return &faultClientAbortH
	}
	t.Res.Reset()
	b := *s.sin.b
	s.sin.r, s.sin.w = 0, copy(b, b[s.sin.r:s.sin.w]) // the final head has the whole buffer, whatever came before
	return nil
}
