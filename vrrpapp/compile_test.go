package vrrpapp

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/fsm"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/speaker"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/wire"
)

// app reads JSON as Caddy does.
func app(t *testing.T, text string) *App {
	t.Helper()
	a := new(App)
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(a); err != nil {
		t.Fatal(err)
	}
	return a
}

var known = map[string]trackerDefaults{"web": {}, "light": {weight: -20}, "load": {weight: 1, scaled: true}, "gone": {disabled: errors.New("no such file")}}

// compiled compiles what must be sound.
func compiled(t *testing.T, text string) (speaker.Config, []string) {
	t.Helper()
	c, warnings, err := app(t, text).compile(known)
	if err != nil {
		t.Fatal(err)
	}
	return c, warnings
}

// TestTutorial: what the course's pair becomes.
func TestTutorial(t *testing.T) {
	c, warnings := compiled(t, `{"router_id": "director1", "instances": [{"name": "VI_1", "state": "BACKUP", "nopreempt": true,
		"interface": "eth0", "virtual_router_id": 80, "priority": 100, "advert_int": "1s",
		"authentication": {"auth_type": "PASS", "auth_pass": "1111"}, "virtual_ipaddress": [{"address": "192.168.122.100"}],
		"track": [{"name": "web"}]}]}`)
	if len(warnings) > 0 {
		t.Error(warnings)
	}
	r := c.Routers[0]
	pass, _ := wire.PasswordFrom("1111")
	f := r.FSM
	if r.Interface != "eth0" || r.VRID != 80 || r.IPv6 || r.Unicast || r.Addresses[0].Prefix.String() != "192.168.122.100/32" {
		t.Errorf("%+v", r)
	}
	if f.Version != 2 || f.Priority != 100 || f.Interval != time.Second || !f.NoPreempt || f.StartMaster || f.NoLastWord ||
		!slices.Equal(f.Keys, []fsm.Key{{Type: 1, Data: pass}}) || f.AnySource {
		t.Errorf("%+v", f)
	}
	if !slices.Equal(f.Trackers, []fsm.Tracker{{Name: "web"}}) {
		t.Errorf("%+v", f.Trackers)
	}
}

// instanceWith is an instance that is sound but for what is added.
func instanceWith(words string) string {
	return `{"instances": [{"name": "V", "interface": "eth0", "virtual_router_id": 1, ` + words + `}]}`
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"instances": [{"name": "V", "interface": "e", "virtual_router_id": 0}]}`, "instance V: virtual_router_id 0: 1 to 255"},
		{`{"instances": [{"name": "V", "virtual_router_id": 1}]}`, "instance V: no interface"},
		{`{"instances": [{"interface": "e", "virtual_router_id": 1}]}`, "an instance has no name"},
		{instanceWith(`"priority": 256`), "instance V: priority 256: 1 to 255"},
		{instanceWith(`"state": "master"`), "instance V: state master: MASTER or BACKUP"},
		{instanceWith(`"advert_int": "1500ms"`), "advert_int 1.5s: version 2 takes 1s to 4m15s in steps of 1s"},
		{instanceWith(`"version": 3, "advert_int": "5ms"`), "advert_int 5ms: version 3 takes 10ms to 40.95s"},
		{instanceWith(`"virtual_ipaddress": [{"address": "10.0.0.300"}]`), "instance V: virtual_ipaddress 1: ParseAddr"},
		{instanceWith(`"virtual_ipaddress": [{"address": "10.0.0.3"}, {"address": "fe80::1"}]`), "fe80::1/128 is of another family"},
		{instanceWith(`"virtual_ipaddress": [{"address": "10.0.0.3", "scope": "wide"}]`), "scope wide: site, link, host, nowhere or global"},
		{instanceWith(`"virtual_ipaddress": [{"address": "10.0.0.3", "label": "a-label-of-16-by"}]`), "is longer than 15 bytes"},
		{instanceWith(`"authentication": {"auth_type": "AH", "auth_pass": "x"}`), "auth_type AH: only PASS is supported"},
		{instanceWith(`"authentication": {"auth_type": "PASS", "auth_pass": ""}`), "auth_pass is empty"},
		{instanceWith(`"track": [{"name": "nobody"}]`), "there is no tracker nobody"},
		{instanceWith(`"track": [{"name": "web", "weight": 300}]`), "weight 300: -254 to 254"},
		{instanceWith(`"unicast_peer": [{"address": "fe80::2"}], "virtual_ipaddress": [{"address": "10.0.0.3"}]`), "fe80::2 is not of the family"},
		{instanceWith(`"mcast_dst_ip": "10.0.0.1"`), "not a multicast address"},
		{instanceWith(`"use_vmac": {"mac": "1:2:3"}`), "is not a MAC address"},
		{instanceWith(`"virtual_routes": ["10.1.0.0/16 via nowhere"]`), "virtual_routes"},
		{`{"instances": [{"name": "A", "interface": "e", "virtual_router_id": 7}, {"name": "B", "interface": "e", "virtual_router_id": 7}]}`,
			"instance B: virtual_router_id 7 is taken by A"},
		{`{"sync_groups": [{"name": "G", "group": ["X"]}]}`, "there is no instance X"},
		{`{"vrrp_version": 4}`, "vrrp_version 4: 2 or 3"},
	} {
		_, _, err := app(t, c.text).compile(known)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// TestNull: what JSON can say and nobody means is an error too.
func TestNull(t *testing.T) {
	for text, want := range map[string]string{
		`{"instances": [null]}`:                        "null is neither",
		`{"sync_groups": [null]}`:                      "null is neither",
		`{"notify_fifo": {}, "vrrp_notify_fifo": {}}`:  "vrrp_notify_fifo: no path",
		instanceWith(`"virtual_ipaddress": [null]`):    "virtual_ipaddress 1",
		instanceWith(`"unicast_peer": [null]`):         "unicast_peer",
		instanceWith(`"track": [null]`):                "there is no tracker",
		instanceWith(`"track_interface": [null]`):      "track_interface",
		`{"garp_groups": [null], "instances": [null]}`: "null",
	} {
		if _, _, err := app(t, text).compile(known); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

// TestMistakesAllAtOnce: a file is mended in one go.
func TestMistakesAllAtOnce(t *testing.T) {
	_, _, err := app(t, instanceWith(`"priority": 300, "state": "X", "virtual_ipaddress": [{"address": "no"}]`)).compile(known)
	for _, want := range []string{"priority 300", "state X", "virtual_ipaddress 1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{instanceWith(`"state": "MASTER", "nopreempt": true`), "nopreempt has no effect with state MASTER"},
		{instanceWith(`"nopreempt": true, "track": [{"name": "light"}]`), "with nopreempt a lower priority moves nothing"},
		{instanceWith(`"authentication": {"auth_type": "PASS", "auth_pass": "123456789"}`), "only the first eight bytes"},
		{instanceWith(`"version": 3, "authentication": {"auth_type": "PASS", "auth_pass": "1"}`), "version 3 has no authentication"},
		{instanceWith(`"priority": 255, "track": [{"name": "light"}]`), "priority 255 never changes"},
		{instanceWith(`"track": [{"name": "gone"}]`), "instance V: tracker gone is left out, as in keepalived: no such file"},
		{instanceWith(`"unicast_fault_no_peer": true`), "unicast without a peer is a fault"},
	} {
		_, warnings := compiled(t, c.text)
		if !strings.Contains(strings.Join(warnings, "\n"), c.want) {
			t.Errorf("%s\n got %q\nwant %s", c.text, warnings, c.want)
		}
	}
}

// TestGroupWeights: members of a sync group must not drift apart, trackers of the group reach all of them.
func TestGroupWeights(t *testing.T) {
	text := func(more string) string {
		return `{"instances": [{"name": "A", "interface": "e", "virtual_router_id": 1, "track": [{"name": "light"}]},
			{"name": "B", "interface": "f", "virtual_router_id": 2}],
			"sync_groups": [{"name": "G", "group": ["A", "B"], "track": [{"name": "load", "weight": 2}]` + more + `}]}`
	}
	c, warnings := compiled(t, text(""))
	load := fsm.Tracker{Name: "load", Weight: 2, Scaled: true}
	if want := []fsm.Tracker{{Name: "light"}, load}; !slices.Equal(c.Routers[0].FSM.Trackers, want) || len(warnings) != 1 {
		t.Error(c.Routers[0].FSM.Trackers, warnings)
	}
	if want := []fsm.Tracker{load}; !slices.Equal(c.Routers[1].FSM.Trackers, want) {
		t.Error(c.Routers[1].FSM.Trackers)
	}
	c, _ = compiled(t, text(`, "sync_group_tracking_weight": true`))
	if got := c.Routers[0].FSM.Trackers[0].Weight; got != -20 {
		t.Error(got)
	}
	c, _ = compiled(t, text(`, "global_tracking": true`))
	if got := c.Routers[1].FSM.Trackers; !slices.Contains(got, fsm.Tracker{Name: "light", Weight: -20}) {
		t.Error(got)
	}
}

// TestAnnouncing: an instance's word, else the global one, else the default; a written 0 is none.
func TestAnnouncing(t *testing.T) {
	c, _ := compiled(t, `{"garp_master_repeat": 3, "garp_master_refresh": 0, "instances": [
		{"name": "A", "interface": "e", "virtual_router_id": 1, "garp_master_repeat": 7, "garp_master_delay": 0},
		{"name": "B", "interface": "e", "virtual_router_id": 2}]}`)
	if got, want := c.Routers[0].FSM.Announce, (fsm.Announcing{MasterRepeat: 7, MasterDelay: -1, Refresh: -1}); got != want {
		t.Errorf("%+v", got)
	}
	if got, want := c.Routers[1].FSM.Announce, (fsm.Announcing{MasterRepeat: 3, Refresh: -1}); got != want {
		t.Errorf("%+v", got)
	}
	c, _ = compiled(t, `{"vrrp_min_garp": true, "instances": [{"name": "A", "interface": "e", "virtual_router_id": 1}]}`)
	if got, want := c.Routers[0].FSM.Announce, (fsm.Announcing{MasterRepeat: 1, MasterDelay: -1, LowerRepeat: 1, LowerDelay: -1}); got != want {
		t.Errorf("%+v", got)
	}
}
