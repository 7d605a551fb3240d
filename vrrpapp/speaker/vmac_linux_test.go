package speaker

import (
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// Clients keep one MAC address through a hand-over.
func TestVMAC(t *testing.T) {
	for _, row := range []struct {
		name, vip, dev, mac string
		change              func(*Router)
	}{
		{"IPv4", "10.9.0.100/32", "vrrp.80", "00:00:5e:00:01:50", func(*Router) {}},
		{"IPv6", "fe80::80/128", "vrrp6.80", "00:00:5e:00:02:50", func(r *Router) { r.IPv6 = true }},
		{"messages on the interface below", "10.9.0.100/32", "vrrp.80", "00:00:5e:00:01:50", func(r *Router) { r.VMAC.OnBase = true }},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			lab := lab(t, "a", "b")
			router := func(priority uint8) Router {
				r := quick(priority)
				r.VMAC, r.Addresses = &VMAC{}, []Address{addressOf(row.vip)}
				row.change(&r)
				return r
			}
			a := speak(t, lab.Node("a"), one(router(200)))
			a.reaches("V", fsm.Master)
			b := speak(t, lab.Node("b"), one(router(100)))
			b.reaches("V", fsm.Backup)
			if h := a.status("V").History; len(h) != 2 {
				t.Errorf("history %+v", h)
			}
			is := lab.Node("a").IP("-d addr show dev " + row.dev)
			if !strings.Contains(is, row.vip) || !strings.Contains(is, row.mac) {
				t.Errorf("%s", is)
			}
			addr := prefix(row.vip).Addr()
			if addr.Is6() {
				out := lab.Node("client").IP("-o link show eth0")
				addr = addr.WithZone(out[:strings.Index(out, ":")]) // by number: the name is another one's outside
			}
			ping := lab.Node("client").Ping(addr, 5*time.Millisecond)
			if !nstest.Within(soon, func() bool { return ping.Answered() > 10 }) {
				t.Fatal("the address does not answer")
			}
			a.Release(time.Second)
			b.reaches("V", fsm.Master)
			was := ping.Answered()
			nstest.Within(soon, func() bool { return ping.Answered() > was+10 })
			if r := ping.Stop(); r.Lost > 3 {
				t.Errorf("lost %v", r)
			}
			a.apply(Config{})
			if !nstest.Within(soon, func() bool { return !strings.Contains(lab.Node("a").IP("link"), row.dev) }) {
				t.Errorf("the macvlan stays: %s", lab.Node("a").IP("link"))
			}
		})
	}
}

// The names are keepalived's (seen with 2.2.7).
func TestVMACOfAddresses(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	n := lab.Node("a")
	second(n)
	r := quick(200)
	r.VMAC = &VMAC{Addresses: true}
	x := addressOf("192.0.2.100/32")
	x.Dev = "x1"
	r.Addresses = append(r.Addresses, x)
	r.Excluded = []Address{addressOf("fd00:9::100/128")}
	a := speak(t, n, one(r))
	a.reaches("V", fsm.Master)
	for dev, want := range map[string][]string{
		"vrrp.80": {"10.9.0.100/32", "00:00:5e:00:01:50"}, "vrrp1.80": {"192.0.2.100/32", "00:00:5e:00:01:50", "@x1"},
		"vrrp2.80": {"fd00:9::100/128", "00:00:5e:00:02:50", "@eth0"},
	} {
		out := n.IP("addr show dev " + dev)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("no %s in %s", w, out)
			}
		}
	}
	lab.Node("a").IP("link del x1")
	second(n)
	if !nstest.Within(soon, func() bool {
		return strings.Contains(n.IP("addr"), "192.0.2.100/32")
	}) {
		t.Errorf("not made again: %s", n.IP("addr"))
	}
	a.Close()
	if out := n.IP("link"); strings.Contains(out, "vrrp") {
		t.Errorf("left behind: %s", out)
	}
}

// The loop does not wait for the watcher to tell of a macvlan that was made: here it cannot for a while. Nor is there a fault.
func TestVMACIsNotAwaited(t *testing.T) {
	n := lab(t, "a").Node("a")
	a := speak(t, n, Config{})
	router := quick(200)
	router.VMAC = &VMAC{}
	a.Local.news.mu.Lock() // the watcher hands its news over with it, and has no other news before
	begun := time.Now()
	deaf := time.AfterFunc(soon, a.Local.news.mu.Unlock) // the loop's turn after Apply wants the news
	a.apply(one(router))
	took := time.Since(begun)
	if !deaf.Stop() {
		t.Fatalf("the loop waits for the news, %v", took)
	}
	a.Local.news.mu.Unlock()
	t.Logf("applied within %v", took)
	if took >= foreseen {
		t.Errorf("the loop waited for %v", took)
	}
	a.reaches("V", fsm.Master)
	if h := a.status("V").History; len(h) != 2 {
		t.Errorf("history %+v", h)
	}
}

// A macvlan that is gone again before the watcher has told of it is not believed in for long.
func TestVMACIsDoubted(t *testing.T) {
	a := speak(t, lab(t, "a").Node("a"), Config{})
	const ghost = "vrrp.80"
	a.do(func() {
		l := a.Local
		l.expect(l.link(ghost), netif.Interface{Name: ghost, Index: 1 << 20, Up: true, Carrier: true})
		l.followDirty()
	})
	exists := func() (yes bool) {
		a.do(func() { yes = a.Local.link(ghost).exists })
		return yes
	}
	if !exists() {
		t.Fatal("it is not believed in")
	}
	if !nstest.Within(soon, func() bool { return !exists() }) {
		t.Error("it is believed in for ever")
	}
}
