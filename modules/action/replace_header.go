package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(everySet, new(ReplaceHeader)) }

// ReplaceHeader rewrites whole header values by regular expression (configuration.txt 4.2 "http-request replace-header").
type ReplaceHeader struct{ headerReplacement }

// CaddyModule returns the Caddy module information.
func (*ReplaceHeader) CaddyModule() caddy.ModuleInfo {
	return info("replace_header", func() caddy.Module { return new(ReplaceHeader) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	replace-header <name> <match-regex> <replace-fmt>
func (a *ReplaceHeader) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *ReplaceHeader) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action.
func (a *ReplaceHeader) Exec(t *txn.Txn) txn.Verdict {
	h := *headers(t)
	for i := h.Find(a.name, 0); i >= 0; i = h.Find(a.name, i+1) {
		b, match, ok := a.apply(t, h[i].Value)
		if !ok {
			return failed(t)
		}
		if match {
			h[i].Value = b
			hostChanged(t, h[i].Name, b)
		}
	}
	return txn.Continue
}

var _ Unmarshaler = (*ReplaceHeader)(nil)
