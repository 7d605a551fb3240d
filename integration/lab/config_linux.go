package lab

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Config is the keepalived.conf of a node: one vrrp_instance as in the tutorial, and what a case adds.
type Config struct {
	Name      string // of the instance
	VRID      int
	Version   int
	Priority  int
	Interval  time.Duration // advert_int
	NoPreempt bool
	State     string
	AuthType  string // "" is none
	Password  string
	VIPs      []string // with prefix and further words
	Source    string   // unicast_src_ip; with Peers
	Peers     []string // unicast_peer
	// Globals, Inside and More are further lines: of global_defs, of the instance, of the file.
	Globals, Inside, More string
}

// Text is the file. Both kinds of node get the same.
func (c *Config) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("! Configuration File for keepalived")
	line("global_defs {\n    router_id lab\n    script_user root\n%s}", indent(c.Globals))
	if c.More != "" {
		line("%s", c.More)
	}
	line("vrrp_instance %s {", c.Name)
	line("    state %s\n    interface eth0\n    virtual_router_id %d\n    priority %d\n    version %d", c.State, c.VRID, c.Priority, c.Version)
	line("    advert_int %g", c.Interval.Seconds())
	if c.NoPreempt {
		line("    nopreempt")
	}
	if c.AuthType != "" && c.Version == 2 {
		line("    authentication {\n        auth_type %s\n        auth_pass %s\n    }", c.AuthType, c.Password)
	}
	if len(c.Peers) > 0 {
		line("    unicast_src_ip %s\n    unicast_peer {\n        %s\n    }", c.Source, strings.Join(c.Peers, "\n        "))
	}
	b.WriteString(indent(c.Inside))
	line("    virtual_ipaddress {\n        %s\n    }\n}", strings.Join(c.VIPs, "\n        "))
	return b.String()
}

func indent(lines string) string {
	if lines == "" {
		return ""
	}
	return "    " + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n    ") + "\n"
}

// Addresses in the lab. A node's own address has its number, a for 1.
var (
	vip4 = netip.MustParseAddr("10.80.0.100")
	vip6 = netip.MustParseAddr("fd00:80::100")
)

func ownAddress(node string, v6 bool) netip.Prefix {
	n := map[string]int{"a": 1, "b": 2, "c": 3, "client": 9, "intruder": 66}[node]
	if v6 {
		return netip.MustParsePrefix(fmt.Sprintf("fd00:80::%d/64", n))
	}
	return netip.MustParsePrefix(fmt.Sprintf("10.80.0.%d/24", n))
}

// priorities of the tutorial's pair, and a third node between.
var priorities = map[string]int{"a": 100, "b": 50, "c": 30}

// tutorial is the configuration of a node in a lab of that timing.
func tutorial(node string, nodes []string, t Timing) *Config {
	c := &Config{
		Name: "VI_1", VRID: 80, Version: t.Version, Priority: priorities[node], Interval: t.Interval, NoPreempt: true, State: "BACKUP",
		AuthType: "PASS", Password: "1111", VIPs: []string{vip4.String()},
	}
	if t.IPv6 {
		c.VIPs = []string{"fe80::80", vip6.String()}
	}
	if t.Unicast {
		c.unicast(node, nodes)
	}
	return c
}

// unicast makes it speak to the other nodes only.
func (c *Config) unicast(node string, nodes []string) {
	c.Source = ownAddress(node, false).Addr().String()
	c.Peers = nil
	for _, other := range nodes {
		if other != node {
			c.Peers = append(c.Peers, ownAddress(other, false).Addr().String())
		}
	}
}
