package engine

import (
	"math"

	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
)

const (
	// spliceLeft is how much of a body must still be to come for splice(2): the pipe costs some system calls first.
	spliceLeft = 64 << 10
	// spliceAsked is the same with option splice-response and splice-request.
	spliceAsked = 16 << 10
	// spliceFull is how many more reads must have filled their buffer than not for a body of unknown length to be spliced.
	spliceFull = 4
)

// splice returns a pipe when left bytes of a body, negative for nobody knows, are better moved inside the system; full
// counts the reads that filled their buffer against those that did not. Splicing is never seen from outside, so that the options only lower
// the bounds (configuration.txt 4.2 "option splice-response").
func (s *session) splice(left int64, full int, asked bool) *netio.Pipe {
	bound := int64(spliceLeft)
	if asked {
		bound = spliceAsked
	}
	if s.snap.Global.NoSplice || left >= 0 && left < bound || left < 0 && full < spliceFull {
		return nil
	}
	return s.task.Pipe()
}

// spliceResponse moves left bytes of the response's body, or all until the server closes when left is negative.
func (s *session) spliceResponse(p *netio.Pipe, left int64) {
	defer p.Release()
	for left != 0 {
		limit := left
		if left < 0 {
			limit = math.MaxInt64
		}
		n, ok := s.readBody(p, nil, limit, left < 0)
		if !ok {
			return
		}
		if n == 0 {
			break
		}
		s.t.Log.BytesOut += int64(n)
		s.fe.FE.H1SplicedOut.Add(int64(n))
		if left > 0 {
			left -= int64(n)
		}
		if err := p.Drain(s.c, s.fe.Timeouts.Client); err != nil {
			s.clientWriteFailed(err)
			return
		}
	}
	s.endResponse()
}

// spliceUpload moves the rest of the request's body to srv.
func (s *session) spliceUpload(p *netio.Pipe, srv *netio.Conn) {
	defer p.Release()
	b := &s.body
	for b.left > 0 {
		n, err := p.Fill(s.c, nil, b.left, s.task.After(s.fe.Timeouts.Client))
		if n == 0 {
			if s.patient(err) {
				continue
			}
			s.uploadFailed(err, srv)
			return
		}
		s.lastSeen.Store(int64(s.task.Now()))
		b.left -= int64(n)
		s.up.bytes += int64(n)
		s.fe.FE.H1SplicedIn.Add(int64(n))
		if p.Drain(srv, s.backend().Timeouts.Server) != nil {
			return // the server's answer, or its end, tells the session
		}
		s.lastSeen.Store(int64(s.task.Now()))
	}
	s.up.done = true
}
