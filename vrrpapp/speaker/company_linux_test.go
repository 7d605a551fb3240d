package speaker

import (
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// Two processes at one node leave each other's addresses alone, and say that they are two. What one of them left behind is removed
// when the other is alone.
func TestCompany(t *testing.T) {
	t.Parallel()
	lab := lab(t, "a")
	at := lab.Node("a")
	first := speak(t, at, one(quick(200)))
	first.reaches("V", fsm.Master)
	w := quick(200)
	w.Name, w.VRID, w.Addresses = "W", 81, []Address{addressOf("10.9.0.101/32")}
	hold := lab.Hold(vip)
	second := speak(t, at, one(w))
	second.reaches("W", fsm.Master)
	for _, n := range []*node{first, second} {
		if r := n.noticed(NotAlone); r.Detail != fmt.Sprintf("process %d", os.Getpid()) {
			t.Errorf("%+v", r)
		}
	}
	left := netip4(102)
	at.Do(func() error { // as if one of them had died
		eth0, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		h, err := netif.OpenHost()
		if err != nil {
			return err
		}
		defer h.Close()
		_, err = h.AddAddress(eth0.Index, netif.Address{Prefix: prefix(left)})
		return err
	})
	third := open(t, at, Options{})
	third.apply(one(w))
	third.reaches("W", fsm.Backup)
	if n := first.status("V").Counts.Removed + second.status("W").Counts.Removed; n != 0 {
		t.Errorf("addresses were taken away %d times", n)
	}
	if held := hold.Stop(); len(held.Changes) != 0 {
		t.Error(held)
	}
	first.Close()
	second.Close()
	if !nstest.Within(soon, func() bool { return !at.Holds(prefix(left).Addr()) }) {
		t.Error("the leftover stays")
	}
	third.Ready()
	third.reaches("W", fsm.Master)
	third.Release(2 * time.Second)
}
