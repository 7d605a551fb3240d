package action

import (
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// variable is the name in set-var(name), with the conditions behind it.
type variable struct {
	scope txn.Scope
	id    int
	conds []varCond
}

// varCond is one of HAProxy's conditions on setting a variable (configuration.txt 7.3.1 "set-var").
type varCond func(t *txn.Txn, old, now *txn.Sample, isSet bool) bool

var varConds = map[string]varCond{
	"ifexists":    func(_ *txn.Txn, _, _ *txn.Sample, isSet bool) bool { return isSet },
	"ifnotexists": func(_ *txn.Txn, _, _ *txn.Sample, isSet bool) bool { return !isSet },
	"ifset":       func(_ *txn.Txn, _, _ *txn.Sample, isSet bool) bool { return isSet },
	"ifnotset":    func(_ *txn.Txn, _, _ *txn.Sample, isSet bool) bool { return !isSet },
	"ifempty":     func(_ *txn.Txn, _, now *txn.Sample, _ bool) bool { return isEmpty(now) },
	"ifnotempty":  func(_ *txn.Txn, _, now *txn.Sample, _ bool) bool { return !isEmpty(now) },
	"ifgt": func(_ *txn.Txn, old, now *txn.Sample, isSet bool) bool {
		return !isSet || old.Type != txn.Int || now.Type != txn.Int || old.Int > now.Int
	},
	"iflt": func(_ *txn.Txn, old, now *txn.Sample, isSet bool) bool {
		return !isSet || old.Type != txn.Int || now.Type != txn.Int || old.Int < now.Int
	},
}

func isEmpty(s *txn.Sample) bool {
	return (s.Type == txn.Str || s.Type == txn.Bin) && len(s.Bytes) == 0
}

// parseVariable reads "scope.name" and the conditions.
func parseVariable(name string, conds []string) (v variable, err error) {
	sc, id, err := sample.ParseVar(name)
	if err != nil {
		return v, err
	}
	v = variable{scope: sc, id: id}
	for _, c := range conds {
		f, ok := varConds[c]
		if !ok {
			return v, fmt.Errorf("unknown condition \"%s\"", c)
		}
		if sc == txn.Proc && (c == "ifexists" || c == "ifnotexists") {
			exists := c == "ifexists" // process variables exist from the start
			f = func(*txn.Txn, *txn.Sample, *txn.Sample, bool) bool { return exists }
		}
		v.conds = append(v.conds, f)
	}
	return v, nil
}

// set stores s when all conditions hold.
func (v *variable) set(t *txn.Txn, s *txn.Sample) {
	if len(v.conds) > 0 && !v.mayBeSet(t, s) {
		return
	}
	t.SetVar(v.scope, v.id, s)
}

func (v *variable) mayBeSet(t *txn.Txn, s *txn.Sample) bool {
	w := t.Borrow()
	defer t.Return()
	isSet := t.Var(v.scope, v.id, &w.Sample)
	for _, hold := range v.conds {
		if !hold(t, &w.Sample, s, isSet) {
			return false
		}
	}
	return true
}

// unmarshalVariable reads the name and the conditions in the parentheses of d's word.
func unmarshalVariable(d *cfg.Dispenser) (name string, conds []string, err error) {
	arg, ok := argument(d)
	if !ok {
		how := "invalid or incomplete action"
		if strings.Contains(d.Val(), "(") {
			how = "incomplete argument after action"
		}
		return "", nil, d.Errf("%s '%s'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'.",
			how, d.Val())
	}
	name, rest, more := strings.Cut(arg, ",")
	if more {
		conds = strings.Split(rest, ",")
	}
	if _, err := parseVariable(name, conds); err != nil {
		return "", nil, d.Errf("%s.", err)
	}
	return name, conds, nil
}

// expression reads the words of a sample expression: a word that ends in a comma goes on in the next.
func expression(d *cfg.Dispenser) string {
	var text string
	for d.Next() {
		text += d.Val()
		if !strings.HasSuffix(d.Val(), ",") {
			break
		}
	}
	return text
}
