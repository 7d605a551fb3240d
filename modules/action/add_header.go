package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(everySet, new(AddHeader)) }

// AddHeader appends a field (configuration.txt 4.2 "http-request add-header").
type AddHeader struct{ headerFormat }

// CaddyModule returns the Caddy module information.
func (*AddHeader) CaddyModule() caddy.ModuleInfo {
	return info("add_header", func() caddy.Module { return new(AddHeader) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	add-header <name> <fmt>
func (a *AddHeader) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *AddHeader) Compile(env *sample.Env) error {
	a.name = fieldName(a.Header)
	return a.value.compile(env, a.Value)
}

// Exec implements Action.
func (a *AddHeader) Exec(t *txn.Txn) txn.Verdict {
	v := a.value.eval(t)
	headers(t).Add(a.name, v)
	return hostChanged(t, a.name, v)
}

var _ Unmarshaler = (*AddHeader)(nil)
