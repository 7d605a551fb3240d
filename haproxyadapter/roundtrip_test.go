package haproxyadapter

import (
	"encoding/json"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/google/go-cmp/cmp"
)

// TestRoundTrip reads the JSON of each golden into the app's structures and writes it again: nothing may get lost.
func TestRoundTrip(t *testing.T) {
	for _, g := range archives(t) {
		want, ok := g.File("caddy.json")
		if !ok {
			continue
		}
		t.Run(g.Name(), func(t *testing.T) {
			var c struct {
				Apps json.RawMessage `json:"apps"`
			}
			if err := json.Unmarshal([]byte(want), &c); err != nil {
				t.Fatal(err)
			}
			var apps Apps
			if err := caddy.StrictUnmarshalJSON(c.Apps, &apps); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, indented(t, apps)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
