package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(SetPathq)) }

// SetPathq replaces the path and the query (configuration.txt 4.2 "http-request set-pathq").
type SetPathq struct{ targetFormat }

// CaddyModule returns the Caddy module information.
func (*SetPathq) CaddyModule() caddy.ModuleInfo {
	return info("set_pathq", func() caddy.Module { return new(SetPathq) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-pathq <fmt>
func (a *SetPathq) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *SetPathq) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action.
func (a *SetPathq) Exec(t *txn.Txn) txn.Verdict {
	before, _, _, _ := splitTarget(t.Req.Target)
	t.Req.Target = concat(t, before, a.value.eval(t))
	return txn.Continue
}

var _ Unmarshaler = (*SetPathq)(nil)
