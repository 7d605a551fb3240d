package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(SetPath)) }

// SetPath replaces the path and leaves the query (configuration.txt 4.2 "http-request set-path").
type SetPath struct{ targetFormat }

// CaddyModule returns the Caddy module information.
func (*SetPath) CaddyModule() caddy.ModuleInfo {
	return info("set_path", func() caddy.Module { return new(SetPath) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-path <fmt>
func (a *SetPath) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *SetPath) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action. A target without a path is replaced up to its query.
func (a *SetPath) Exec(t *txn.Txn) txn.Verdict {
	before, _, query, _ := splitTarget(t.Req.Target)
	t.Req.Target = concat(t, before, a.value.eval(t), query)
	return txn.Continue
}

var _ Unmarshaler = (*SetPath)(nil)
