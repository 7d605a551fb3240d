package haproxyadapter

import "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

// httpError replaces an answer by one in the form of the action return. Syntax: http-error status <code> [<reply>...]
func httpError(p *parser, d *cfg.Dispenser) error {
	return d.Errf("'http-error' is not supported yet.")
}
