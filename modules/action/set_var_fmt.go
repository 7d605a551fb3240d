package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { registerParen(everySet, new(SetVarFmt)) }

// SetVarFmt stores what a format string makes in a variable (configuration.txt 4.2 "http-request set-var-fmt").
type SetVarFmt struct {
	// Var is the variable: scope, dot, name.
	Var string `json:"var"`
	// Conditions must all hold, as in set_var.
	Conditions []string `json:"conditions,omitempty"`
	// Value is the format string (configuration.txt 8.2.6).
	Value string `json:"value"`

	variable variable
	value    value
}

// CaddyModule returns the Caddy module information.
func (*SetVarFmt) CaddyModule() caddy.ModuleInfo {
	return info("set_var_fmt", func() caddy.Module { return new(SetVarFmt) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-var-fmt(<name>[,<cond>]...) <fmt>
func (a *SetVarFmt) UnmarshalHAProxy(d *cfg.Dispenser) (err error) {
	if a.Var, a.Conditions, err = unmarshalVariable(d); err != nil {
		return err
	}
	d.Args(&a.Value) // HAProxy takes a missing format for an empty one
	return nil
}

// Compile implements Action.
func (a *SetVarFmt) Compile(env *sample.Env) (err error) {
	if a.variable, err = parseVariable(a.Var, a.Conditions); err != nil {
		return err
	}
	return a.value.compileKind(env, a.Value, logformat.Raw)
}

// Exec implements Action.
func (a *SetVarFmt) Exec(t *txn.Txn) txn.Verdict {
	v := a.value.eval(t)
	w := t.Borrow()
	defer t.Return()
	w.Sample.SetStr(v)
	a.variable.set(t, &w.Sample)
	return txn.Continue
}

// String is the action's keyword with its argument.
func (a *SetVarFmt) String() string { return varKeyword("set-var-fmt", a.Var, a.Conditions) }

var _ Unmarshaler = (*SetVarFmt)(nil)
