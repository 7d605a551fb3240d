package balance

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { caddy.RegisterModule(new(LeastConn)) }

// LeastConn takes the server with the fewest sessions for its weight, those that wait for it included; among equals the
// one that has been so for the longest time (configuration.txt 4.2 "balance leastconn").
type LeastConn struct {
	nodes []lcNode // by place in the backend
	seq   int64
}

type lcNode struct {
	server *server.Server // nil when it is no candidate
	load   int64          // see load
	order  int64          // when its load changed last
}

// CaddyModule registers the algorithm.
func (*LeastConn) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "haproxy.balance.leastconn", New: func() caddy.Module { return new(LeastConn) }}
}

// Changed takes over the candidates.
func (l *LeastConn) Changed(b *server.Backend) {
	list := b.Candidates()
	for _, s := range list {
		if n := s.Index() + 1; n > len(l.nodes) {
			l.nodes = append(l.nodes, make([]lcNode, n-len(l.nodes))...)
		}
	}
	old := make([]lcNode, len(l.nodes))
	copy(old, l.nodes)
	clear(l.nodes)
	for _, s := range list {
		n := old[s.Index()]
		if n.server != s {
			l.seq++
			n = lcNode{server: s, order: l.seq}
		}
		n.load = load(s)
		l.nodes[s.Index()] = n
	}
}

// Pick takes the least loaded server. One with a maxqueue is also taken when it is full, while its queue is not.
func (l *LeastConn) Pick(_ *txn.Txn, avoid *server.Server) *server.Server {
	if s := l.least(avoid); s != nil || avoid == nil {
		return s
	}
	return l.least(nil)
}

func (l *LeastConn) least(avoid *server.Server) *server.Server {
	var best *lcNode
	for i := range l.nodes {
		n := &l.nodes[i]
		if n.server == nil || n.server == avoid {
			continue
		}
		better := best == nil || n.load < best.load || n.load == best.load && n.order < best.order
		if better && (n.server.HasRoom() || n.server.QueueOpen()) {
			best = n
		}
	}
	if best == nil {
		return nil
	}
	return best.server
}

// load is what the sessions on s and those that wait for it, with one more, are for its weight; an idle server has none.
// HAProxy looks at it when a session comes or goes, not when one begins to wait.
func load(s *server.Server) int64 {
	n := s.Conns() + s.QueueLen()
	if n == 0 {
		return 0
	}
	return (n + 1) * 256 / int64(s.EffWeight())
}

// Taken puts s behind those with the same load.
func (l *LeastConn) Taken(s *server.Server) { l.touch(s) }

// Dropped puts s behind those with the same load.
func (l *LeastConn) Dropped(s *server.Server) { l.touch(s) }

func (l *LeastConn) touch(s *server.Server) {
	if i := s.Index(); i < len(l.nodes) && l.nodes[i].server == s {
		l.seq++
		l.nodes[i].load, l.nodes[i].order = load(s), l.seq
	}
}

var _ server.Balancer = (*LeastConn)(nil)
