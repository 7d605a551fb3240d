package action

import (
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Action is what a rule does. Each is a Caddy module haproxy.actions.<name>.
type Action interface {
	caddy.Module
	// Compile readies the action for Exec. It is called once, at load time.
	Compile(env *sample.Env) error
	// Exec performs the action. It is called by any number of sessions at once.
	Exec(t *txn.Txn) txn.Verdict
}

// Unmarshaler is an Action that a haproxy.cfg can hold: it reads its words up to, and without, `if` or `unless`.
type Unmarshaler interface {
	Action
	UnmarshalHAProxy(d *cfg.Dispenser) error
}

// namespace is where the actions are registered in Caddy.
const namespace = "haproxy.actions"

// keyword is an action as haproxy.cfg spells it.
type keyword struct {
	sets  RuleSet
	paren bool // has an argument in parentheses: set-var(txn.x)
	make  func() Unmarshaler
}

var keywords = map[string]keyword{}

// register makes an action known to Caddy and to Parse. The keyword is the module's name with dashes.
func register(sets RuleSet, a Unmarshaler) { registerKeyword(sets, false, a) }

// registerParen is register for an action with an argument in parentheses.
func registerParen(sets RuleSet, a Unmarshaler) { registerKeyword(sets, true, a) }

func registerKeyword(sets RuleSet, paren bool, a Unmarshaler) {
	caddy.RegisterModule(a)
	info := a.CaddyModule()
	word := strings.ReplaceAll(info.ID.Name(), "_", "-")
	keywords[word] = keyword{sets: sets, paren: paren, make: func() Unmarshaler { return info.New().(Unmarshaler) }}
}

// info is the module information of an action.
func info(name string, make func() caddy.Module) caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: caddy.ModuleID(namespace + "." + name), New: make}
}

// allowed gives the rule lists in which the module named name may stand; for one that this package does not know, all.
func allowed(name string) RuleSet {
	if k, ok := keywords[strings.ReplaceAll(name, "_", "-")]; ok {
		return k.sets
	}
	return everySet
}
