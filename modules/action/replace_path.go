package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(ReplacePath)) }

// ReplacePath rewrites the path by regular expression (configuration.txt 4.2 "http-request replace-path").
type ReplacePath struct{ replacement }

// CaddyModule returns the Caddy module information.
func (*ReplacePath) CaddyModule() caddy.ModuleInfo {
	return info("replace_path", func() caddy.Module { return new(ReplacePath) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	replace-path <match-regex> <replace-fmt>
func (a *ReplacePath) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshalTarget(d) }

// Compile implements Action.
func (a *ReplacePath) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action. A target without a path stays as it is.
func (a *ReplacePath) Exec(t *txn.Txn) txn.Verdict {
	before, path, query, ok := splitTarget(t.Req.Target)
	if !ok {
		return txn.Continue
	}
	b, match, ok := a.apply(t, path)
	if !ok {
		return failed(t)
	}
	if match {
		t.Req.Target = concat(t, before, b, query)
	}
	return txn.Continue
}

var _ Unmarshaler = (*ReplacePath)(nil)
