package netif

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// tcpdump starts recording at a node, does something and returns what was seen, one line each packet.
func tcpdump(t *testing.T, n *nstest.Node, packets int, do func()) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pcap")
	p := n.Start("tcpdump", "-Z", "root", "-i", "eth0", "-U", "-w", file, "-c", fmt.Sprint(packets), "ip proto 112 or ip6 proto 112 or arp or (icmp6 and ip6[40]==136)")
	if !p.Printed("listening on", soon) {
		t.Fatal(p.Output())
	}
	do()
	select {
	case <-p.Done():
	case <-time.After(soon):
		t.Errorf("fewer than %d packets were seen", packets)
		p.Stop()
	}
	out, err := exec.Command("tcpdump", "-r", file, "-nevvv", "-t").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Only VRRP's contents are not ours; the rest tcpdump must decode without complaint.
func TestTcpdump(t *testing.T) {
	a, b := pair(t)
	mac := link(t, a.Namespace, "eth0").MAC
	s4, s6 := open(t, a, SocketConfig{}), open(t, a, SocketConfig{IPv6: true})
	announcer := announcerIn(t, a)
	eth0 := link(t, a.Namespace, "eth0")
	v3 := []byte{0x31, 81, 100, 1, 0, 100, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x81}
	got := tcpdump(t, b, 5, func() {
		for _, err := range []error{
			s4.Send(&Packet{Src: ip("10.9.0.1"), Data: advert(80)}),
			s6.Send(&Packet{Src: ip("fe80::1"), Data: v3}),
			announcer.Announce(eth0, ip("10.9.0.100"), false),
			announcer.Announce(eth0, ip("fe80::81"), false),
			announcer.Announce(eth0, ip("fd00:9::100"), true),
		} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	want := []string{
		mac.String() + ` > 01:00:5e:00:00:12, ethertype IPv4 \(0x0800\), length 54: \(tos 0xc0, ttl 255, id \d+, offset 0, flags \[none\], proto VRRP \(112\), length 40\)\s+` +
			`10\.9\.0\.1 > 224\.0\.0\.18: VRRPv2, Advertisement, vrid 80, prio 100, authtype none, intvl 1s, length 20, addrs: 10\.9\.0\.100`,
		mac.String() + ` > 33:33:00:00:00:12, ethertype IPv6 \(0x86dd\), length 78: \(class 0xc0, (flowlabel 0x[0-9a-f]+, )?hlim 255, next-header VRRP \(112\) payload length: 24\) ` +
			`fe80::1 > ff02::12: VRRPv3, Advertisement, vrid 81, prio 100, intvl 100cs, length 24, addrs: fe80::81`,
		mac.String() + ` > ff:ff:ff:ff:ff:ff, ethertype ARP \(0x0806\), length 42: Ethernet \(len 6\), IPv4 \(len 4\), Request who-has 10\.9\.0\.100 \(ff:ff:ff:ff:ff:ff\) tell 10\.9\.0\.100, length 28`,
		mac.String() + ` > 33:33:00:00:00:01, ethertype IPv6 \(0x86dd\), length 86: \(hlim 255, next-header ICMPv6 \(58\) payload length: 32\) fe80::81 > ff02::1: \[icmp6 sum ok\] ICMP6, neighbor advertisement, length 32, tgt is fe80::81, Flags \[override\]\s+destination link-address option \(2\), length 8 \(1\): ` + mac.String(),
		`fd00:9::100 > ff02::1: \[icmp6 sum ok\] ICMP6, neighbor advertisement, length 32, tgt is fd00:9::100, Flags \[router, override\]`,
	}
	for _, w := range want {
		if !regexp.MustCompile(w).MatchString(got) {
			t.Errorf("not seen: %s", w)
		}
	}
	for _, bad := range []string{"bad", "incorrect", "wrong", "invalid", "malformed"} {
		if strings.Contains(got, bad) {
			t.Errorf("tcpdump complains: %s", bad)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

func announcerIn(t *testing.T, n *nstest.Node) *Announcer {
	t.Helper()
	var a *Announcer
	n.Do(func() (err error) {
		a, err = NewAnnouncer()
		return err
	})
	t.Cleanup(func() { a.Close() })
	return a
}
