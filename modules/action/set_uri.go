package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(SetURI)) }

// SetURI replaces the whole target (configuration.txt 4.2 "http-request set-uri").
type SetURI struct{ targetFormat }

// CaddyModule returns the Caddy module information.
func (*SetURI) CaddyModule() caddy.ModuleInfo {
	return info("set_uri", func() caddy.Module { return new(SetURI) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-uri <fmt>
func (a *SetURI) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *SetURI) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action. A host in the new target goes into Host as well.
func (a *SetURI) Exec(t *txn.Txn) txn.Verdict {
	return setTarget(t, a.value.eval(t))
}

var _ Unmarshaler = (*SetURI)(nil)
