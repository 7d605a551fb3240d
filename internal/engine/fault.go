package engine

import "github.com/caddy-haproxy/caddy-haproxy/modules/server"

// fault is how a transaction goes wrong: what the client is told, what the log's termination state says
// (configuration.txt 8.5), and what is counted. Everything that depends on the kind of a failure is in this table.
type fault struct {
	status       int  // what the client gets when no answer has begun, 0 for nothing
	cause, phase byte // the first two of the termination state
	retry        RetryOn
	count        func(s *session)
}

// The kinds of failure, named after their termination state.
var (
	// before there is a request
	faultBadRequest  = fault{status: 400, cause: 'P', phase: 'R', count: countReq}
	faultClientGone  = fault{status: 400, cause: 'C', phase: 'R', count: countReq}
	faultRequestTime = fault{status: 408, cause: 'c', phase: 'R', count: countReq}
	faultBadBody     = fault{status: 400, cause: 'P', phase: 'R', count: countReq}
	faultGoneBody    = fault{cause: 'C', phase: 'R', count: countReq}
	faultBodyTime    = fault{status: 408, cause: 'c', phase: 'R', count: countReq}
	// rules
	faultDenied   = fault{status: 403, cause: 'P', phase: 'R', count: countDenied}
	faultTarpit   = fault{status: 500, cause: 'P', phase: 'T', count: countDenied}
	faultRejected = fault{cause: 'P', phase: 'R', count: countDenied}
	faultRule     = fault{status: 500, cause: 'P', phase: 'R', count: countInternal}
	faultLocal    = fault{cause: 'L', phase: 'R', count: countLocal}
	// server choice
	faultNoServer  = fault{status: 503, cause: 'S', phase: 'C', count: countConnBE}
	faultQueueTime = fault{status: 503, cause: 's', phase: 'Q', count: countConnBE}
	faultQueueGone = fault{cause: 'C', phase: 'Q', count: countCliAbort}
	faultQueueFull = fault{status: 503, cause: 'P', phase: 'Q', count: countConnBE}
	// connect
	faultConnect     = fault{status: 503, cause: 'S', phase: 'C', retry: RetryConnFailure}
	faultConnectTime = fault{status: 503, cause: 's', phase: 'C', retry: RetryConnFailure}
	faultConnectGone = fault{cause: 'C', phase: 'C', count: countCliAbort}
	// request to server, response head
	faultSend         = fault{status: 502, cause: 'S', phase: 'H', retry: RetryEmptyResponse, count: countResp}
	faultNoResponse   = fault{status: 502, cause: 'S', phase: 'H', retry: RetryEmptyResponse, count: countResp}
	faultCutResponse  = fault{status: 502, cause: 'S', phase: 'H', retry: RetryEmptyResponse, count: countResp}
	faultBadResponse  = fault{status: 502, cause: 'P', phase: 'H', retry: RetryJunkResponse, count: countResp}
	faultResponseTime = fault{status: 504, cause: 's', phase: 'H', retry: RetryResponseTimeout, count: countResp}
	faultClientAbortH = fault{cause: 'C', phase: 'H', count: countCliAbort}
	faultClientAbortW = fault{status: 400, cause: 'C', phase: 'H', count: countCliAbort} // option abortonclose
	faultUploadGone   = fault{cause: 'C', phase: 'D', count: countCliAbort}
	faultUploadTime   = fault{status: 408, cause: 'c', phase: 'D', count: countCliAbort}
	faultUploadBad    = fault{status: 400, cause: 'P', phase: 'H', count: countReq}
	faultResDenied    = fault{status: 502, cause: 'P', phase: 'H', count: countDeniedResp}
	faultResRule      = fault{status: 500, cause: 'P', phase: 'H', count: countInternal}
	faultResLocal     = fault{cause: 'L', phase: 'H', count: countLocal}
	// body
	faultServerCut  = fault{cause: 'S', phase: 'D', count: countSrvCut}
	faultServerSlow = fault{cause: 's', phase: 'D', count: countSrvAbort}
	faultServerBad  = fault{cause: 'S', phase: 'D', count: countResp}
	faultClientCut  = fault{cause: 'C', phase: 'D', count: countCliAbort}
	faultClientSlow = fault{cause: 'c', phase: 'D', count: countCliAbort}
)

// fail notes what went wrong and counts it; only the first failure of a transaction matters.
func (s *session) fail(f *fault) {
	if s.fault == nil {
		s.fault = f
		s.t.Log.Cause, s.t.Log.Phase = f.cause, f.phase
		if f.count != nil {
			f.count(s)
		}
	}
}

// failAnswer is fail, then the answer that goes with it, if the client has got no other one yet.
func (s *session) failAnswer(f *fault) {
	s.fail(f)
	s.keepNot(f)
	if s.sent {
		s.keep = false
		return
	}
	s.answerStatus(f.status)
}

// keepNot ends the client's connection after failures that leave it in an unknown state.
func (s *session) keepNot(f *fault) {
	if f.cause == 'C' || f.cause == 'c' || f.status == 0 {
		s.keep = false
	}
}

// both calls f for the counters of the backend and of the server that are in use.
func (s *session) both(f func(c *server.Counters)) {
	if s.be != nil && s.be.BE != nil {
		f(&s.be.BE.Counters)
	}
	if s.slot.Server != nil {
		f(&s.slot.Server.Counters)
	}
}

// side is the counters that a rule's result is charged to: the backend's once there is one.
func (s *session) side() *server.Counters {
	if s.be != nil && s.be.BE != nil && s.be != s.fe {
		return &s.be.BE.Counters
	}
	return &s.fe.FE.Counters
}

func countReq(s *session)      { s.fe.FE.ErrReq.Add(1) }
func countDenied(s *session)   { s.side().DeniedReq.Add(1) }
func countInternal(s *session) { s.side().InternalErrs.Add(1) }
func countLocal(s *session)    { s.fe.FE.Intercepted.Add(1) }

func countConnBE(s *session) {
	if s.be != nil && s.be.BE != nil {
		s.be.BE.ErrConn.Add(1)
	}
}

func countCliAbort(s *session) {
	s.fe.FE.CliAborts.Add(1)
	s.both(func(c *server.Counters) { c.CliAborts.Add(1) })
}

func countSrvAbort(s *session) {
	s.fe.FE.SrvAborts.Add(1)
	s.both(func(c *server.Counters) { c.SrvAborts.Add(1) })
}

func countSrvCut(s *session) {
	countSrvAbort(s)
	countResp(s)
}

func countResp(s *session) { s.both(func(c *server.Counters) { c.ErrResp.Add(1) }) }

func countDeniedResp(s *session) {
	s.both(func(c *server.Counters) { c.DeniedResp.Add(1) })
	s.fe.FE.DeniedResp.Add(1)
}
