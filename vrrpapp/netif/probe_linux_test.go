package netif

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Whoever has the address answers, and only to us. By a question of IPv4 it learns nothing about us; by one of IPv6 where our
// link-local address is, which is true.
func TestProbe(t *testing.T) {
	a, b := pair(t)
	answers := make(chan Answer, 16)
	var p *Prober
	a.Do(func() (err error) {
		p, err = NewProber(func(x Answer) { answers <- x })
		return err
	})
	defer p.Close()
	on, at := link(t, a.Namespace, "eth0"), link(t, b.Namespace, "eth0")
	from := ip("fe80::1")
	for _, addr := range []string{"10.9.0.2", "fd00:9::2"} {
		if err := p.Probe(on, from, ip(addr)); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-answers:
			if diff := cmp.Diff(Answer{Index: on.Index, Addr: ip(addr), MAC: at.MAC}, got, cmpopts.EquateComparable(ip("::"))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		case <-time.After(soon):
			t.Fatalf("no answer for %s", addr)
		}
	}
	if out := b.IP("neigh show to 10.9.0.1"); out != "" {
		t.Errorf("the other one has learnt %s", out)
	}
	if err := p.Probe(on, ip("fd00:9::1"), ip("fd00:9::2")); err == nil {
		t.Error("a question from another than a link-local address is no error")
	}
	if err := p.Probe(Interface{Name: "lo", Index: 1, Loopback: true}, from, ip("10.9.0.2")); err == nil {
		t.Error("a probe on the loopback is no error")
	}
}
