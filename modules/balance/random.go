package balance

import (
	"fmt"
	"math/rand/v2"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { caddy.RegisterModule(new(Random)) }

// Random draws servers by chance, as their weights say, and takes the least loaded of those it has drawn
// (configuration.txt 4.2 "balance random").
type Random struct {
	// Draws is how many servers are drawn, default 2.
	Draws int `json:"draws,omitempty"`

	servers []*server.Server
	sums    []int // sums[i] is the weight of the servers up to i
}

// CaddyModule registers the algorithm.
func (*Random) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "haproxy.balance.random", New: func() caddy.Module { return new(Random) }}
}

// Validate checks the number of draws.
func (r *Random) Validate() error {
	if r.Draws < 0 {
		return fmt.Errorf("invalid number of draws %d", r.Draws)
	}
	return nil
}

// Changed takes over the candidates and their weights.
func (r *Random) Changed(b *server.Backend) {
	r.servers, r.sums = append(r.servers[:0], b.Candidates()...), r.sums[:0]
	sum := 0
	for _, s := range r.servers {
		sum += s.EffWeight()
		r.sums = append(r.sums, sum)
	}
}

// Pick draws. A server without room counts as the one behind it.
func (r *Random) Pick(_ *txn.Txn, avoid *server.Server) *server.Server {
	draws := r.Draws
	if draws == 0 {
		draws = 2
	}
	var best *server.Server
	for range draws {
		s := r.draw(avoid)
		if s == nil {
			break
		}
		if best == nil || load(s) < load(best) {
			best = s
		}
	}
	if best == nil && avoid != nil && avoid.HasRoom() && r.has(avoid) {
		return avoid
	}
	return best
}

func (r *Random) has(s *server.Server) bool {
	for _, c := range r.servers {
		if c == s {
			return true
		}
	}
	return false
}

func (r *Random) draw(avoid *server.Server) *server.Server {
	if len(r.servers) == 0 {
		return nil
	}
	ticket, i := rand.IntN(r.sums[len(r.sums)-1]), 0
	for r.sums[i] <= ticket {
		i++
	}
	for k := range r.servers {
		if s := r.servers[(i+k)%len(r.servers)]; s != avoid && s.HasRoom() {
			return s
		}
	}
	return nil
}

// Taken does nothing.
func (r *Random) Taken(*server.Server) {}

// Dropped does nothing.
func (r *Random) Dropped(*server.Server) {}

var _ server.Balancer = (*Random)(nil)
var _ caddy.Validator = (*Random)(nil)
