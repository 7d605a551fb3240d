package server

import (
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// firstBalancer balances nothing.
type firstBalancer struct{}

func (firstBalancer) Changed(*Backend)               {}
func (firstBalancer) Taken(*Server)                  {}
func (firstBalancer) Dropped(*Server)                {}
func (firstBalancer) Pick(*txn.Txn, *Server) *Server { return nil }

// TestConnFree: the rows are what HAProxy 2.6 answered for be_conn_free of an idle backend.
func TestConnFree(t *testing.T) {
	zero := 0
	for _, row := range []struct {
		name   string
		second Config
		want   int64
	}{
		{"no limit", Config{}, -1},
		{"both", Config{MaxConn: 5}, 12},
		{"backup", Config{MaxConn: 5, Backup: true}, 7},
		{"disabled", Config{MaxConn: 5, Disabled: true}, 7},
		{"disabled without limit", Config{Disabled: true}, 7},
		{"weight 0", Config{MaxConn: 5, Weight: &zero}, 7},
	} {
		second := row.second
		second.Name, second.Address = "s2", "127.0.0.1:2"
		b := NewBackend("b")
		t.Cleanup(b.close)
		servers := []*Config{{Name: "s1", Address: "127.0.0.1:1", MaxConn: 7}, &second}
		if err := b.Configure(&Settings{Servers: servers, Balancer: firstBalancer{}}); err != nil {
			t.Fatal(err)
		}
		if got := b.ConnFree(); got != row.want {
			t.Errorf("%s: %d, want %d", row.name, got, row.want)
		}
	}
}
