package haproxyadapter

import (
	"encoding/json"
	"testing"

	"github.com/caddyserver/caddy/v2"
)

// TestValidate loads the JSON of each golden without errors as Caddy does, short of starting it.
func TestValidate(t *testing.T) {
	for _, g := range archives(t) {
		if _, broken := g.File("errors"); broken {
			continue
		}
		t.Run(g.Name(), func(t *testing.T) {
			g.Unpack(t)
			apps, _ := g.adapt(t)
			raw, err := JSON(apps)
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
			if err := caddy.Validate(&c); err != nil {
				t.Error(err)
			}
		})
	}
}
