package nstest

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPingCountsWhatIsLost(t *testing.T) {
	for _, row := range []struct{ name, a, b string }{
		{"IPv4", "10.80.0.1/24", "10.80.0.2/24"},
		{"IPv6", "fd00:80::1/64", "fd00:80::2/64"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			lab := NewLab(t, "a", "b")
			lab.Node("a").IP("addr add " + row.a + " dev eth0 nodad")
			lab.Node("b").IP("addr add " + row.b + " dev eth0 nodad")
			to := netip.MustParsePrefix(row.b).Addr()
			p := lab.Node("a").Ping(to, 5*time.Millisecond)
			for _, cut := range []struct{ away, back func() }{
				{func() {}, func() {}},
				{lab.Node("b").Cut, lab.Node("b").Heal},
			} {
				cut.away()
				time.Sleep(200 * time.Millisecond) // this is the outage that is measured
				cut.back()
				was := p.Answered()
				if !Within(5*time.Second, func() bool { return p.Answered() > was+10 }) {
					t.Fatal("no answers")
				}
			}
			r := p.Stop()
			if r.Lost < 20 || r.Lost > r.Sent-20 || r.Longest < 180*time.Millisecond {
				t.Errorf("%v, want about 40 lost in 200 ms", r)
			}
			if !lab.Node("b").Holds(to) || lab.Node("a").Holds(to) {
				t.Error("Holds is wrong")
			}
		})
	}
}

func TestCarrierIsLostOnlyByUnplug(t *testing.T) {
	lab := NewLab(t, "a")
	a := lab.Node("a")
	carrier := func() bool { return strings.Contains(a.IP("link show eth0"), ",LOWER_UP") }
	a.Cut()
	if !carrier() {
		t.Error("Cut took the carrier")
	}
	a.Unplug()
	if carrier() {
		t.Error("Unplug left the carrier")
	}
	a.Plug()
	if !Within(time.Second, carrier) {
		t.Error("Plug did not bring the carrier back")
	}
}

func TestProcessRunsInside(t *testing.T) {
	n := New(t, "n")
	n.IP("link add inside type bridge")
	p := n.Start("/bin/sh", "-c", "ip -br link show inside; sleep 100")
	if !p.Printed("inside", 5*time.Second) {
		t.Errorf("printed %q", p.Output())
	}
	p.Stop()
	select {
	case <-p.Done():
	default:
		t.Error("still running after Stop")
	}
}

func TestHold(t *testing.T) {
	lab := NewLab(t, "a", "b")
	a, b := lab.Node("a"), lab.Node("b")
	a.IP("addr add 10.80.0.100/32 dev eth0")
	h := lab.Hold(netip.MustParseAddr("10.80.0.100"))
	is := func(want ...string) func() bool { return func() bool { return slices.Equal(h.Now(), want) } }
	steps := []struct {
		do   func()
		want func() bool
	}{
		{func() {}, is("a")},
		{func() { b.IP("addr add 10.80.0.100/24 dev eth0") }, is("a", "b")},
		{func() { a.IP("addr del 10.80.0.100/32 dev eth0") }, is("b")},
		{func() { a.IP("addr add 10.80.0.101/32 dev eth0") }, is("b")},
		{func() { b.IP("addr add 10.80.0.100/32 dev eth0"); b.IP("addr del 10.80.0.100/24 dev eth0") }, is("b")},
		{func() { b.IP("addr del 10.80.0.100/32 dev eth0") }, is()},
		{func() { a.IP("addr add 10.80.0.100/32 dev eth0") }, is("a")},
	}
	for i, s := range steps {
		s.do()
		if !Within(5*time.Second, s.want) {
			t.Fatalf("step %d: held by %v", i, h.Now())
		}
		time.Sleep(50 * time.Millisecond) // this is the time that is measured
	}
	r := h.Stop()
	near := func(d, want time.Duration) bool { return d >= want && d < want+150*time.Millisecond }
	if !near(r.Several, 50*time.Millisecond) || !near(r.Nobody, 50*time.Millisecond) || len(r.Changes) != 4 || !slices.Equal(r.Holders, []string{"a"}) {
		t.Error(r)
	}
}
