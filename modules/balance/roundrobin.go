package balance

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { caddy.RegisterModule(new(RoundRobin)) }

// RoundRobin takes servers in turns, each as often as its weight says, spread as evenly as can be.
type RoundRobin struct {
	order  []*server.Server
	credit []int // by place in the backend
	total  int
}

// CaddyModule registers the algorithm.
func (*RoundRobin) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "haproxy.balance.roundrobin", New: func() caddy.Module { return new(RoundRobin) }}
}

// Changed takes over the candidates and their weights.
func (r *RoundRobin) Changed(b *server.Backend) {
	r.order = append(r.order[:0], b.Candidates()...)
	r.total = 0
	for _, s := range r.order {
		for len(r.credit) <= s.Index() {
			r.credit = append(r.credit, 0)
		}
		r.total += s.EffWeight()
	}
}

// Pick gives every server its weight as credit, takes the richest one and makes it pay the total.
func (r *RoundRobin) Pick(_ *txn.Txn, avoid *server.Server) *server.Server {
	var best, avoided *server.Server
	for _, s := range r.order {
		if !s.HasRoom() {
			continue
		}
		r.credit[s.Index()] += s.EffWeight()
		if s == avoid {
			avoided = s
			continue
		}
		if best == nil || r.credit[s.Index()] > r.credit[best.Index()] {
			best = s
		}
	}
	if best == nil {
		best = avoided
	}
	if best != nil {
		r.credit[best.Index()] -= r.total
	}
	return best
}

// Taken does nothing: turns do not depend on the load.
func (r *RoundRobin) Taken(*server.Server) {}

// Dropped does nothing: turns do not depend on the load.
func (r *RoundRobin) Dropped(*server.Server) {}

var _ server.Balancer = (*RoundRobin)(nil)
