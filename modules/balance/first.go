package balance

import (
	"cmp"
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { caddy.RegisterModule(new(First)) }

// First takes the server with the lowest id that has room, so that the others can be switched off
// (configuration.txt 4.2 "balance first").
type First struct{ order []*server.Server }

// CaddyModule registers the algorithm.
func (*First) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "haproxy.balance.first", New: func() caddy.Module { return new(First) }}
}

// Changed sorts the candidates by id.
func (f *First) Changed(b *server.Backend) {
	f.order = append(f.order[:0], b.Candidates()...)
	slices.SortStableFunc(f.order, func(a, b *server.Server) int { return cmp.Compare(a.ID(), b.ID()) })
}

// Pick takes the first with room.
func (f *First) Pick(_ *txn.Txn, avoid *server.Server) *server.Server {
	var avoided *server.Server
	for _, s := range f.order {
		if !s.HasRoom() {
			continue
		}
		if s != avoid {
			return s
		}
		avoided = s
	}
	return avoided
}

// Taken does nothing.
func (f *First) Taken(*server.Server) {}

// Dropped does nothing.
func (f *First) Dropped(*server.Server) {}

var _ server.Balancer = (*First)(nil)
