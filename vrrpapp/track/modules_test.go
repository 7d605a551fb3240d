package track

import (
	"encoding/json"
	"testing"

	"github.com/caddyserver/caddy/v2"
)

// Each module loads from JSON through Caddy, with its words and what it weighs.
func TestModules(t *testing.T) {
	for _, row := range []struct {
		name, words      string
		weight           int
		reverse          bool
		initFail, scaled bool
	}{
		{"script", `{"command":["/bin/true"],"init_fail":true}`, 0, false, true, false},
		{"script", `{"command":["/bin/true"],"weight":-5,"reverse":true,"interval":"2s","rise":2}`, -5, true, false, false},
		{"file", `{"file":"/x"}`, 1, false, false, true},
		{"file", `{"file":"/x","weight":0,"init_file":3,"overwrite":true}`, 0, false, false, true},
		{"process", `{"process":["haproxy"],"quorum":2,"fork_delay":"1s"}`, 0, false, false, false},
		{"listener", `{"address":":80","init_fail":true,"weight":7}`, 7, false, true, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			m, err := caddyContext(t).LoadModuleByID("vrrp.trackers."+row.name, json.RawMessage(row.words))
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := m.(Tracker); !ok {
				t.Fatalf("%T is no tracker", m)
			}
			if weight, reverse := m.(Weigher).DefaultWeight(); weight != row.weight || reverse != row.reverse {
				t.Errorf("weight %d, reverse %v", weight, reverse)
			}
			if f, ok := m.(InitFailer); row.initFail != (ok && f.InitFail()) {
				t.Error("init_fail")
			}
			if s, ok := m.(Scaled); row.scaled != (ok && s.Scaled()) {
				t.Error("scaled")
			}
		})
	}
	if _, err := caddy.GetModule("vrrp.trackers.backend"); err != nil {
		t.Error(err)
	}
	if _, err := caddyContext(t).LoadModuleByID("vrrp.trackers.script", json.RawMessage(`{"comand":["/bin/true"]}`)); err == nil {
		t.Error("an unknown word is taken")
	}
}
