package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(everySet, new(ReplaceValue)) }

// ReplaceValue rewrites each comma-separated value of a header by regular expression (configuration.txt 4.2 "http-request
// replace-value").
type ReplaceValue struct{ headerReplacement }

// CaddyModule returns the Caddy module information.
func (*ReplaceValue) CaddyModule() caddy.ModuleInfo {
	return info("replace_value", func() caddy.Module { return new(ReplaceValue) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	replace-value <name> <match-regex> <replace-fmt>
func (a *ReplaceValue) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *ReplaceValue) Compile(env *sample.Env) error { return a.compile(env) }

// Exec implements Action.
func (a *ReplaceValue) Exec(t *txn.Txn) txn.Verdict {
	h := *headers(t)
	for i := h.Find(a.name, 0); i >= 0; i = h.Find(a.name, i+1) {
		b, match, ok := a.list(t, h[i].Value)
		if !ok {
			return failed(t)
		}
		if match {
			h[i].Value = b
			hostChanged(t, h[i].Name, b)
		}
	}
	return txn.Continue
}

// list rewrites the elements of one field line. An element that is replaced loses the blanks around it, the others keep
// theirs.
func (a *ReplaceValue) list(t *txn.Txn, line []byte) (b []byte, any, ok bool) {
	for start := 0; start <= len(line); {
		end := h1.ElementEnd(line, start)
		elem := line[start:end]
		repl, match, fine := a.apply(t, h1.TrimBlanks(elem))
		if !fine {
			return nil, false, false
		}
		if match {
			b = concat(t, line[:start], repl, line[end:])
			line, end, any = b, start+len(repl), true
		}
		start = end + 1
	}
	return b, any, true
}

var _ Unmarshaler = (*ReplaceValue)(nil)
