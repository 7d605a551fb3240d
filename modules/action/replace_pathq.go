package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(ReplacePathq)) }

// ReplacePathq rewrites the path with its query by regular expression (configuration.txt 4.2 "http-request replace-pathq").
type ReplacePathq struct{ replacement }

// CaddyModule returns the Caddy module information.
func (*ReplacePathq) CaddyModule() caddy.ModuleInfo {
	return info("replace_pathq", func() caddy.Module { return new(ReplacePathq) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	replace-pathq <match-regex> <replace-fmt>
func (a *ReplacePathq) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshalTarget(d) }

// Compile implements Action.
func (a *ReplacePathq) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action. A target without a path stays as it is.
func (a *ReplacePathq) Exec(t *txn.Txn) txn.Verdict {
	pathq, ok := pathQuery(t.Req.Target)
	if !ok {
		return txn.Continue
	}
	b, match, ok := a.apply(t, pathq)
	if !ok {
		return failed(t)
	}
	if match {
		t.Req.Target = concat(t, t.Req.Target[:len(t.Req.Target)-len(pathq)], b)
	}
	return txn.Continue
}

var _ Unmarshaler = (*ReplacePathq)(nil)
