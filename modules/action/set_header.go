package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(everySet, new(SetHeader)) }

// SetHeader replaces all fields of a name by one, or adds it (configuration.txt 4.2 "http-request set-header").
type SetHeader struct{ headerFormat }

// CaddyModule returns the Caddy module information.
func (*SetHeader) CaddyModule() caddy.ModuleInfo {
	return info("set_header", func() caddy.Module { return new(SetHeader) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-header <name> <fmt>
func (a *SetHeader) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *SetHeader) Compile(env *sample.Env) error {
	a.name = fieldName(a.Header)
	return a.value.compile(env, a.Value)
}

// Exec implements Action. The value is computed before the old fields go, so that it can extend them.
func (a *SetHeader) Exec(t *txn.Txn) txn.Verdict {
	v := a.value.eval(t)
	headers(t).Set(a.name, v)
	return hostChanged(t, a.name, v)
}

var _ Unmarshaler = (*SetHeader)(nil)
