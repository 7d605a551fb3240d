package caddyfile

import (
	"encoding/json"
	"path/filepath"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
)

// fileOption reads the option's one argument, the name of a file. former is what the option was given before.
func fileOption(d *caddyfile.Dispenser, former any) (string, error) {
	d.Next()
	option := d.Val()
	if former != nil {
		return "", d.Errf("'%s' was given before", option)
	}
	args := d.RemainingArgs()
	if len(args) != 1 {
		return "", d.Errf("'%s' expects the name of one file, not %d arguments", option, len(args))
	}
	return beside(d.File(), args[0]), nil
}

// beside is a name that is looked for in the folder of another file.
func beside(file, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(file), name)
}

// appOption is an app's configuration as Caddy takes it from a global option.
func appOption(d *caddyfile.Dispenser, name string, app any) (any, error) {
	raw, err := json.Marshal(app)
	if err != nil {
		return nil, d.WrapErr(err)
	}
	return httpcaddyfile.App{Name: name, Value: raw}, nil
}

// warn says what is accepted but differs. Global options have no list of warnings, so it is logged as Caddy logs those of
// adapters.
func warn(file string, line int, keyword, msg string) {
	caddy.Log().Sugar().Warnw(msg, "adapter", "caddyfile", "file", file, "line", line, "directive", keyword)
}
