package action

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
)

// Rule is one line of http-request, http-response or http-after-response: an action and when it is done.
type Rule struct {
	// ActionRaw is the action: a module of the namespace haproxy.actions, chosen by its name.
	ActionRaw json.RawMessage `json:"action" caddy:"namespace=haproxy.actions inline_key=name"`
	// If is the condition. Default: always.
	If *acl.Condition `json:"if,omitempty"`

	// Action is the decoded action.
	Action Action `json:"-"`
	// Pos is where the line stands in haproxy.cfg.
	Pos cfg.Pos `json:"-"`
}

// Provision decodes the action of a rule that came as JSON.
func (r *Rule) Provision(ctx caddy.Context) error {
	if r.Action != nil {
		return nil
	}
	mod, err := ctx.LoadModule(r, "ActionRaw")
	if err != nil {
		return fmt.Errorf("loading action: %w", err)
	}
	a, ok := mod.(Action)
	if !ok {
		return fmt.Errorf("module %T is not an action of the haproxy app", mod)
	}
	r.Action = a
	return nil
}

// MarshalJSON writes the rule; a decoded action wins over its raw form.
func (r Rule) MarshalJSON() ([]byte, error) {
	type plain Rule
	if r.Action != nil {
		var warnings []caddyconfig.Warning
		r.ActionRaw = caddyconfig.JSONModuleObject(r.Action, "name", r.name(), &warnings)
		if len(warnings) > 0 {
			return nil, errors.New(warnings[0].Message)
		}
	}
	return json.Marshal(plain(r))
}

func (r *Rule) name() string { return r.Action.CaddyModule().ID.Name() }

// compile readies the action and gives the compiled condition.
func (r *Rule) compile(env *sample.Env, set RuleSet, acls *acl.Set) (*acl.Cond, error) {
	if r.Action == nil {
		return nil, errors.New("rule without an action")
	}
	if sets := allowed(r.name()); sets&set == 0 {
		return nil, fmt.Errorf("'%s' does not know the action '%s'", set, r.name())
	}
	quoted := r.quoted(set)
	if err := r.Action.Compile(env); err != nil {
		return nil, fmt.Errorf("error detected in proxy '%s' while parsing %s rule : %w", env.Proxy, quoted, err)
	}
	cond, err := acls.Condition(env, r.If)
	if err == nil {
		return cond, nil
	}
	if _, ok := r.Action.(*Redirect); ok { // it reads its own condition in HAProxy
		return nil, fmt.Errorf("error detected in proxy '%s' while parsing %s rule : error in condition: %w", env.Proxy, quoted, cfg.Plain(err))
	}
	return nil, fmt.Errorf("error detected while parsing an %s condition : %w", quoted, cfg.Plain(err))
}

// quoted is how messages name the rule.
func (r *Rule) quoted(set RuleSet) string {
	if a, ok := r.Action.(*Redirect); ok && a.Raw {
		return "redirect" // the keyword, not the action
	}
	return fmt.Sprintf("'%s %s'", set, r.keyword())
}

// keyword is the action as haproxy.cfg spells it, with its argument in parentheses.
func (r *Rule) keyword() string {
	if s, ok := r.Action.(fmt.Stringer); ok {
		return s.String()
	}
	return wordOf(r.name())
}

// Rules is a rule list.
type Rules []Rule

// Provision decodes the actions of all rules.
func (rs Rules) Provision(ctx caddy.Context) error {
	for i := range rs {
		if err := rs[i].Provision(ctx); err != nil {
			return fmt.Errorf("rule %d: %w", i, err)
		}
	}
	return nil
}

// Compile compiles all rules of a list. It joins the errors of all rules; each carries its line's position.
func (rs Rules) Compile(env *sample.Env, set RuleSet, acls *acl.Set) (*Program, error) {
	p := &Program{steps: make([]step, 0, len(rs))}
	var errs []error
	for i := range rs {
		cond, err := rs[i].compile(env, set, acls)
		if err != nil {
			errs = append(errs, cfg.At(rs[i].Pos, err))
			continue
		}
		p.steps = append(p.steps, step{cond, rs[i].Action})
	}
	return p, errors.Join(errs...)
}
