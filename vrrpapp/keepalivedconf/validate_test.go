package keepalivedconf

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	_ "github.com/caddyserver/caddy/v2/modules/caddyevents"
	_ "github.com/caddyserver/caddy/v2/modules/logging"

	_ "github.com/caddy-haproxy/caddy-haproxy/vrrpapp/track"
)

// TestValidate loads the JSON of each golden without errors as Caddy does, short of starting it.
func TestValidate(t *testing.T) {
	for _, g := range archives(t) {
		t.Run(g.Name(), func(t *testing.T) {
			g.Unpack(t)
			app, diags := g.adapt(t)
			if diags.Err() != nil {
				return
			}
			raw, err := JSON(app)
			if err != nil {
				t.Fatal(err)
			}
			var c caddy.Config
			if err := caddy.StrictUnmarshalJSON(raw, &c); err != nil {
				t.Fatal(err)
			}
			c.Admin = &caddy.AdminConfig{Disabled: true}
			c.Logging = &caddy.Logging{Logs: map[string]*caddy.CustomLog{
				caddy.DefaultLoggerName: {BaseLog: caddy.BaseLog{WriterRaw: json.RawMessage(`{"output":"discard"}`)}},
			}}
			err = caddy.Validate(&c)
			if lonely := strings.Contains(string(raw), `"type":"backend"`); lonely != (err != nil && strings.Contains(err.Error(), "this configuration has no haproxy app")) || !lonely && err != nil {
				t.Error(err)
			}
		})
	}
}
