package engine

import (
	"github.com/caddy-haproxy/caddy-haproxy/internal/netio"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// runRules runs one rule set. True: go on with the next phase. False: the transaction has its answer, or its end.
func (s *session) runRules(rules []Rule) bool {
	t := &s.t
	for i := 0; i < len(rules); i++ {
		r := &rules[i]
		if r.Cond != nil && !r.Cond.Eval(t) {
			continue
		}
	again:
		switch v := r.Act.Exec(t); v {
		case txn.Continue:
		case txn.Stop:
			t.Lax = false
			return true
		case txn.NeedBody:
			if f := s.bufferBody(t.Wait); f != nil {
				s.failAnswer(f)
				return false
			}
		case txn.NeedOffload:
			s.task.Offload(t.Offload)
			goto again
		default:
			s.conclude(v)
			return false
		}
	}
	t.Lax = false
	return true
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
		s.keep = false
	default:
		t.DenyStatus = 0
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
	s.keep = false
	d := s.backend().Timeouts.Tarpit
	if err := s.task.Sleep(d, s.c); err == netio.ErrGone {
		s.fail(&faultTarpitGone)
		s.t.Log.Status = 500
		return
	}
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

func (s *session) resRules(rules []Rule) bool {
	t := &s.t
	for i := 0; i < len(rules); i++ {
		r := &rules[i]
		if r.Cond != nil && !r.Cond.Eval(t) {
			continue
		}
	again:
		switch v := r.Act.Exec(t); v {
		case txn.Continue:
		case txn.Stop:
			t.Lax = false
			return true
		case txn.NeedOffload:
			s.task.Offload(t.Offload)
			goto again
		case txn.Deny, txn.Reject:
			s.fail(&faultResDenied)
			s.srvKeep = false
			s.denied(502)
			return false
		case txn.Answer:
			s.fail(&faultResLocal)
			s.srvKeep = false
			s.answer()
			return false
		default:
			s.srvKeep = false
			s.failAnswer(&faultResRule)
			return false
		}
	}
	t.Lax = false
	return true
}

// afterResponse runs http-after-response of both proxies over whatever head goes to the client, also own answers.
func (s *session) afterResponse() {
	if s.be != nil {
		s.lateRules(s.be.HTTPAfterResponse)
	}
	if s.be != s.fe {
		s.lateRules(s.fe.HTTPAfterResponse)
	}
}

func (s *session) lateRules(rules []Rule) {
	t := &s.t
	for i := range rules {
		r := &rules[i]
		if r.Cond != nil && !r.Cond.Eval(t) {
			continue
		}
		if v := r.Act.Exec(t); v != txn.Continue {
			break
		}
	}
	t.Lax = false
}
