package netif

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif/nstest"
)

// What keepalived 2.2.7 installs for a line is what ParseRoute and Host install for it. Left out are times that are no
// multiple of 100 ms, which keepalived rounds up, and what it refuses: routes of IPv4 through IPv6 and "inet6 default".
var oracleRoutes = []string{
	"10.1.0.0/16 via 10.9.0.2", "src 10.9.0.1 to 10.2.0.0/16 via 10.9.0.2 dev eth0", "10.3.0.0/16 gw 10.9.0.2", "10.4.0.0/16 via 10.9.0.2 or 10.9.0.3",
	"blackhole 10.5.0.0/16", "unreachable 10.6.0.0/16 metric 7", "throw 10.7.0.0/16 table 5", "prohibit 10.8.0.0/16", "default via 10.9.0.2 table 100",
	"0.0.0.0/0 gw 10.9.0.2 table 101", "10.10.0.0/16 dev other scope site", "10.11.0.0/16 dev other", "10.12.0.1 dev other", "10.13.0.0/16 dev other append",
	"10.14.0.0/16 table 6909 nexthop via 10.9.0.2 dev eth0 onlink weight 1 nexthop via 192.0.2.9 dev other onlink weight 2",
	"10.15.0.0/16 dev other table 6909 tos 0x04 scope link priority 12 mtu 1000 hoplimit 100 advmss 101 reordering 104 window 105 cwnd 106 ssthresh lock 107 " +
		"realms 10/0x14 initcwnd 109 initrwnd 110 features ecn",
	"10.16.0.0/16 dev other mtu lock 1000 rtt 0.5s rttvar 1s rto_min 200ms quickack 1 congctl lock cubic fastopen_no_cookie 1",
	"2001:470:69e9:1:2::4 dev other", "2001:db8::/32 via fd00::2 metric 5 pref high", "from fd00::/64 2001:db9::/32 dev other",
	"10.17.0.0/16 via 192.0.2.1 onlink dev other", "10.18.0.0/16 dev other scope 253 protocol 12", "10.19.0.0/16 dev other protocol 12 no_track",
	"10.20.0.0/16 nexthop via 10.9.0.2 realms 5 nexthop dev other realms 1/2",
}

var oracleRules = []string{
	"from 192.168.2.0/24 table 1 preference 10", "to 192.168.2.0/24 lookup 1 priority 11", "from 192.168.28.0/24 goto 32766 order 39",
	"from 192.168.28.0/24 to 192.168.29.0/26 table 250 iif eth0 oif other tos 16 fwmark 24 preference 40 realms 30/20",
	"to 1:2:3:4:5:6:7:0/112 from 7:6:5:4:3:2::/96 table 6908 uidrange 10000-19999 preference 3", "not from 10.0.0.0/8 table 5 priority 8",
	"unreachable from 10.0.0.0/8 priority 9", "from 10.0.0.0/8 type prohibit priority 12", "dev eth0 table 5 priority 13",
	"table 5 suppress_prefixlength 0 priority 14", "table 5 suppress_ifgroup 3 priority 15", "table 5 tunnel-id 77 priority 16",
	"table main ipproto tcp sport 80-81 priority 17", "table default dsfield 0x10 priority 18", "from any table 5 realms 5 protocol 12 priority 19",
}

func TestRoutesOfKeepalived(t *testing.T) {
	theirs, ours := oracleNamespace(t), oracleNamespace(t)
	file := filepath.Join(t.TempDir(), "conf")
	conf := "global_defs {\n router_id test\n}\n" + strings.Replace(instance(2, 255, "10.9.0.100", ""), "vrrp_instance V {", "vrrp_instance V {\n virtual_routes {\n "+
		strings.Join(oracleRoutes, "\n ")+"\n }\n virtual_rules {\n "+strings.Join(oracleRules, "\n ")+"\n }", 1)
	conf = strings.Replace(conf, "state BACKUP", "state MASTER", 1) // at once, with priority 255
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	p := theirs.Start("keepalived", "--dont-fork", "--log-console", "--log-detail", "-P", "-f", file, "-p", file+".pid", "-r", file+".vrrp.pid")
	h := hostIn(t, ours)
	add(t, h, oracleRoutes, func(words []string) error {
		r, err := ParseRoute(words)
		if err != nil {
			return err
		}
		return h.AddRoute(r)
	})
	add(t, h, oracleRules, func(words []string) error {
		r, err := ParseRule(words)
		if err != nil {
			return err
		}
		return h.AddRule(r)
	})
	want := installed(ours)
	nstest.Within(3*soon, func() bool { return slices.Equal(installed(theirs), want) })
	if diff := cmp.Diff(installed(theirs), want); diff != "" {
		t.Errorf("-keepalived +ours:\n%s\nkeepalived said:\n%s", diff, p.Output())
	}
	if len(want) < len(oracleRoutes)+len(oracleRules) {
		t.Errorf("only %d lines are installed: %q", len(want), want)
	}
}

func add(t *testing.T, h *Host, lines []string, one func(words []string) error) {
	t.Helper()
	for _, line := range lines {
		if err := one(strings.Fields(line)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func oracleNamespace(t *testing.T) *nstest.Namespace {
	t.Helper()
	n, _, _ := alone(t, "10.9.0.1/24", "fd00::1/64 nodad")
	n.Run("/bin/sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/other/addr_gen_mode")
	return n
}

// installed are the routes and rules that are not the kernel's own, a line each.
func installed(n *nstest.Namespace) (lines []string) {
	text := n.IP("-d route show table all type unicast proto 18") + n.IP("-d route show table all proto 12")
	for _, kind := range []string{"blackhole", "unreachable", "prohibit", "throw"} {
		text += n.IP("-d route show table all proto 18 type " + kind)
	}
	text += n.IP("-d -6 route show table all proto 18") + n.IP("-d rule") + n.IP("-d -6 rule")
	for line := range strings.Lines(strings.ReplaceAll(text, "\n\t", " ")) {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !strings.HasSuffix(line, "proto kernel") {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
