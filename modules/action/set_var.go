package action

import (
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { registerParen(everySet, new(SetVar)) }

// SetVar stores a sample in a variable (configuration.txt 4.2 "http-request set-var"). A sample that is not there leaves
// the variable as it is.
type SetVar struct {
	// Var is the variable: scope, dot, name.
	Var string `json:"var"`
	// Conditions must all hold: ifexists, ifnotexists, ifempty, ifnotempty, ifset, ifnotset, ifgt, iflt.
	Conditions []string `json:"conditions,omitempty"`
	// Expr is the sample expression.
	Expr string `json:"expr"`

	variable variable
	expr     *sample.Expr
}

// CaddyModule returns the Caddy module information.
func (*SetVar) CaddyModule() caddy.ModuleInfo {
	return info("set_var", func() caddy.Module { return new(SetVar) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-var(<name>[,<cond>]...) <expr>
func (a *SetVar) UnmarshalHAProxy(d *cfg.Dispenser) (err error) {
	if a.Var, a.Conditions, err = unmarshalVariable(d); err != nil {
		return err
	}
	if a.Expr = expression(d); a.Expr == "" {
		return d.Errf("missing fetch method.")
	}
	return nil
}

// Compile implements Action.
func (a *SetVar) Compile(env *sample.Env) (err error) {
	if a.variable, err = parseVariable(a.Var, a.Conditions); err != nil {
		return err
	}
	a.expr, err = sample.Compile(env, a.Expr)
	return err
}

// Exec implements Action.
func (a *SetVar) Exec(t *txn.Txn) txn.Verdict {
	w := t.Borrow()
	defer t.Return()
	if a.expr.Eval(t, nil, &w.Sample) {
		a.variable.set(t, &w.Sample)
	}
	return txn.Continue
}

// String is the action's keyword with its argument.
func (a *SetVar) String() string { return varKeyword("set-var", a.Var, a.Conditions) }

func varKeyword(word, name string, conds []string) string {
	return word + "(" + strings.Join(append([]string{name}, conds...), ",") + ")"
}

var _ Unmarshaler = (*SetVar)(nil)
