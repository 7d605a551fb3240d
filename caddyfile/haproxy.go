package caddyfile

import (
	"os"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter"
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

func init() { httpcaddyfile.RegisterGlobalOption("haproxy", parseHAProxy) }

// parseHAProxy reads a haproxy.cfg into the app "haproxy". A relative name is looked for beside the Caddyfile. Syntax:
//
//	haproxy <file>
func parseHAProxy(d *caddyfile.Dispenser, former any) (any, error) {
	name, err := fileOption(d, former)
	if err != nil {
		return nil, err
	}
	if d.Next() {
		return nil, d.Err("'haproxy' has no block: what it would say stands in the file")
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return nil, d.WrapErr(err)
	}
	apps, diags := haproxyadapter.Adapt([]cfg.File{{Name: name, Body: body}}, haproxyadapter.Options{})
	for _, w := range diags.Warnings() {
		warn(w.Pos.File, w.Pos.Line, w.Keyword, w.Msg)
	}
	if err := diags.Err(); err != nil {
		return nil, d.WrapErr(err)
	}
	if apps.VRRP != nil {
		return nil, d.Errf("%s names a keepalived.conf ('#@ vrrp'): in a Caddyfile that is the global option 'vrrp <file>'", name)
	}
	return appOption(d, "haproxy", apps.HAProxy)
}
