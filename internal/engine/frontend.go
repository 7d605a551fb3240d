package engine

import (
	"bytes"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// frontend runs the phases before a backend is chosen: what answers by itself, then the frontend's rules.
func (s *session) frontend() bool {
	if s.monitored() {
		return false
	}
	if s.fe.NameChars != NamePreserve && !s.restrictNames() {
		s.failAnswer(&faultDenied)
		return false
	}
	s.logRequest()
	if s.fe.BufferRequest && !s.waitBody(s.fe) {
		return false
	}
	if !s.makeID() {
		return false
	}
	if s.fe.IsListen && s.fe.DefaultBackend == nil {
		s.t.Backend = s.fe.BE
	}
	if !s.runRules(s.fe.HTTPRequest) || s.served(s.fe) || !s.runRules(s.fe.Redirect) {
		return false
	}
	return true
}

// pathq is the path and query of a request target in any form.
func pathq(target []byte) []byte {
	if len(target) == 0 || target[0] == '/' || target[0] == '*' {
		return target
	}
	if i := bytes.Index(target, []byte("://")); i >= 0 {
		rest := target[i+3:]
		if j := bytes.IndexByte(rest, '/'); j >= 0 {
			return rest[j:]
		}
	}
	return nil
}

// monitored answers monitor-uri and clients of monitor-net: before all rules, never logged.
func (s *session) monitored() bool {
	fe := s.fe
	if fe.MonitorURI == nil && len(fe.MonitorNet) == 0 {
		return false
	}
	status := 200
	if !s.inMonitorNet() {
		if fe.MonitorURI == nil || !bytes.Equal(pathq(s.t.Req.Target), fe.MonitorURI) {
			return false
		}
		for _, c := range fe.MonitorFail {
			if s.holds(c) {
				status = 503
			}
		}
	}
	s.silent = true
	s.fail(&faultLocal)
	s.answerStatus(status)
	return true
}

func (s *session) inMonitorNet() bool {
	for _, p := range s.fe.MonitorNet {
		if p.Contains(s.conn.Src.Addr()) {
			return true
		}
	}
	return false
}

// restrictNames applies option http-restrict-req-hdr-names.
func (s *session) restrictNames() bool {
	h := &s.t.Req.Headers
	for i := 0; i < len(*h); i++ {
		if plainName((*h)[i].Name) {
			continue
		}
		if s.fe.NameChars == NameReject {
			return false
		}
		h.DelAt(i)
		i--
	}
	return true
}

func plainName(name []byte) bool {
	for _, c := range name {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

// waitBody buffers the body for option http-buffer-request.
func (s *session) waitBody(p *Proxy) bool {
	if f := s.bufferBody(txn.WaitBody{Timeout: p.Timeouts.HTTPRequest}); f != nil {
		s.failAnswer(f)
		return false
	}
	return true
}

// makeID builds the unique identifier and adds it to the request (unique-id-format, unique-id-header).
func (s *session) makeID() bool {
	if s.fe.UniqueID == nil {
		return true
	}
	t := &s.t
	t.UniqueID = t.Take(s.fe.UniqueID.Append(t.Buffer(), t))
	if s.fe.UniqueIDHeader != nil {
		t.Req.Headers.Add(s.fe.UniqueIDHeader, t.UniqueID)
	}
	return true
}

// served lets the proxy's service (the stats page) answer.
func (s *session) served(p *Proxy) bool {
	if p.Stats == nil || !p.Stats.Match(&s.t) {
		return false
	}
	t := &s.t
	t.Log.ServerName = p.Stats.Name()
	if p.Stats.NeedBody(t) {
		if f := s.bufferBody(txn.WaitBody{Timeout: p.Timeouts.HTTPRequest}); f != nil {
			s.failAnswer(f)
			return true
		}
	}
	v := p.Stats.Serve(t)
	for t.Offload != nil {
		slow := t.Offload
		t.Offload = nil
		s.task.Offload(slow)
		v = p.Stats.Serve(t)
	}
	if v == txn.Answer && t.Res.Status != 401 { // the login page goes out before HAProxy looks at responses
		s.captureResponse()
	}
	s.conclude(v)
	return true
}

// chooseBackend applies use_backend and default_backend, then runs the backend's own rules.
func (s *session) chooseBackend() bool {
	p := s.pickBackend()
	if p == nil {
		s.t.Log.RequestDone = time.Time{} // as HAProxy: %TR is -1 without a backend
		s.failAnswer(&faultNoServer)
		return false
	}
	s.enterBackend(p)
	if p == s.fe {
		return true
	}
	if p.BufferRequest && !s.fe.BufferRequest && !s.waitBody(p) {
		return false
	}
	return s.runRules(p.HTTPRequest) && !s.served(p) && s.runRules(p.Redirect)
}

func (s *session) pickBackend() *Proxy {
	t := &s.t
	for i := range s.fe.UseBackend {
		u := &s.fe.UseBackend[i]
		if !s.holds(u.Cond) {
			continue
		}
		if u.Backend != nil {
			return u.Backend
		}
		name := t.Take(u.Name.Append(t.Buffer(), t))
		if p := s.fe.ByName[string(name)]; p != nil {
			return p
		}
		break // an unknown name falls through to the default
	}
	if s.fe.DefaultBackend != nil {
		return s.fe.DefaultBackend
	}
	if s.fe.BE != nil {
		return s.fe
	}
	return nil
}

// prepare makes the request ready for a server: forwarded addresses and the connection header.
func (s *session) prepare() bool {
	if s.gone {
		s.fail(&faultGoneBody)
		s.keep = false
		return false
	}
	s.addForwarded()
	closing, f := s.frameRequest()
	if f != nil {
		s.failAnswer(f)
		return false
	}
	s.requestConnection(closing)
	return true
}

// addForwarded adds the headers of option forwardfor and option originalto.
func (s *session) addForwarded() {
	fe, be, c := s.fe, s.backend(), s.t.Conn
	s.addAddr(fe.ForwardFor, be.ForwardFor, c.Src.Addr())
	s.addAddr(fe.OriginalTo, be.OriginalTo, c.Dst.Addr())
}
