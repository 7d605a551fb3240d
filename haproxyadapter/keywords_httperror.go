package haproxyadapter

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// httpError replaces an answer by one in the form of the action return. Syntax:
//
//	http-error status <code> [content-type <type>]
//	    [default-errorfiles|errorfile <file>|errorfiles <name>|file <file>|lf-file <file>|string <text>|lf-string <format>]
//	    [hdr <name> <format>]...
func httpError(p *parser, d *cfg.Dispenser) error {
	if next, _ := d.Peek(); next != "status" {
		return d.Errf("http-error : expects at least a <status> as arguments.")
	}
	r, err := action.ParseHTTPError(d)
	if err != nil {
		return err
	}
	if (r.String != "" || r.File != "" || r.LFString != "" || r.LFFile != "") && r.ContentType == "" {
		return d.Errf("http-error : a content type must be defined when non-empty payload is configured")
	}
	for _, name := range []*string{&r.Errorfile, &r.File, &r.LFFile} {
		*name = p.paths.resolve(*name)
	}
	if r.Errorfile != "" {
		if err := new(action.Pages).AddFile(r.Status, r.Errorfile); err != nil {
			return d.Errf("http-error : %s", err)
		}
	}
	p.proxy.setError(haproxy.ErrorPage{Status: r.Status, Reply: r, Pos: d.Pos()})
	return nil
}
