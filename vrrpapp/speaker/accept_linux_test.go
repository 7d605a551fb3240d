package speaker

import (
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// Without accept mode a master that is not the owner answers for the address, but takes no packet.
func TestNoAccept(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	r := quick(200)
	r.NoAccept = true
	a := speak(t, lab.Node("a"), one(r))
	a.reaches("V", fsm.Master)
	answers := func(want bool) {
		t.Helper()
		p := lab.Node("client").Ping(vip, 5*time.Millisecond)
		defer p.Stop()
		if got := nstest.Within(map[bool]time.Duration{true: soon, false: 300 * time.Millisecond}[want], func() bool { return p.Answered() > 3 }); got != want {
			t.Errorf("it answers: %v", got)
		}
	}
	answers(false)
	r.NoAccept = false
	a.apply(one(r))
	answers(true)
	r.NoAccept = true
	a.apply(one(r))
	answers(false)
	r.FSM.Priority = 255
	a.apply(one(r))
	answers(true)
}
