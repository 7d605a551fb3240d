package keepalivedconf

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

func init() { caddyconfig.RegisterAdapter("keepalived", Adapter{}) }

// Adapter is Caddy's config adapter "keepalived" for one file and those that it includes.
type Adapter struct{}

// Adapt turns the text of a keepalived.conf into Caddy's JSON. Options: "filename" is the text's path, beside which includes
// are looked for; "config_id" is keepalived's -i; "skip" names blocks that are left out (virtual_server, bfd_instance, ...),
// as a list or separated by commas.
func (Adapter) Adapt(body []byte, options map[string]any) ([]byte, []caddyconfig.Warning, error) {
	opt, err := adaptOptions(options)
	if err != nil {
		return nil, nil, err
	}
	name, _ := options["filename"].(string)
	if name == "" {
		name = "keepalived.conf"
	}
	app, diags := Adapt([]conf.File{{Name: name, Body: body}}, opt)
	var warnings []caddyconfig.Warning
	for _, d := range diags.Warnings() {
		warnings = append(warnings, caddyconfig.Warning{File: d.Pos.File, Line: d.Pos.Line, Directive: d.Keyword, Message: d.Msg})
	}
	if err := diags.Err(); err != nil {
		return nil, warnings, err
	}
	app.ReloadOnSIGHUP = true // alone with its file it is a keepalived
	out, err := JSON(app)
	return out, warnings, err
}

func adaptOptions(options map[string]any) (opt Options, err error) {
	switch skip := options["skip"].(type) {
	case nil:
	case string:
		opt.Skip = strings.FieldsFunc(skip, func(r rune) bool { return r == ',' || r == ' ' })
	case []string:
		opt.Skip = skip
	case []any:
		for _, one := range skip {
			opt.Skip = append(opt.Skip, fmt.Sprint(one))
		}
	default:
		return opt, fmt.Errorf("option skip: want names of blocks, have %T", skip)
	}
	for _, name := range opt.Skip {
		if !slices.Contains(skippableNames(), name) {
			return opt, fmt.Errorf("option skip: '%s' is none of %s", name, strings.Join(skippableNames(), ", "))
		}
	}
	opt.Lexer.ConfigID, _ = options["config_id"].(string)
	return opt, nil
}

// JSON is a Caddy config with app as its only app.
func JSON(app *vrrpapp.App) ([]byte, error) {
	return json.Marshal(map[string]any{"apps": map[string]any{"vrrp": app}})
}

var _ caddyconfig.Adapter = Adapter{}
