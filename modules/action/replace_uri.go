package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(ReplaceURI)) }

// ReplaceURI rewrites the whole target by regular expression (configuration.txt 4.2 "http-request replace-uri").
type ReplaceURI struct{ replacement }

// CaddyModule returns the Caddy module information.
func (*ReplaceURI) CaddyModule() caddy.ModuleInfo {
	return info("replace_uri", func() caddy.Module { return new(ReplaceURI) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	replace-uri <match-regex> <replace-fmt>
func (a *ReplaceURI) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshalTarget(d) }

// Compile implements Action.
func (a *ReplaceURI) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action. A host in the new target goes into Host as well.
func (a *ReplaceURI) Exec(t *txn.Txn) txn.Verdict {
	b, match, ok := a.apply(t, t.Req.Target)
	if !ok {
		return failed(t)
	}
	if !match {
		return txn.Continue
	}
	return setTarget(t, b)
}

var _ Unmarshaler = (*ReplaceURI)(nil)
