package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(SetMethod)) }

// SetMethod replaces the method (configuration.txt 4.2 "http-request set-method").
type SetMethod struct{ targetFormat }

// CaddyModule returns the Caddy module information.
func (*SetMethod) CaddyModule() caddy.ModuleInfo {
	return info("set_method", func() caddy.Module { return new(SetMethod) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-method <fmt>
func (a *SetMethod) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *SetMethod) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action.
func (a *SetMethod) Exec(t *txn.Txn) txn.Verdict {
	t.Req.Method = a.value.eval(t)
	return txn.Continue
}

var _ Unmarshaler = (*SetMethod)(nil)
