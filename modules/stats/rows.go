package stats

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// view says which rows are wanted and what they show.
type view struct {
	// details shows addresses, cookies and algorithms: the level operator of the socket, `stats show-legends` of the page.
	details bool
	// hideDown leaves out servers that are down or in maintenance (";up"), hideMaint those in maintenance (";no-maint").
	hideDown, hideMaint bool
	// maxconn is the limit of the process, which frontends without their own have.
	maxconn int64
	// iid, types and sid filter, sid only servers; -1 takes all (CLI: show stat <iid> <type> <sid>).
	iid, types, sid int
}

// all takes every row.
var all = view{iid: -1, types: -1, sid: -1}

// The bits of view.types.
const (
	wantFrontend = 1
	wantBackend  = 2
	wantServer   = 4
)

func (w *view) wants(bit int) bool { return w.types&bit != 0 }

// rows are the rows of one proxy: the frontend, the servers, the backend.
func (w *view) rows(p *Proxy, now time.Time) []*row {
	if p.Disabled || w.iid != -1 && w.iid != p.ID {
		return nil
	}
	var list []*row
	if p.Frontend != nil && w.wants(wantFrontend) {
		list = append(list, w.frontend(p, now))
	}
	if p.Backend == nil {
		return list
	}
	if w.wants(wantServer) {
		for _, s := range p.Backend.Servers() {
			if w.sid != -1 && w.sid != s.ID() {
				continue
			}
			r := w.server(p, s, now)
			if w.hideDown && !r.up || (w.hideDown || w.hideMaint) && r.maint {
				continue
			}
			list = append(list, r)
		}
	}
	if w.wants(wantBackend) {
		list = append(list, w.backend(p, now))
	}
	return list
}

// newRow makes a row with the columns that all kinds have.
func newRow(k kind, p *Proxy, name string, sid int) *row {
	r := &row{kind: k, iid: p.ID, sid: sid, up: true}
	r.str(fPxname, p.Name)
	r.str(fSvname, name)
	r.int(fPid, 1)
	r.int(fIid, int64(p.ID))
	r.int(fSid, int64(sid))
	r.int(fType, int64(k))
	r.str(fMode, p.Mode)
	for _, f := range []field{fSslSess, fSslReusedSess, fSslFailedHandshake} {
		r.int(f, 0)
	}
	return r
}

// traffic fills in what is counted alike for all kinds.
func (r *row) traffic(c *server.Counters) {
	r.int(fScur, c.Sessions.Load())
	r.int(fSmax, c.Sessions.Peak())
	r.int(fStot, c.SessTotal.Load())
	r.int(fBin, c.BytesIn.Load())
	r.int(fBout, c.BytesOut.Load())
	r.int(fDresp, c.DeniedResp.Load())
	r.int(fWrew, c.FailedRewrites.Load())
	r.int(fEint, c.InternalErrs.Load())
}

// responses fills in the responses by class, for mode http.
func (r *row) responses(p *Proxy, c *server.Counters) {
	if p.Mode != "http" {
		return
	}
	for i, f := range []field{fHrspOther, fHrsp1xx, fHrsp2xx, fHrsp3xx, fHrsp4xx, fHrsp5xx} {
		r.int(f, c.Responses[i].Load())
	}
	r.int(fReqTot, c.Requests.Load())
}

// modules fills in the columns of compression, caches and protocols that frontends and backends have.
func (r *row) modules(p *Proxy, c *server.Counters) {
	r.int(fCompIn, c.CompIn.Load())
	r.int(fCompOut, c.CompOut.Load())
	r.int(fCompByp, c.CompBypassed.Load())
	r.int(fCompRsp, c.CompResponses.Load())
	if p.Mode == "http" {
		r.int(fCacheLookups, c.CacheLookups.Load())
		r.int(fCacheHits, c.CacheHits.Load())
	}
	for f := fH2HeadersRcvd; f <= fH2BackendTotalStreams; f++ {
		r.int(f, 0)
	}
	r.int(fH1OpenConnections, c.H1OpenConns.Load())
	r.int(fH1OpenStreams, c.H1OpenStreams.Load())
	r.int(fH1TotalConnections, c.H1Conns.Load())
	r.int(fH1TotalStreams, c.H1Streams.Load())
	r.int(fH1BytesIn, c.H1BytesIn.Load())
	r.int(fH1BytesOut, c.H1BytesOut.Load())
	r.int(fH1SplicedBytesIn, c.H1SplicedIn.Load())
	r.int(fH1SplicedBytesOut, c.H1SplicedOut.Load())
}

func (w *view) frontend(p *Proxy, now time.Time) *row {
	fe := p.Frontend
	r := newRow(frontendRow, p, "FRONTEND", 0)
	r.traffic(&fe.Counters)
	r.responses(p, &fe.Counters)
	r.modules(p, &fe.Counters)
	limit := fe.ConnLimit()
	if limit == 0 {
		limit = w.maxconn
	}
	r.int(fSlim, limit)
	r.int(fDreq, fe.DeniedReq.Load())
	r.int(fEreq, fe.ErrReq.Load())
	status := "OPEN"
	if limit > 0 && fe.Sessions.Load() >= limit {
		status = "FULL"
	}
	r.str(fStatus, status)
	r.int(fRate, fe.SessRate())
	r.int(fRateLim, 0)
	r.int(fRateMax, fe.Counters.SessRate.Peak())
	if p.Mode == "http" {
		r.int(fReqRate, fe.ReqRate())
		r.int(fReqRateMax, fe.Counters.ReqRate.Peak())
		r.int(fIntercepted, fe.Intercepted.Load())
	}
	r.int(fConnRate, fe.ConnRate())
	r.int(fConnRateMax, fe.Counters.ConnRate.Peak())
	r.int(fConnTot, fe.ConnTotal.Load())
	r.int(fDcon, fe.DeniedConn.Load())
	r.int(fDses, fe.DeniedSess.Load())
	return r
}

// balanced fills in what backends and servers have in common.
func (r *row) balanced(c *server.Counters, now time.Time) {
	r.int(fEcon, c.ErrConn.Load())
	r.int(fEresp, c.ErrResp.Load())
	r.int(fWretr, c.Retries.Load())
	r.int(fWredis, c.Redispatches.Load())
	r.int(fLbtot, c.LBTotal.Load())
	r.int(fCliAbrt, c.CliAborts.Load())
	r.int(fSrvAbrt, c.SrvAborts.Load())
	r.int(fConnect, c.Connect.Load())
	r.int(fReuse, c.Reuse.Load())
	r.int(fLastsess, lastSession(c, now))
	r.int(fQtime, c.QueueTime.Read())
	r.int(fCtime, c.ConnectTime.Read())
	r.int(fRtime, c.ResponseTime.Read())
	r.int(fTtime, c.TotalTime.Read())
	r.int(fQtimeMax, c.QueueTime.Peak())
	r.int(fCtimeMax, c.ConnectTime.Peak())
	r.int(fRtimeMax, c.ResponseTime.Peak())
	r.int(fTtimeMax, c.TotalTime.Peak())
}

// lastSession is the age of the last session in seconds, -1 when there was none.
func lastSession(c *server.Counters, now time.Time) int64 {
	age, ok := c.LastSession(now)
	if !ok {
		return -1
	}
	return seconds(age)
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
