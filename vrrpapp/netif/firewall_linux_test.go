package netif

import (
	"net/netip"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// A deaf address answers no ping and yet ARP and neighbour discovery; an empty firewall ends that.
func TestDeafAddress(t *testing.T) {
	a, b := pair(t)
	set := func(f Firewall) {
		t.Helper()
		a.Do(func() error { return SetFirewall(f) })
	}
	answers := func(to string, want bool) {
		t.Helper()
		p := b.Ping(ip(to), 5*time.Millisecond)
		defer p.Stop()
		if got := nstest.Within(map[bool]time.Duration{true: soon, false: 300 * time.Millisecond}[want], func() bool { return p.Answered() > 3 }); got != want {
			t.Errorf("%s answers: %v", to, got)
		}
	}
	set(Firewall{}) // nothing to remove
	for _, deaf := range []string{"10.9.0.1", "fd00:9::1"} {
		b.IP("neigh flush all")
		set(Firewall{Deaf: []netip.Addr{ip(deaf)}, Mute: []string{"vrrp.80"}})
		for _, addr := range []string{"10.9.0.1", "fd00:9::1"} {
			answers(addr, addr != deaf)
		}
		if out := b.IP("neigh show to " + deaf + " nud reachable"); out == "" {
			t.Errorf("%s has no neighbour entry: %s", deaf, b.IP("neigh"))
		}
	}
	set(Firewall{})
	answers("10.9.0.1", true)
	answers("fd00:9::1", true)
}
