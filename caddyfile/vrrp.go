package caddyfile

import (
	"os"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

func init() { httpcaddyfile.RegisterGlobalOption("vrrp", parseVRRP) }

// parseVRRP reads a keepalived.conf, or a block in its words, into the app "vrrp". A relative name is looked for beside the
// Caddyfile. Blocks have keepalived's names, or the short ones: global is global_defs, instance vrrp_instance, script
// vrrp_script, sync_group vrrp_sync_group, and track_process, track_backend and track_listener are vrrp_track_process and
// so on. Syntax:
//
//	vrrp <file>
//	vrrp {
//		instance <name> {
//			interface eth0
//			virtual_router_id 80
//			virtual_ipaddress {
//				192.168.122.100
//			}
//			...
//		}
//		...
//	}
func parseVRRP(d *caddyfile.Dispenser, former any) (any, error) {
	read, err := vrrpWords(d, former)
	if err != nil {
		return nil, err
	}
	app, diags := keepalivedconf.Compile(read, keepalivedconf.Options{})
	for _, w := range diags.Warnings() {
		warn(w.Pos.File, w.Pos.Line, w.Keyword, w.Msg)
	}
	if err := diags.Err(); err != nil {
		return nil, err // each has its file and line
	}
	return appOption(d, "vrrp", app)
}

// vrrpWords reads the words, of the file or of the block.
func vrrpWords(d *caddyfile.Dispenser, former any) (conf.Result, error) {
	if !d.Next() || former != nil {
		return conf.Result{}, d.Err("'vrrp' was given before")
	}
	if opens(d) {
		list, err := statements(d)
		for _, s := range list {
			if full, ok := shortNames[s.Words[0]]; ok {
				s.Words[0] = full
			}
		}
		if err == nil && d.Next() {
			err = d.Errf("unexpected '%s' behind the block", d.Val())
		}
		return conf.Result{Statements: list}, err
	}
	d.Reset()
	name, err := fileOption(d, nil)
	if err != nil {
		return conf.Result{}, err
	}
	if d.Next() {
		return conf.Result{}, d.Err("'vrrp' has the name of a file or a block, not both")
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return conf.Result{}, d.WrapErr(err)
	}
	return conf.Parse([]conf.File{{Name: name, Body: body}}, conf.Options{}), nil
}

// shortNames are blocks of the top level without the prefixes that a file for all of keepalived needs.
var shortNames = map[string]string{
	"global": "global_defs", "instance": "vrrp_instance", "script": "vrrp_script", "sync_group": "vrrp_sync_group",
	"track_process": "vrrp_track_process", "track_backend": "vrrp_track_backend", "track_listener": "vrrp_track_listener",
}
