package balance

import (
	"fmt"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// BenchmarkAssign takes a server and gives it back.
func BenchmarkAssign(b *testing.B) {
	for _, n := range []int{2, 10, 1000} {
		for name, lb := range map[string]server.Balancer{"roundrobin": new(RoundRobin), "static-rr": new(StaticRR), "leastconn": new(LeastConn)} {
			b.Run(fmt.Sprint(name, n), func(b *testing.B) {
				weights := make([]int, n)
				for i := range weights {
					weights[i] = 1 + i%3
				}
				be := farm(b, lb, weights...)
				var tx txn.Txn
				s := server.Slot{Waker: waker{}}
				for b.Loop() {
					be.Assign(&tx, &s, nil, nil)
					s.Release()
				}
			})
		}
	}
}
