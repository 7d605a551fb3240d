package balance

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { caddy.RegisterModule(new(StaticRR)) }

// StaticRR takes servers in turns from a table that only changes when a server comes or goes; weights cannot be changed
// at run time (configuration.txt 4.2 "balance static-rr").
type StaticRR struct {
	table []*server.Server
	next  int
}

// CaddyModule registers the algorithm.
func (*StaticRR) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "haproxy.balance.static_rr", New: func() caddy.Module { return new(StaticRR) }}
}

// Static says that weights are fixed.
func (*StaticRR) Static() bool { return true }

// Changed makes the table: each place goes to the server that is the most whole turns behind, the first of them.
func (r *StaticRR) Changed(b *server.Backend) {
	list := b.Candidates()
	total, divisor := 0, 0
	for _, s := range list {
		divisor = gcd(s.EffWeight(), divisor)
	}
	for _, s := range list {
		total += s.EffWeight() / divisor
	}
	score := make([]int, len(list))
	r.table = make([]*server.Server, total)
	for i := range r.table {
		best, most := -1, 0
		for k, s := range list {
			score[k] += s.EffWeight() / divisor
			if turns := (score[k] + total) / total; best < 0 || turns > most {
				best, most = k, turns
			}
		}
		score[best] -= total
		r.table[i] = list[best]
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Pick takes the next place of the table whose server has room.
func (r *StaticRR) Pick(_ *txn.Txn, avoid *server.Server) *server.Server {
	if len(r.table) == 0 {
		return nil
	}
	if r.next >= len(r.table) {
		r.next = 0
	}
	avoided := -1
	for i := range r.table {
		at := (r.next + i) % len(r.table)
		s := r.table[at]
		if !s.HasRoom() {
			continue
		}
		if s != avoid {
			r.next = at + 1
			return s
		}
		avoided = at
	}
	if avoided < 0 {
		return nil
	}
	r.next = avoided + 1
	return avoid
}

// Taken does nothing.
func (r *StaticRR) Taken(*server.Server) {}

// Dropped does nothing.
func (r *StaticRR) Dropped(*server.Server) {}

var _ server.Balancer = (*StaticRR)(nil)
