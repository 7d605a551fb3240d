package stats

import (
	"fmt"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// backend is the row of the backend half.
func (w *view) backend(p *Proxy, now time.Time) *row {
	be := p.Backend
	v := be.View()
	r := newRow(backendRow, p, "BACKEND", 0)
	r.traffic(&be.Counters)
	r.responses(p, &be.Counters)
	r.modules(p, &be.Counters)
	r.balanced(&be.Counters, now)
	r.int(fQcur, v.QueueLen)
	r.int(fQmax, v.QueueMax)
	r.int(fSlim, v.Limit)
	r.int(fDreq, be.DeniedReq.Load())
	r.str(fStatus, v.Status)
	if w.hideDown || w.hideMaint {
		r.str(fStatus, v.Status+census(be.Servers()))
	}
	r.int(fWeight, v.Weight)
	r.int(fUweight, v.Weight)
	r.int(fAct, v.Active)
	r.int(fBck, v.Backup)
	r.v[fAct].tag, r.v[fBck].tag = "MGP", "MGP"
	r.int(fChkdown, v.Downs)
	r.int(fLastchg, seconds(v.LastChange))
	if len(be.Servers()) > 0 {
		r.int(fDowntime, seconds(v.DownTime))
	}
	r.tagged(fRate, "MGP", be.SessRate())
	r.tagged(fRateMax, "MGP", be.Counters.SessRate.Peak())
	if w.details {
		if p.Cookie != "" {
			r.str(fCookie, p.Cookie)
		}
		r.str(fAlgo, p.Algo)
	}
	for _, f := range []field{fAggServerStatus, fAggServerCheckStatus, fAggCheckStatus} {
		r.int(f, 0)
	}
	return r
}

// census says how many of the servers are up, when not all of them are shown.
func census(list []*server.Server) string {
	up := 0
	for _, s := range list {
		if s.IsUp() {
			up++
		}
	}
	return fmt.Sprintf(" (%d/%d)", up, len(list))
}

// server is the row of one server.
func (w *view) server(p *Proxy, s *server.Server, now time.Time) *row {
	v := s.View()
	c := s.Config()
	r := newRow(serverRow, p, s.Name(), s.ID())
	r.up, r.maint = v.Up, v.Admin&server.Maint != 0
	r.traffic(&s.Counters)
	r.responses(p, &s.Counters)
	r.balanced(&s.Counters, now)
	r.int(fQcur, v.QueueLen)
	r.int(fQmax, v.QueueMax)
	if v.Limit > 0 {
		r.int(fSlim, v.Limit)
	}
	r.str(fStatus, v.Status)
	r.int(fWeight, int64(v.Weight))
	r.int(fUweight, s.UserWeight())
	r.tagged(fAct, "SGP", truth(!v.Backup))
	r.tagged(fBck, "SGP", truth(v.Backup))
	r.int(fLastchg, seconds(v.LastChange))
	if c.MaxQueue > 0 {
		r.int(fQlimit, int64(c.MaxQueue))
	}
	r.int(fRate, s.SessRate())
	r.int(fRateMax, s.Counters.SessRate.Peak())
	if s.ChecksOn() {
		r.checks(&v)
	}
	r.pool(s)
	if w.details {
		r.str(fAddr, v.Address)
		if c.Cookie != "" {
			r.str(fCookie, c.Cookie)
		}
	}
	return r
}

// checks fills in what health checks found.
func (r *row) checks(v *server.View) {
	r.int(fChkfail, v.CheckFails)
	r.int(fChkdown, v.Downs)
	r.int(fDowntime, seconds(v.DownTime))
	if !v.Checked {
		return
	}
	k := &v.Check
	status := server.CheckInit
	if v.HasCheck {
		status = k.Status
	}
	word := status.String()
	if v.Checking && v.HasCheck {
		word = "* " + word
	}
	r.str(fCheckStatus, word)
	if status.HasCode() {
		r.int(fCheckCode, int64(k.Code))
	}
	if v.HasCheck {
		r.int(fCheckDuration, k.Duration.Milliseconds())
		r.str(fLastChk, k.Info)
	}
	r.str(fCheckDesc, status.Text())
	r.int(fCheckRise, int64(v.Rise))
	r.int(fCheckFall, int64(v.Fall))
	r.int(fCheckHealth, int64(v.Health))
}

// pool fills in the idle connections to s.
func (r *row) pool(s *server.Server) {
	idle, safe := s.IdleConns.Load(), s.SafeConns.Load()
	r.int(fSrvIcur, idle+safe)
	r.int(fIdleConnCur, idle)
	r.int(fSafeConnCur, safe)
	r.int(fUsedConnCur, s.UsedConns.Load())
	r.int(fNeedConnEst, s.UsedConns.Load())
	if n := s.Config().PoolMaxConn; n != nil && *n >= 0 {
		r.int(fSrcIlim, int64(*n))
	}
}

func truth(v bool) int64 {
	if v {
		return 1
	}
	return 0
}
