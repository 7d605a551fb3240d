package server

import (
	"sync/atomic"
	"time"
)

// Counters are what `show stat` (management.txt 9.1) counts for a frontend, a backend or a server; each comment begins
// with the CSV column. A kind of object leaves the columns it does not have at zero. Everything may be used from any
// goroutine; the engine counts, modules/stats reads.
type Counters struct {
	Sessions Gauge // scur, smax: a server's are maintained by Slot, a backend's by Enter and Leave
	SessRate Rate  // rate, rate_max

	SessTotal atomic.Int64    // stot
	BytesIn   atomic.Int64    // bin
	BytesOut  atomic.Int64    // bout
	Responses [6]atomic.Int64 // hrsp_other, hrsp_1xx ... hrsp_5xx: see Response
	Requests  atomic.Int64    // req_tot
	ReqRate   Rate            // req_rate, req_rate_max (frontend)

	LBTotal atomic.Int64 // lbtot: times the balancing algorithm chose it; counted by Assign
	Connect atomic.Int64 // connect: connection attempts to servers
	Reuse   atomic.Int64 // reuse: requests that took a used connection

	QueueTime, ConnectTime, ResponseTime, TotalTime Average // qtime ctime rtime ttime, *_max

	lastSession atomic.Int64 // lastsess, as nanoseconds since epoch plus one

	DeniedReq                                    atomic.Int64 // dreq
	DeniedResp                                   atomic.Int64 // dresp
	DeniedConn                                   atomic.Int64 // dcon (frontend)
	DeniedSess                                   atomic.Int64 // dses (frontend)
	ErrReq                                       atomic.Int64 // ereq (frontend)
	ErrConn                                      atomic.Int64 // econ (backend, server)
	ErrResp                                      atomic.Int64 // eresp (backend, server)
	Retries                                      atomic.Int64 // wretr
	Redispatches                                 atomic.Int64 // wredis
	FailedRewrites                               atomic.Int64 // wrew
	InternalErrs                                 atomic.Int64 // eint
	CliAborts                                    atomic.Int64 // cli_abrt
	SrvAborts                                    atomic.Int64 // srv_abrt
	Intercepted                                  atomic.Int64 // intercepted (frontend: redirect, stats, monitor, return)
	CompIn, CompOut, CompBypassed, CompResponses atomic.Int64 // comp_in comp_out comp_byp comp_rsp
	CacheLookups, CacheHits                      atomic.Int64 // cache_lookups cache_hits

	ConnRate  Rate         // conn_rate, conn_rate_max (frontend)
	ConnTotal atomic.Int64 // conn_tot (frontend)

	H1OpenConns, H1OpenStreams, H1Conns, H1Streams   atomic.Int64 // h1_*: frontend and backend
	H1BytesIn, H1BytesOut, H1SplicedIn, H1SplicedOut atomic.Int64
}

// Response counts an HTTP response of the given status (hrsp_1xx ... hrsp_other).
func (c *Counters) Response(status int) {
	i := status / 100
	if i < 1 || i > 5 {
		i = 0
	}
	c.Responses[i].Add(1)
}

// Times counts the four times of a request that reached a server.
func (c *Counters) Times(queue, connect, response, total time.Duration) {
	c.QueueTime.Add(queue)
	c.ConnectTime.Add(connect)
	c.ResponseTime.Add(response)
	c.TotalTime.Add(total)
}

func (c *Counters) sessionAt(now time.Time) { c.lastSession.Store(int64(now.Sub(epoch)) + 1) }

// LastSession is the age of the last session (lastsess, in whole seconds); false when there was none.
func (c *Counters) LastSession(now time.Time) (time.Duration, bool) {
	at := c.lastSession.Load()
	if at == 0 {
		return 0, false
	}
	return now.Sub(epoch) - time.Duration(at-1), true
}
