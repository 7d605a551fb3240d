package netio

import (
	"net/netip"
	"testing"
)

func TestRawAddr(t *testing.T) {
	for in, want := range map[string]string{
		"127.0.0.1:80":              "127.0.0.1:80",
		"[::ffff:10.1.2.3]:65535":   "10.1.2.3:65535",
		"[2001:db8::1]:443":         "[2001:db8::1]:443",
		"[fe80::1%lo]:1":            "[fe80::1%lo]:1",
		"[fe80::1%4000000000]:1":    "[fe80::1%4000000000]:1",
		"[fe80::1%no-such-card0]:1": "[fe80::1]:1",
	} {
		var sa rawAddr
		sa.len = sa.set(netip.MustParseAddrPort(in))
		if got := sa.addrPort().String(); got != want {
			t.Errorf("%s came back as %s, want %s", in, got, want)
		}
	}
	if a := new(rawAddr).addrPort(); a.IsValid() {
		t.Errorf("no address is %v", a)
	}
}
