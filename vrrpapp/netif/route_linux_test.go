package netif

import (
	"strings"
	"testing"
)

// What `ip` shows is what it shows of keepalived 2.2.7 with the same words.
func TestRoutes(t *testing.T) {
	link := ScopeLink
	for _, row := range []struct {
		name, show string
		r          Route
		want       string
	}{
		{"src to via dev", "route show 10.77.0.0/24", Route{Src: ip("10.9.0.1"), Dst: prefix("10.77.0.0/24"), Via: ip("10.9.0.2"), Dev: "eth0"}, "10.77.0.0/24 via 10.9.0.2 dev eth0 proto keepalived src 10.9.0.1"},
		{"dev", "route show 10.77.0.0/24", Route{Dst: prefix("10.77.0.9/24"), Dev: "eth0"}, "10.77.0.0/24 dev eth0 proto keepalived scope link"},
		{"blackhole", "route show 10.78.0.0/24", Route{Type: RouteTypes["blackhole"], Dst: prefix("10.78.0.0/24")}, "blackhole 10.78.0.0/24 proto keepalived"},
		{"default, table", "route show table 100", Route{Via: ip("10.9.0.2"), Table: 100}, "default via 10.9.0.2 dev eth0 proto keepalived"},
		{"large table, metric", "route show table 6909", Route{Dst: prefix("10.77.0.0/24"), Via: ip("10.9.0.2"), Table: 6909, Metric: 12}, "10.77.0.0/24 via 10.9.0.2 dev eth0 proto keepalived metric 12"},
		{
			"nexthops", "route show 10.79.0.0/24",
			Route{Dst: prefix("10.79.0.0/24"), NextHops: []NextHop{{Via: ip("10.9.0.2"), Dev: "eth0"}, {Via: ip("192.0.2.9"), Dev: "eth0", OnLink: true, Weight: 2}}},
			"10.79.0.0/24 proto keepalived nexthop via 10.9.0.2 dev eth0 weight 1 nexthop via 192.0.2.9 dev eth0 weight 2 onlink",
		},
		{
			"metrics", "route show 10.77.0.0/24",
			Route{
				Dst: prefix("10.77.0.0/24"), Dev: "eth0", TOS: 4, Protocol: 12, Scope: &link,
				Metrics: RouteMetrics{
					MTU: 1000, HopLimit: 100, AdvMSS: 101, RTT: 102, RTTVar: 103, Reordering: 104, Window: 105, CWnd: 106, SSThresh: 107, RTOMin: 108,
					InitCWnd: 109, InitRWnd: 110, Features: 1, QuickACK: 1, CongestionControl: "reno", Lock: 1<<2 | 1<<6,
				},
			},
			"10.77.0.0/24 tos 0x04 dev eth0 proto bird scope link mtu lock 1000 window 105 rtt 102ms rttvar 103ms ssthresh lock 107 cwnd 106 advmss 101 reordering 104 hoplimit 100 initcwnd 109 features ecn rto_min 108ms initrwnd 110 quickack 1 congctl reno",
		},
		{"through IPv6", "route show 10.77.0.0/24", Route{Dst: prefix("10.77.0.0/24"), Via: ip("fe80::9"), Dev: "eth0"}, "10.77.0.0/24 via inet6 fe80::9 dev eth0 proto keepalived"},
		{"IPv6", "-6 route show fd77::/64", Route{Dst: prefix("fd77::/64"), Via: ip("fd00::2"), Pref: 1}, "fd77::/64 via fd00::2 dev eth0 proto keepalived metric 1024 pref high"},
		{"IPv6 by source", "-6 route show fd77::/64", Route{Dst: prefix("fd77::/64"), From: prefix("fd78::/64"), Dev: "eth0"}, "fd77::/64 from fd78::/64 dev eth0 proto keepalived metric 1024 pref medium"},
		{"IPv6 default", "-6 route show default", Route{IPv6: true, Dev: "eth0"}, "default dev eth0 proto keepalived metric 1024 pref medium"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			n, h, _ := alone(t, "10.9.0.1/24", "fd00::1/64 nodad")
			shown := func() string {
				out := n.Run("/bin/sh", "-c", "ip "+row.show+" 2>/dev/null || true") // a table that never was is an error
				return strings.Join(strings.Fields(out), " ")
			}
			for range 2 {
				if err := h.AddRoute(row.r); err != nil {
					t.Fatal(err)
				}
				if got := shown(); got != row.want {
					t.Errorf("ip shows\n%q, want\n%q", got, row.want)
				}
			}
			for again := range 2 {
				if was, err := h.RemoveRoute(row.r); err != nil || was != (again == 0) {
					t.Errorf("remove: was %v, %v", was, err)
				}
			}
			if got := shown(); got != "" {
				t.Errorf("still there: %s", got)
			}
		})
	}
}

func TestRouteErrors(t *testing.T) {
	_, h, _ := alone(t, "10.9.0.1/24")
	for name, r := range map[string]Route{
		"no way":               {Dst: prefix("10.77.0.0/24")},
		"families":             {Dst: prefix("10.77.0.0/24"), Src: ip("fe80::1"), Dev: "eth0"},
		"inet6":                {IPv6: true, Dst: prefix("10.77.0.0/24"), Dev: "eth0"},
		"from of IPv4":         {From: prefix("10.77.0.0/24"), Dev: "eth0"},
		"IPv6 through IPv4":    {Dst: prefix("fd77::/64"), Via: ip("10.9.0.2")},
		"nexthop and via":      {Dst: prefix("10.77.0.0/24"), Via: ip("10.9.0.2"), NextHops: []NextHop{{Dev: "eth0"}}},
		"blackhole and via":    {Type: RouteTypes["blackhole"], Via: ip("10.9.0.2")},
		"weight":               {NextHops: []NextHop{{Dev: "eth0", Weight: 257}}},
		"nexthop without way":  {NextHops: []NextHop{{}}},
		"nexthop through IPv4": {IPv6: true, NextHops: []NextHop{{Via: ip("10.9.0.2")}}},
		"no such interface":    {Dst: prefix("10.77.0.0/24"), Dev: "eth9"},
		"unreachable router":   {Dst: prefix("10.77.0.0/24"), Via: ip("192.0.2.1")},
	} {
		if err := h.AddRoute(r); err == nil {
			t.Errorf("%s: added", name)
		}
	}
	if was, err := h.RemoveRoute(Route{Dst: prefix("10.77.0.0/24"), Dev: "eth9"}); was || err != nil {
		t.Errorf("through an interface that is gone: %v %v", was, err)
	}
}

func TestRules(t *testing.T) {
	zero := uint32(0)
	for _, row := range []struct {
		name string
		r    Rule
		want string
	}{
		{"from", Rule{From: prefix("10.9.5.0/24"), Table: 7, Priority: 16384}, "16384: from 10.9.5.0/24 lookup 7 proto keepalived"},
		{"to", Rule{To: prefix("10.9.6.7/24"), Table: 7, Priority: 100}, "100: from all to 10.9.6.0/24 lookup 7 proto keepalived"},
		{
			"all", Rule{
				Not: true, From: prefix("192.168.28.0/24"), To: prefix("192.168.29.0/26"), Table: 6908, IIF: "p33p1", OIF: "wlan0", TOS: 0x10, Mark: 24, MarkMask: 12 | 24,
				Priority: 39, Realms: 30<<16 | 20, UIDs: &[2]uint32{10000, 19999}, IPProto: 17, SPorts: [2]uint16{10, 20}, DPorts: [2]uint16{20, 30}, SuppressPrefixLength: &zero,
			},
			"39: not from 192.168.28.0/24 to 192.168.29.0/26 tos 0x10 fwmark 0x18/0x1c iif p33p1 [detached] oif wlan0 [detached] uidrange 10000-19999 ipproto udp sport 10-20 dport 20-30 lookup 6908 suppress_prefixlength 0 realms 30/20 proto keepalived",
		},
		{"mark without mask", Rule{Mark: 24, Table: 7, Priority: 1}, "1: from all fwmark 0x18 lookup 7 proto keepalived"},
		{"goto", Rule{From: prefix("10.9.5.0/24"), Goto: 32766, Priority: 39}, "39: from 10.9.5.0/24 goto 32766 proto keepalived"},
		{"blackhole", Rule{From: prefix("10.9.5.0/24"), Type: RouteTypes["blackhole"], Priority: 39}, "39: from 10.9.5.0/24 blackhole proto keepalived"},
		{"IPv6", Rule{To: prefix("1:2:3:4:5:6:7:0/112"), From: prefix("7:6:5:4:3:2::/96"), Table: 6908, Priority: 3}, "3: from 7:6:5:4:3:2::/96 to 1:2:3:4:5:6:7:0/112 lookup 6908 proto keepalived"},
		{"IPv6 without addresses", Rule{IPv6: true, IPProto: 6, Table: 7, Priority: 3}, "3: from all ipproto tcp lookup 7 proto keepalived"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			n, h, _ := alone(t, "10.9.0.1/24")
			show, before := "rule", ""
			if row.r.v6() {
				show = "-6 rule"
			}
			shown := func() string {
				var lines []string
				for line := range strings.Lines(n.IP(show)) {
					if !strings.Contains(before, line) {
						lines = append(lines, strings.Join(strings.Fields(line), " "))
					}
				}
				return strings.Join(lines, "; ")
			}
			before = n.IP(show)
			for range 2 {
				if err := h.AddRule(row.r); err != nil {
					t.Fatal(err)
				}
				if got := shown(); got != row.want {
					t.Errorf("ip shows\n%q, want\n%q", got, row.want)
				}
			}
			for again := range 2 {
				if was, err := h.RemoveRule(row.r); err != nil || was != (again == 0) {
					t.Errorf("remove: was %v, %v", was, err)
				}
			}
			if got := shown(); got != "" {
				t.Errorf("still there: %s", got)
			}
		})
	}
	_, h, _ := alone(t)
	for name, r := range map[string]Rule{
		"no table":       {From: prefix("10.9.5.0/24")},
		"families":       {From: prefix("10.9.5.0/24"), To: prefix("fd00::/8"), Table: 7},
		"inet6":          {IPv6: true, From: prefix("10.9.5.0/24"), Table: 7},
		"l3mdev + table": {L3MDev: true, Table: 7},
		"ports":          {SPorts: [2]uint16{20, 10}, Table: 7},
		"long name":      {IIF: "0123456789abcdef", Table: 7},
	} {
		if err := h.AddRule(r); err == nil {
			t.Errorf("%s: added", name)
		}
	}
}

// Whoever deletes a route or a rule of ours is noticed; other routes are not told of.
func TestWatchRoutes(t *testing.T) {
	n, h, _ := alone(t, "10.9.0.1/24")
	w := watch(t, n, WatchConfig{Routes: true})
	route, rule := Route{Dst: prefix("10.77.0.0/24"), Via: ip("10.9.0.2")}, Rule{From: prefix("10.9.5.0/24"), Table: 7, Priority: 9}
	if err := h.AddRoute(route); err != nil {
		t.Fatal(err)
	}
	if err := h.AddRule(rule); err != nil {
		t.Fatal(err)
	}
	n.IP("route add 10.78.0.0/24 via 10.9.0.2")
	n.IP("route del 10.78.0.0/24")
	n.IP("rule add from 10.9.6.0/24 table 8")
	n.IP("rule del from 10.9.6.0/24 table 8")
	n.IP("link add last type bridge")
	w.wait("interface added last")
	n.IP("route del 10.77.0.0/24")
	w.wait("routes removed")
	n.IP("rule del from 10.9.5.0/24 table 7")
	w.wait("rules removed")
	n.IP("link set last up")
	w.wait("interface changed last")
	for _, e := range w.all() {
		if e.Kind == RoutesRemoved || e.Kind == RulesRemoved {
			t.Errorf("one too many: %v", e)
		}
	}
}
