package haproxyadapter

import (
	"encoding/json"

	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

func init() { caddyconfig.RegisterAdapter("haproxy", Adapter{}) }

// Adapter is Caddy's config adapter "haproxy" for one file.
type Adapter struct{}

// Adapt turns the text of a haproxy.cfg into Caddy's JSON. The option "filename" names the text in messages.
func (Adapter) Adapt(body []byte, options map[string]any) ([]byte, []caddyconfig.Warning, error) {
	name, _ := options["filename"].(string)
	if name == "" {
		name = "haproxy.cfg"
	}
	conf, diags := Adapt([]cfg.File{{Name: name, Body: body}}, Options{})
	var warnings []caddyconfig.Warning
	for _, d := range diags.Warnings() {
		warnings = append(warnings, caddyconfig.Warning{File: d.Pos.File, Line: d.Pos.Line, Directive: d.Keyword, Message: d.Msg})
	}
	if err := diags.Err(); err != nil {
		return nil, warnings, err
	}
	out, err := JSON(conf)
	return out, warnings, err
}

// JSON is a Caddy config with conf as its only app.
func JSON(conf *haproxy.Config) ([]byte, error) {
	return json.Marshal(map[string]any{"apps": map[string]any{"haproxy": conf}})
}

var _ caddyconfig.Adapter = Adapter{}
