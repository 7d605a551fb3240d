package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(SetQuery)) }

// SetQuery replaces the query (configuration.txt 4.2 "http-request set-query").
type SetQuery struct{ targetFormat }

// CaddyModule returns the Caddy module information.
func (*SetQuery) CaddyModule() caddy.ModuleInfo {
	return info("set_query", func() caddy.Module { return new(SetQuery) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-query <fmt>
func (a *SetQuery) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *SetQuery) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action. A question mark is added before a query that is not empty, and never removed.
func (a *SetQuery) Exec(t *txn.Txn) txn.Verdict {
	v := a.value.eval(t)
	before, path, query, _ := splitTarget(t.Req.Target)
	if query == nil && len(v) == 0 {
		return txn.Continue
	}
	t.Req.Target = concat(t, before, path, questionMark, v)
	return txn.Continue
}

var _ Unmarshaler = (*SetQuery)(nil)

var questionMark = []byte("?")
