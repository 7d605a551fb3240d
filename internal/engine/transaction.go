package engine

import "time"

// transaction serves one request: its phases in their order. It returns whether the connection may carry another.
//
//	request head      wait for a complete, valid head           -> 400, 408, close
//	monitor, service  answers that come before all rules
//	http-request      rules of the frontend
//	backend           use_backend, default_backend
//	http-request      rules of the backend
//	server            persistence, balance, queue                -> 503
//	connect           reuse or open, retries, redispatch         -> 503
//	send              head and what is there of the body; the rest goes beside the next phases
//	response head     wait for it, 1xx on the way                -> 502, 504
//	http-response     rules of backend and frontend              -> 502
//	forward           the body, or a tunnel
//	log               counters and the log line
func (s *session) transaction() bool {
	s.adopt()
	s.t.Reset()
	s.t.Log.Idle = s.ended
	s.be, s.fault, s.silent, s.sent, s.tunnel, s.gone, s.logged = nil, nil, false, false, false, false, false
	s.t.Log.Counter = s.eng.counter.Add(1) - 1
	s.answered.Store(false)
	s.up.fault = nil
	clear(s.stages)
	s.stages = s.stages[:0]
	s.odd, s.closeAfter, s.addTE = false, false, false
	if !s.awaitRequest() {
		return false
	}
	s.serveRequest()
	s.joinUpload()
	s.finish()
	return s.keep && !s.stop.Load()
}

// serveRequest runs the phases between the request head and the log.
func (s *session) serveRequest() {
	switch {
	case !s.frontend():
	case !s.chooseBackend():
	case !s.prepare():
	default:
		s.forward()
	}
}

// finish counts the transaction, writes its log line, and readies the session for the next request.
func (s *session) finish() {
	t := &s.t
	t.Log.End = s.task.Date()
	s.ended = t.Log.End
	s.count()
	if srv := s.slot.Server; srv != nil {
		t.Log.SrvConn = srv.Conns() - 1 // without this one, and before a waiting one gets its place
	}
	s.leaveServer()
	s.leaveBackend()
	s.log()
	s.releaseAnswer()
	s.release(&s.out)
	s.pipelined()
}

// pipelined moves what the client has sent ahead to the start of the input buffer.
func (s *session) pipelined() {
	rest := s.carry
	if rest == nil {
		rest = (*s.in.b)[s.in.r:s.in.w]
	}
	if len(rest) > 0 {
		s.in.r, s.in.w = 0, copy(*s.in.b, rest)
	} else {
		s.in.r, s.in.w = 0, 0
	}
	s.carry = nil
	s.release(&s.up.buf)
}

// leaveBackend ends what entering the backend began.
func (s *session) leaveBackend() {
	if s.inBE {
		s.be.BE.Leave()
		s.inBE = false
	}
}

// enterBackend makes p the backend of the transaction.
func (s *session) enterBackend(p *Proxy) {
	s.be = p
	if p.Errors != nil {
		s.t.BackendErrors = p.Errors
	}
	if p.BE != nil {
		s.t.Backend = p.BE
		p.BE.Enter(s.t.Log.RequestDone)
		s.inBE = true
	}
}

// backend is the proxy whose backend half rules: the chosen one, else the frontend.
func (s *session) backend() *Proxy {
	if s.be != nil {
		return s.be
	}
	return s.fe
}

// mark notes a time of the transaction.
func (s *session) mark(at *time.Time) { *at = s.task.Date() }
