package engine

import (
	"bytes"
	"errors"
	"io"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
)

// awaitRequest is the phase "request head": it runs first and says whether there is a request to serve. Without one it
// has answered and logged what HAProxy answers and logs.
func (s *session) awaitRequest() bool {
	t := &s.t
	first := s.conn.Requests == 0
	if first {
		t.Log.Idle = s.conn.Accepted
	}
	until := s.until
	if !s.parked {
		until = s.task.After(s.wait(s.fe))
	}
	s.parked = false
	started := s.in.w > s.in.r
	if started || first {
		t.Log.Start = t.Log.Idle
		if started && !first {
			s.mark(&t.Log.Start)
			until = 0
		}
	}
	for {
		if s.in.w > s.in.r {
			n, err := t.Req.Parse((*s.in.b)[s.in.r:s.in.w], &s.fe.ReqLimits)
			if err != nil {
				return s.noRequest(&faultBadRequest, err, true)
			}
			if n > 0 && !s.headFits(t.Req.Headers, len(t.Req.Method)+len(t.Req.Target)+8) {
				return s.noRequest(&faultBadRequest, nil, true)
			}
			if n > 0 {
				s.gotRequest(n)
				if s.body.kind == bodyBroken {
					s.conn.Requests--
					return s.noRequest(&faultBadRequest, nil, true)
				}
				return true
			}
			if s.in.w == len(*s.in.b) {
				return s.noRequest(&faultBadRequest, nil, true)
			}
		}
		switch {
		case !started && !first:
			s.idle.Store(true)
			if s.stop.Load() {
				return false
			}
		case started && s.fe.Timeouts.HTTPRequest == 0: // each piece gives new time
			until = s.task.After(s.fe.Timeouts.Client)
		case until == 0:
			until = s.task.After(s.fe.Timeouts.HTTPRequest)
		}
		n, err := s.c.ReadLent((*inputLender)(s), until)
		if n == 0 {
			s.idle.Store(false)
			return s.readFailed(err, started, first)
		}
		s.busy()
		s.in.w += n
		if !started {
			started = true
			s.adopt() // a reload may have come while the connection was idle
			if !first {
				s.mark(&t.Log.Start)
				until = 0
			}
		}
	}
}

// inputLender lends the free part of the input buffer; with nothing in it the buffer goes back to the pool while the
// connection waits, and the transaction's memory with it.
type inputLender session

// Lend implements netio.Lender.
func (l *inputLender) Lend() []byte {
	s := (*session)(l)
	s.take(&s.in)
	return (*s.in.b)[s.in.w:]
}

// Reclaim implements netio.Lender.
func (l *inputLender) Reclaim() {
	s := (*session)(l)
	if s.in.w == s.in.r {
		s.release(&s.in)
		s.t.Park()
	}
}

// readFailed ends a connection whose next request did not come.
func (s *session) readFailed(err error, started, first bool) bool {
	if !first && !started {
		return false // an idle keep-alive connection ends without a word
	}
	switch {
	case errors.Is(err, netio.ErrTimeout):
		return s.noRequest(&faultRequestTime, nil, started)
	case errors.Is(err, netio.ErrAborted), errors.Is(err, netio.ErrGone):
		return false
	case errors.Is(err, io.EOF):
		return s.noRequest(&faultClientGone, nil, started)
	}
	return s.noRequest(&faultClientGone, nil, started)
}

// noRequest answers and logs a connection without a valid request. It always returns false.
func (s *session) noRequest(f *fault, err error, started bool) bool {
	s.fail(f)
	s.keep = false
	status, page := f.status, false
	var bad *h1.Error
	if errors.As(err, &bad) {
		status, page = bad.Status, bad.Page
	}
	t := &s.t
	t.Log.Line, t.Log.Method, t.Log.URI, t.Log.Version = nil, nil, nil, nil
	t.Log.RequestDone = time.Time{}
	null := !started
	switch {
	case null && s.fe.IgnoreProbes:
		s.silent = true
	case page:
		s.body.done = false // nothing behind it is looked at
		s.answerStatus(status)
		s.keep = false
	default:
		t.Log.Status = status
		s.answerRaw(status)
	}
	t.Log.Null = null
	s.mark(&t.Log.End)
	s.conn.Requests++
	s.fe.FE.Request(t.Log.End)
	s.eng.TotalReqs.Add(1)
	s.fe.FE.Response(status)
	s.logBadRequest()
	return false
}

// gotRequest notes a complete head of n bytes.
func (s *session) gotRequest(n int) {
	t := &s.t
	now := s.task.Date()
	t.Log.RequestDone = now
	if t.Log.Start.IsZero() {
		t.Log.Start = now
	}
	s.conn.Requests++
	s.fe.FE.Request(now)
	s.eng.TotalReqs.Add(1)
	s.in.r += n
	s.startBody()
	t.Log.BytesIn = headSize(len(t.Req.Method)+len(t.Req.Target)+8, t.Req.Headers)
	s.keepLine()
	s.keep = t.Req.WantsKeepAlive() && !t.Req.HTTP09
	if t.Req.IsConnect && t.Req.Body() != h1.BodyNone {
		s.keep = false // without a tunnel nobody can tell where the next request begins
	}
	s.captureRequest()
}

// keepLine keeps the request line for the log before rules change it.
func (s *session) keepLine() {
	t := &s.t
	m, u := t.Req.Method, t.Req.Target
	line := append(t.Room(len(m)+len(u)+16), m...)
	line = append(line, ' ')
	line = append(line, u...)
	line = append(line, " HTTP/1.0"...)
	if v := t.Req.Version; len(v) == 8 {
		copy(line[len(line)-8:], v)
	}
	line = t.Keep(line)
	lim := s.snap.Global.LogURILen
	if lim > 0 && len(line) >= lim {
		line = line[:lim-1]
	}
	t.Log.Line = line
	t.Log.Method = clip(line, 0, len(m))
	t.Log.URI = clip(line, len(m)+1, len(m)+1+len(u))
	t.Log.Version = clip(line, len(m)+2+len(u), len(m)+2+len(u)+8)
}

func clip(b []byte, from, to int) []byte {
	return b[min(from, len(b)):min(to, len(b))]
}

// headSize is what HAProxy counts for a head: its internal form, as seen in %B and %U of the log (20 bytes and the parts
// of the start line, names and values, one byte for the end).
func headSize(startLine int, h h1.Headers) int64 {
	n := 20 + startLine + 1
	for i := range h {
		n += len(h[i].Name) + len(h[i].Value)
	}
	return int64(n)
}

// headFits tells whether a head fits a buffer with the room for rewrites kept free, in HAProxy's internal form: 8 bytes
// for each part, 48 for the whole (observed by the largest heads that it takes).
func (s *session) headFits(h h1.Headers, startLine int) bool {
	return headSize(startLine, h)+int64(8*(len(h)+2)+48) <= int64(s.bufsize-s.snap.Global.Maxrewrite)
}

// captureRequest fills the capture slots of the frontend (capture request header, capture cookie).
func (s *session) captureRequest() {
	t := &s.t
	t.ReqCaptures = slots(t.ReqCaptures, len(s.fe.ReqCaptures))
	t.ResCaptures = slots(t.ResCaptures, len(s.fe.ResCaptures))
	s.captureHeaders(t.ReqCaptures, s.fe.ReqCaptures, t.Req.Headers)
	if c := s.fe.CookieCapture; c != nil {
		t.ReqCookie = s.captureCookie(c, t.Req.Headers, "cookie")
	}
}

func slots(have [][]byte, n int) [][]byte {
	if cap(have) < n {
		return make([][]byte, n)
	}
	return have[:n]
}

// captureHeaders keeps the last occurrence of each header, cut to its length.
func (s *session) captureHeaders(dst [][]byte, want []HeaderCapture, h h1.Headers) {
	for i := range want {
		if want[i].Name == "" {
			continue
		}
		for j := range h {
			if string(h[j].Name) == want[i].Name {
				v := h[j].Value
				dst[i] = s.t.Copy(v[:min(len(v), want[i].Len)])
			}
		}
	}
}

// captureCookie keeps "name=value" of the first cookie that fits.
func (s *session) captureCookie(c *CookieCapture, h h1.Headers, field string) []byte {
	for i := h.Find(field, 0); i >= 0; i = h.Find(field, i+1) {
		rest := h[i].Value
		for len(rest) > 0 {
			var one []byte
			one, rest, _ = bytes.Cut(rest, []byte{';'})
			one = bytes.TrimLeft(one, " \t")
			name, _, _ := bytes.Cut(one, []byte{'='})
			name = bytes.TrimRight(name, " \t")
			if len(name) >= len(c.Name) && string(name[:len(c.Name)]) == c.Name && (!c.Exact || len(name) == len(c.Name)) {
				return s.t.Copy(one[:min(len(one), c.Len)])
			}
			if field == "set-cookie" {
				break
			}
		}
	}
	return nil
}
