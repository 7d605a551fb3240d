package engine

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// step runs rules from index from on until one of them needs the session: it performs what can be performed on the way
// (waiting for the body, slow work) and returns the first verdict that ends the rule set; Continue and Stop let the
// transaction go on.
func (s *session) step(p *action.Program) (txn.Verdict, *fault) {
	t := &s.t
	for from := 0; ; {
		v, next := p.Run(t, from)
		from = next
		switch v {
		case txn.NeedBody:
			if f := s.bufferBody(t.Wait); f != nil {
				return v, f
			}
		case txn.NeedOffload:
			slow := t.Offload
			t.Offload = nil
			s.task.Offload(slow)
		default:
			return v, nil
		}
	}
}

// holds evaluates a condition outside of a rule set; slow parts of it (password hashes) run outside of the loop.
func (s *session) holds(c *acl.Cond) bool {
	t := &s.t
	for {
		ok := c.Eval(t)
		if t.Offload == nil {
			return ok
		}
		slow := t.Offload
		t.Offload = nil
		s.task.Offload(slow)
	}
}

// runRules runs one request rule set. True: go on with the next phase. False: the transaction has its answer, or its end.
func (s *session) runRules(p *action.Program) bool {
	if p.Empty() {
		return true
	}
	v, f := s.step(p)
	switch {
	case f != nil:
		s.failAnswer(f)
		return false
	case v == txn.Continue, v == txn.Stop:
		r := &s.t.Req
		if s.fitsBuffer(r.Headers, len(r.Method)+len(r.Target)+8) {
			return true
		}
		v = txn.Failed
	}
	s.conclude(v)
	return false
}

// fitsBuffer tells whether a head that rules have changed still fits a buffer; HAProxy answers 500 when it does not.
func (s *session) fitsBuffer(h h1.Headers, startLine int) bool {
	return headSize(startLine, h)+int64(8*(len(h)+2)+48) <= int64(s.bufsize)
}

// conclude performs the final verdict of a request rule.
func (s *session) conclude(v txn.Verdict) {
	t := &s.t
	switch v {
	case txn.Deny:
		s.fail(&faultDenied)
		s.denied(403)
	case txn.Tarpit:
		s.tarpit()
	case txn.Answer:
		s.fail(&faultLocal)
		s.answer()
	case txn.Reject:
		s.fail(&faultRejected)
		t.Log.RequestDone = time.Time{}
		s.keep = false
	default:
		t.DenyStatus = 0
		t.Log.RequestDone = time.Time{}
		s.failAnswer(&faultRule)
	}
}

// denied sends the answer of deny and tarpit.
func (s *session) denied(status int) {
	t := &s.t
	if t.Reply.Ready {
		s.answer()
		return
	}
	if t.DenyStatus != 0 {
		status = t.DenyStatus
	}
	s.answerStatus(status)
}

// tarpit holds the client for timeout tarpit, then denies (configuration.txt 4.2 "http-request tarpit").
func (s *session) tarpit() {
	d := s.backend().Timeouts.Tarpit
	s.pause(d, nil)
	s.mark(&s.t.Log.QueueDone)
	s.t.Log.RequestDone = time.Time{}
	s.fail(&faultTarpit)
	s.denied(500)
}

// responseRules runs http-response of the backend, then of the frontend, once the server's head is there.
// False: the response was replaced or refused, and the client has got what it gets.
func (s *session) responseRules() bool {
	if !s.resRules(s.be.HTTPResponse) {
		return false
	}
	return s.be == s.fe || s.resRules(s.fe.HTTPResponse)
}

func (s *session) resRules(p *action.Program) bool {
	if p.Empty() {
		return true
	}
	t := &s.t
	v, _ := s.step(p)
	if r := &s.t.Res; (v == txn.Continue || v == txn.Stop) && !s.fitsBuffer(r.Headers, 8+3+len(r.Reason)) {
		v = txn.Failed
	}
	switch v {
	case txn.Continue, txn.Stop:
		return true
	case txn.Deny, txn.Reject:
		s.dropBody()
		t.Log.ResponseHead = time.Time{} // HAProxy shows -1 for Tr
		s.fail(&faultResDenied)
		s.denied(502)
	case txn.Answer:
		s.dropBody()
		t.Log.ResponseHead = time.Time{}
		s.fail(&faultResLocal)
		s.answer()
	default:
		s.srvKeep = false
		s.failAnswer(&faultResRule)
	}
	return false
}

// afterResponse runs http-after-response of both proxies over whatever head goes to the client, also own answers.
func (s *session) afterResponse() {
	if s.be != nil {
		s.be.HTTPAfterResponse.Run(&s.t, 0)
	}
	if s.be != s.fe {
		s.fe.HTTPAfterResponse.Run(&s.t, 0)
	}
}
