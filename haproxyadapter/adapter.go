package haproxyadapter

import (
	"encoding/json"

	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

func init() { caddyconfig.RegisterAdapter("haproxy", Adapter{}) }

// Adapter is Caddy's config adapter "haproxy" for one file.
type Adapter struct{}

// Adapt turns the text of a haproxy.cfg into Caddy's JSON. The option "filename" names the text in messages;
// files of directives are looked for beside it.
func (Adapter) Adapt(body []byte, options map[string]any) ([]byte, []caddyconfig.Warning, error) {
	name, _ := options["filename"].(string)
	if name == "" {
		name = "haproxy.cfg"
	}
	apps, diags := Adapt([]cfg.File{{Name: name, Body: body}}, Options{})
	var warnings []caddyconfig.Warning
	for _, d := range diags.Warnings() {
		warnings = append(warnings, caddyconfig.Warning{File: d.Pos.File, Line: d.Pos.Line, Directive: d.Keyword, Message: d.Msg})
	}
	if err := diags.Err(); err != nil {
		return nil, warnings, err
	}
	out, err := JSON(apps)
	return out, warnings, err
}

// JSON is a Caddy config with these apps.
func JSON(apps Apps) ([]byte, error) { return json.Marshal(map[string]any{"apps": apps}) }

var _ caddyconfig.Adapter = Adapter{}
