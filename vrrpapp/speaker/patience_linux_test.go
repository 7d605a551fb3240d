package speaker

import (
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
)

// Whoever stops a speaker waits as long as its routers do: a sync group may need the master down interval of its successors.
func TestPatience(t *testing.T) {
	second, tenth, slow := quick(100), quick(100), quick(100)
	second.Name, second.FSM = "S", fsm.Config{}
	slow.Name, slow.FSM.Interval = "L", 40950*time.Millisecond
	for _, row := range []struct {
		name    string
		routers []Router
		group   []string
		want    time.Duration
	}{
		{"none", nil, nil, 0},
		{"version 2", []Router{second}, nil, 1200 * time.Millisecond},
		{"version 3", []Router{tenth}, nil, 300 * time.Millisecond},
		{"the slowest", []Router{tenth, second, tenth}, nil, 1200 * time.Millisecond},
		{"a group", []Router{second, tenth}, []string{"S", "V"}, 4200 * time.Millisecond},
		{"another's group", []Router{second, tenth}, []string{"V"}, 1200 * time.Millisecond},
		{"the longest interval", []Router{slow}, nil, 41100 * time.Millisecond},
		{"the longest of all", []Router{slow}, []string{"L"}, longestPatience},
	} {
		c := Config{Routers: row.routers, Groups: []Group{{Name: "G", Routers: row.group}}}
		if got := c.Patience().Truncate(100 * time.Millisecond); got != row.want { // without the time of the repetitions
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}
