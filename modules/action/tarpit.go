package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(Tarpit)) }

// Tarpit lets the client wait for `timeout tarpit` and then refuses the request with 500 (configuration.txt 4.2
// "http-request tarpit").
type Tarpit struct{ denial }

// CaddyModule returns the Caddy module information.
func (*Tarpit) CaddyModule() caddy.ModuleInfo {
	return info("tarpit", func() caddy.Module { return new(Tarpit) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	tarpit [deny_status|status <code>] [content-type <type>]
//	  [default-errorfiles|errorfile <file>|errorfiles <name>|file <file>|lf-file <file>|string <str>|lf-string <fmt>]
//	  [hdr <name> <fmt>]...
func (a *Tarpit) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *Tarpit) Compile(env *sample.Env) error { return a.compile(env, 500) }

// Exec implements Action.
func (a *Tarpit) Exec(t *txn.Txn) txn.Verdict {
	a.answer(t)
	return txn.Tarpit
}

var _ Unmarshaler = (*Tarpit)(nil)
