package vrrpapp

import (
	"bytes"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
)

// What a killed process left behind is removed, but not beside a living one.
func TestRelease(t *testing.T) {
	n := nstest.NewLab(t, "a").Node("a")
	vip := netip.MustParsePrefix("10.9.0.100/32")
	var alive *speaker.Local
	n.Do(func() error {
		eth0, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		h, err := netif.OpenHost()
		if err != nil {
			return err
		}
		defer h.Close()
		if _, err = h.AddAddress(eth0.Index, netif.Address{Prefix: vip}); err == nil {
			alive, err = speaker.Open(speaker.Options{})
		}
		return err
	})
	var out bytes.Buffer
	n.Do(func() error {
		if err := release(&out); err == nil || !strings.Contains(err.Error(), "nothing is removed: virtual routers run here") {
			t.Errorf("beside a living process: %v", err)
		}
		return nil
	})
	if !n.Holds(vip.Addr()) {
		t.Error("it was removed all the same")
	}
	alive.Close()
	n.Do(func() error { return release(&out) })
	if n.Holds(vip.Addr()) || out.String() != "10.9.0.100/32 removed from eth0\n" {
		t.Errorf("%q", out.String())
	}
}
