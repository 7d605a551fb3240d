package vrrpapp

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestUnheard: what has no effect where it stands is named.
func TestUnheard(t *testing.T) {
	const text = `{"instances": [{"name": "V", "interface": "e", "virtual_router_id": 1, "notify": {"command": ["/x"], "timeout": "3s"}}],
		"sync_groups": [{"name": "G", "group": ["V"], "say_deleted": true, "notify_priority_changes": true,
			"notify_master_rx_lower_pri": {"command": ["/x"]}}]}`
	var a App
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	_, warnings, err := a.compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"timeout of", "notify_deleted", "notify_priority_changes", "notify_master_rx_lower_pri"} {
		if !strings.Contains(strings.Join(warnings, "\n"), want) {
			t.Errorf("no warning of %s in %q", want, warnings)
		}
	}
}

// TestGuardSettings: a mistake is refused, not taken for the default.
func TestGuardSettings(t *testing.T) {
	for _, g := range []Guard{{Mode: "of"}, {Priority: 100}, {Niceness: 20}, {Patience: -1}} {
		a := App{Global: Global{Guard: &g}}
		if _, _, err := a.compile(nil); err == nil || !strings.Contains(err.Error(), "guard: ") {
			t.Errorf("%+v: %v", g, err)
		}
	}
}

// TestVMACAddressPrefix: it begins the names of macvlans for addresses of other interfaces; vmac_prefix stands in for it.
func TestVMACAddressPrefix(t *testing.T) {
	for _, row := range []struct{ prefix, own, want string }{{"", "", ""}, {"", "q", "q"}, {"p", "", "p"}, {"p", "q", "q"}} {
		a := App{Global: Global{VMACPrefix: row.prefix, VMACAddrPrefix: row.own}}
		c, _, err := a.compile(nil)
		if err != nil || c.VMACAddressPrefix != row.want {
			t.Errorf("%+v: %q %v", row, c.VMACAddressPrefix, err)
		}
	}
}

// TestStartRefusesNothingNew: what a speaker refuses is found when the configuration is checked: here, that a peer is of two
// instances with one VRID. With peers of their own they may have it (keepalived.conf(5), virtual_router_id).
func TestStartRefusesNothingNew(t *testing.T) {
	const text = `{"instances": [
		{"name": "A", "interface": "e", "virtual_router_id": 1, "unicast_peer": [{"address": "10.0.0.8"}]},
		{"name": "B", "interface": "e", "virtual_router_id": 1, "unicast_peer": [{"address": "10.0.0.9"}%s]}]}`
	for more, want := range map[string]string{"": "", `, {"address": "10.0.0.8"}`: "virtual_router_id 1 is taken by A"} {
		var a App
		if err := json.Unmarshal(fmt.Appendf(nil, text, more), &a); err != nil {
			t.Fatal(err)
		}
		_, err := a.Check()
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", more, err)
		}
	}
}

// TestSameVRIDOnTwoGroups: with different multicast addresses two instances may have one VRID (keepalived.conf(5), virtual_router_id).
func TestSameVRIDOnTwoGroups(t *testing.T) {
	const text = `{"instances": [
		{"name": "A", "interface": "e", "virtual_router_id": 1, "mcast_dst_ip": "224.0.0.70"},
		{"name": "B", "interface": "e", "virtual_router_id": 1}]}`
	var a App
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Check(); err != nil {
		t.Error(err)
	}
}
