package netif

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRoute(t *testing.T) {
	global, site, link := ScopeGlobal, Scope(200), ScopeLink
	cidr, addr := netip.MustParsePrefix, netip.MustParseAddr
	for line, want := range map[string]Route{
		"10.1.0.0/16 via 192.168.122.1 dev eth0":  {Dst: cidr("10.1.0.0/16"), Via: addr("192.168.122.1"), Dev: "eth0", Scope: &global},
		"src 10.9.0.1 to 10.1.0.0/16 gw 10.9.0.2": {Src: addr("10.9.0.1"), Dst: cidr("10.1.0.0/16"), Via: addr("10.9.0.2"), Scope: &global},
		"10.1.2.3 dev eth1":                       {Dst: cidr("10.1.2.3/32"), Dev: "eth1", Scope: &global},
		"10.1.0.0/16 dev eth1 scope site":         {Dst: cidr("10.1.0.0/16"), Dev: "eth1", Scope: &site},
		"10.1.0.0/16 dev eth1 scope 253 no_track protocol 12": {
			Dst: cidr("10.1.0.0/16"), Dev: "eth1", Scope: &link, NoTrack: true, Protocol: 12,
		},
		"10.1.0.0/16 dev eth1 protocol 12":        {Dst: cidr("10.1.0.0/16"), Dev: "eth1", Scope: &global},
		"default via 10.9.0.2 table main":         {Via: addr("10.9.0.2"), Table: 254, Scope: &global},
		"0.0.0.0/0 gw 10.9.0.2 table 100":         {Dst: cidr("0.0.0.0/0"), Via: addr("10.9.0.2"), Table: 100, Scope: &global},
		"blackhole 10.1.0.0/16 metric 7":          {Type: 6, Dst: cidr("10.1.0.0/16"), Metric: 7, Scope: &global},
		"local 10.1.0.0/16 dev lo":                {Type: 2, Dst: cidr("10.1.0.0/16"), Dev: "lo"},
		"10.1.0.0/16 via 10.9.0.2 or 10.9.0.3":    {Dst: cidr("10.1.0.0/16"), Scope: &global, NextHops: []NextHop{{Via: addr("10.9.0.2")}, {Via: addr("10.9.0.3")}}},
		"10.1.0.0/16 via inet6 fd00::5 dev eth0":  {Dst: cidr("10.1.0.0/16"), Via: addr("fd00::5"), Dev: "eth0", Scope: &global},
		"inet6 default dev eth1 pref high append": {IPv6: true, Dev: "eth1", Pref: 1, Append: true},
		"10.1.0.0/16 dev eth1 mtu lock 1000 rtt 0.5s rttvar 3 rto_min 200ms congctl lock cubic features ecn realms 5/6": {
			Dst: cidr("10.1.0.0/16"), Dev: "eth1", Scope: &global, Realms: 5<<16 | 6,
			Metrics: RouteMetrics{MTU: 1000, RTT: 500, RTTVar: 3, RTOMin: 200, CongestionControl: "cubic", Features: 1, Lock: 1<<2 | 1<<16},
		},
		"10.1.0.0/16 nexthop via 10.9.0.2 dev eth1 onlink weight 2 nexthop dev eth0 realms 3 track_group G": {
			Dst: cidr("10.1.0.0/16"), Scope: &global,
			NextHops: []NextHop{{Via: addr("10.9.0.2"), Dev: "eth1", OnLink: true, Weight: 2}, {Dev: "eth0", Realms: 3}},
		},
	} {
		got, err := ParseRoute(strings.Fields(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestParseRouteErrors(t *testing.T) {
	for line, want := range map[string]string{
		"":                                  "destination",
		"via 10.9.0.2":                      "destination",
		"10.1.0.0/16":                       "neither via nor dev",
		"10.1.0.0/16 dev eth1 foo":          "'foo'",
		"10.1.0.0/16 dev":                   "dev needs",
		"to":                                "to needs",
		"10.1.0/16 dev eth1":                "10.1.0/16",
		"10.1.0.0/16 dev eth1 mtu 0x100":    "0x100",
		"10.1.0.0/16 dev eth1 proto 4":      "'proto'",
		"10.1.0.0/16 dev eth1 expires 60":   "expires",
		"10.1.0.0/16 dev eth1 encap mpls":   "encap",
		"10.1.0.0/16 dev eth1 rtt 3000us":   "3000us",
		"10.1.0.0/16 dev eth1 hoplimit 256": "256",
		"10.1.0.0/16 dev eth1 table nosuch": "nosuch",
		"10.1.0.0/16 dev averyverylongname": "averyverylongname",
		"10.1.0.0/16 via fd00::5 inet 4":    "4",
		"10.1.0.0/16 via inet6 10.9.0.2":    "family",
		"10.1.0.0/16 or 10.9.0.2 dev eth1":  "or without via",
		"10.1.0.0/16 nexthop weight 257":    "257",
		"10.1.0.0/16 nexthop foo":           "nexthop: unknown word 'foo'",
		"10.1.0.0/16 dev eth1 features x":   "features",
		"2001:db8::/32 via 10.9.0.2":        "no way",
		"2001:db8::/32 dev eth1 pref x":     "low, medium, high",
	} {
		if r, err := ParseRoute(strings.Fields(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v; want an error with %q", line, r, err, want)
		}
	}
}

func TestParseRule(t *testing.T) {
	cidr := netip.MustParsePrefix
	three := uint32(3)
	for line, want := range map[string]Rule{
		"from 192.168.2.0/24 table 1":          {From: cidr("192.168.2.0/24"), Table: 1},
		"to 192.168.2.0/24 lookup 1 no_track":  {To: cidr("192.168.2.0/24"), Table: 1, NoTrack: true},
		"not from 10.0.0.1 table 5 priority 8": {Not: true, From: cidr("10.0.0.1/32"), Table: 5, Priority: 8},
		"from 10.0.0.0/8 goto 32766 order 39":  {From: cidr("10.0.0.0/8"), Goto: 32766, Priority: 39},
		"from all to fd00::/64 table 6908 uidrange 1-9 preference 3": {
			To: cidr("fd00::/64"), Table: 6908, UIDs: &[2]uint32{1, 9}, Priority: 3,
		},
		"inet6 dev eth0 table 5": {IPv6: true, IIF: "eth0", Table: 5},
		"iif p33p1 oif wlan0 tos 16 fwmark 24/0x1c realms 30/20 table 250": {
			IIF: "p33p1", OIF: "wlan0", TOS: 16, Mark: 24, MarkMask: 28, Realms: 30<<16 | 20, Table: 250,
		},
		"prohibit from 10.0.0.0/8":       {Type: 8, From: cidr("10.0.0.0/8")},
		"from 10.0.0.0/8 type blackhole": {Type: 6, From: cidr("10.0.0.0/8")},
		"l3mdev ipproto UDP sport 10-20 dport 53 protocol 12": {
			L3MDev: true, IPProto: 17, SPorts: [2]uint16{10, 20}, DPorts: [2]uint16{53, 53},
		},
		"table 5 tunnel-id 77 suppress_ifgroup 3 suppress_prefixlength 3": {
			Table: 5, TunnelID: 77, SuppressIfGroup: &three, SuppressPrefixLength: &three,
		},
	} {
		got, err := ParseRule(strings.Fields(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
	for line, want := range map[string]string{
		"":                                    "no table",
		"from 10.0.0.0/8":                     "no table",
		"from 10.0.0.0/8 table":               "table needs",
		"from 10.0.0.0/8 table 5 pref 7":      "'pref'",
		"from 10.0.0/8 table 5":               "10.0.0/8",
		"table 5 sport 5-4":                   "5-4",
		"table 5 dport 70000":                 "70000",
		"table 5 ipproto nosuch":              "nosuch",
		"table 5 fwmark x":                    "fwmark",
		"from 10.0.0.0/8 nop":                 "nop",
		"from 10.0.0.0/8 type local":          "local",
		"from 10.0.0.0/8 to fd00::/8 table 5": "other family",
	} {
		if r, err := ParseRule(strings.Fields(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v; want an error with %q", line, r, err, want)
		}
	}
}

// FuzzParseRoute: no words make a panic, and what is parsed passes Check.
func FuzzParseRoute(f *testing.F) {
	for _, line := range []string{"10.0.0.0/8 via 10.9.0.2 or 10.9.0.3", "default nexthop dev eth0 weight 2", "from 10.0.0.0/8 table 5 sport 1-2"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if r, err := ParseRoute(strings.Fields(line)); err == nil && r.Check() != nil {
			t.Errorf("%q: %v", line, r.Check())
		}
		if r, err := ParseRule(strings.Fields(line)); err == nil && r.Check() != nil {
			t.Errorf("%q: %v", line, r.Check())
		}
	})
}
