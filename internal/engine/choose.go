package engine

import (
	"bytes"

	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// chooseServer is the phase "server": persistence first, then the balancing algorithm, then the queue.
// It returns false with the fault noted when there is no place at a server.
func (s *session) chooseServer(want, avoid *server.Server) *fault {
	if s.be.BE == nil {
		return &faultNoServer
	}
	for {
		switch s.be.BE.Assign(&s.t, &s.slot, want, avoid) {
		case server.Granted:
			return s.granted()
		case server.NoServer:
			return &faultNoServer
		case server.Full:
			return &faultQueueFull
		}
		if f, again := s.waitQueue(); !again {
			return f
		}
		want = nil
	}
}

// waitQueue waits for a slot: granted, timed out, client gone, or put out of the queue (again).
func (s *session) waitQueue() (f *fault, again bool) {
	until := s.task.After(s.be.Timeouts.Queue)
	for {
		err := netio.ErrAborted
		switch {
		case s.c.Aborted(): // the wake that came with it may have ended an earlier wait
		case s.abortOnClose():
			err = s.task.WaitWatch(s.event, s.c, until)
		default:
			err = s.task.Wait(s.event, until)
		}
		if s.slot.Granted() {
			return s.granted(), false
		}
		switch {
		case s.c.Aborted():
			s.slot.Cancel()
			s.leftQueue()
			return &faultQueueGone, false
		case err == netio.ErrTimeout, err == netio.ErrGone:
			if !s.slot.Cancel() && s.slot.Granted() {
				return s.granted(), false
			}
			s.leftQueue()
			if err == netio.ErrGone {
				return &faultQueueGone, false
			}
			return &faultQueueTime, false
		case !s.slot.Waiting():
			return nil, true
		}
	}
}

// abortOnClose tells whether a client that goes away ends the wait for a server. As seen in HAProxy, both sections must
// have the option, so that one in a backend alone does nothing.
func (s *session) abortOnClose() bool { return s.fe.AbortOnClose && s.be.AbortOnClose }

// granted notes that the session has its place at a server.
func (s *session) granted() *fault {
	s.t.Server = s.slot.Server
	s.leftQueue()
	return nil
}

// leftQueue notes how long the session has waited, and behind how many.
func (s *session) leftQueue() {
	s.mark(&s.t.Log.QueueDone)
	s.t.Log.SrvQueuePos, s.t.Log.BeQueuePos = s.slot.ServerPos, s.slot.BackendPos
}

// leaveServer gives back the place at the server and closes what connection is still open.
func (s *session) leaveServer() {
	if s.srv != nil {
		s.closeServer()
	}
	s.slot.Release()
	s.slot.ServerPos, s.slot.BackendPos = 0, 0
}

// persistent is the server that the request's cookie names, nil without one.
func (s *session) persistent() *server.Server {
	c := s.be.Cookie
	if c == nil || s.be.BE == nil {
		return nil
	}
	h := s.t.Req.Headers
	for i := h.Find("cookie", 0); i >= 0; i = h.Find("cookie", i+1) {
		if v, ok := cookieValue(h[i].Value, c.Name); ok {
			return s.be.BE.ServerByCookie(v)
		}
	}
	return nil
}

// cookieValue finds a cookie in a Cookie field (RFC 6265 4.2.1).
func cookieValue(field []byte, name string) ([]byte, bool) {
	for len(field) > 0 {
		var one []byte
		one, field, _ = bytes.Cut(field, semicolon)
		k, v, ok := bytes.Cut(one, equals)
		if ok && string(bytes.TrimSpace(k)) == name {
			return bytes.TrimSpace(v), true
		}
	}
	return nil, false
}

var semicolon, equals = []byte{';'}, []byte{'='}
