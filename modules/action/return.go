package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest|HTTPResponse, new(Return)) }

// Return answers the request itself (configuration.txt 4.2 "http-request return").
type Return struct{ Reply }

// CaddyModule returns the Caddy module information.
func (*Return) CaddyModule() caddy.ModuleInfo {
	return info("return", func() caddy.Module { return new(Return) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	return [status <code>] [content-type <type>]
//	  [default-errorfiles|errorfile <file>|errorfiles <name>|file <file>|lf-file <file>|string <str>|lf-string <fmt>]
//	  [hdr <name> <fmt>]...
func (a *Return) UnmarshalHAProxy(d *cfg.Dispenser) error {
	_, err := a.unmarshal(d, false)
	return err
}

// Compile implements Action.
func (a *Return) Compile(env *sample.Env) error { return a.compile(env, 200) }

// Exec implements Action.
func (a *Return) Exec(t *txn.Txn) txn.Verdict {
	a.fill(t)
	return txn.Answer
}

var _ Unmarshaler = (*Return)(nil)
