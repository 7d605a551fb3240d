package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { registerParen(everySet, new(UnsetVar)) }

// UnsetVar removes a variable (configuration.txt 4.2 "http-request unset-var").
type UnsetVar struct {
	// Var is the variable: scope, dot, name.
	Var string `json:"var"`

	variable variable
}

// CaddyModule returns the Caddy module information.
func (*UnsetVar) CaddyModule() caddy.ModuleInfo {
	return info("unset_var", func() caddy.Module { return new(UnsetVar) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	unset-var(<name>)
func (a *UnsetVar) UnmarshalHAProxy(d *cfg.Dispenser) error {
	name, conds, err := unmarshalVariable(d)
	if err != nil {
		return err
	}
	if len(conds) > 0 {
		return d.Errf("unset-var does not expect parameters after the variable name. " +
			"Only \"set-var\" and \"set-var-fmt\" manage conditions.")
	}
	a.Var = name
	return nil
}

// Compile implements Action.
func (a *UnsetVar) Compile(*sample.Env) (err error) {
	a.variable, err = parseVariable(a.Var, nil)
	return err
}

// Exec implements Action.
func (a *UnsetVar) Exec(t *txn.Txn) txn.Verdict {
	t.UnsetVar(a.variable.scope, a.variable.id)
	return txn.Continue
}

// String is the action's keyword with its argument.
func (a *UnsetVar) String() string { return varKeyword("unset-var", a.Var, nil) }

var _ Unmarshaler = (*UnsetVar)(nil)
