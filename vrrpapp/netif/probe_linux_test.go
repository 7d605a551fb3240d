package netif

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Whoever has the address answers, and learns nothing about us by the question.
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
	if err := p.Probe(on, ip("10.9.0.2")); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-answers:
		if diff := cmp.Diff(Answer{Index: on.Index, Addr: ip("10.9.0.2"), MAC: at.MAC}, got, cmpopts.EquateComparable(ip("::"))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	case <-time.After(soon):
		t.Fatal("no answer")
	}
	if out := b.IP("neigh show to 10.9.0.1"); out != "" {
		t.Errorf("the other one has learnt %s", out)
	}
	if err := p.Probe(on, ip("fd00:9::2")); err == nil {
		t.Error("a probe of IPv6 is no error")
	}
	if err := p.Probe(Interface{Name: "lo", Index: 1, Loopback: true}, ip("10.9.0.2")); err == nil {
		t.Error("a probe on the loopback is no error")
	}
}
