package action

import (
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
)

// Parse reads a rule (configuration.txt 4.2 "http-request", "http-response", "http-after-response"). d stands on, or
// before, the line's first word. Syntax:
//
//	http-request|http-response|http-after-response <action> [<argument>...] [if|unless <condition>]
func Parse(d *cfg.Dispenser, set RuleSet) (Rule, error) {
	if d.Index() < 0 {
		d.Next()
	}
	if !d.Next() {
		return Rule{}, unknownAction(d, set, "")
	}
	r := Rule{Pos: d.Pos()}
	full := d.Val()
	k, err := lookup(d, set)
	if err != nil {
		return Rule{}, err
	}
	a := k.make()
	if err := a.UnmarshalHAProxy(d); err != nil {
		return Rule{}, cfg.Prefix(err, "error detected while parsing '%s %s' rule : ", set, full)
	}
	r.Action = a
	if d.Done() {
		return r, nil
	}
	if next, _ := d.Peek(); !isCondition(next) {
		return Rule{}, d.Errf("'%s %s' expects either 'if' or 'unless' followed by a condition but found '%s'.", set, full, next)
	}
	if r.If, err = parseCondition(d); err != nil {
		return Rule{}, cfg.Prefix(err, "error detected while parsing an '%s %s' condition : ", set, full)
	}
	return r, nil
}

func parseCondition(d *cfg.Dispenser) (*acl.Condition, error) {
	c := new(acl.Condition)
	if err := c.UnmarshalHAProxy(d); err != nil {
		return nil, err
	}
	return c, nil
}

func isCondition(word string) bool { return word == "if" || word == "unless" }

// lookup finds the action that d's word names.
func lookup(d *cfg.Dispenser, set RuleSet) (keyword, error) {
	full := d.Val()
	name, _, paren := strings.Cut(full, "(")
	if k, ok := keywords[name]; ok && k.sets&set != 0 && (k.paren || !paren) {
		return k, nil
	}
	if isLater(name, set) {
		return keyword{}, d.Errf("'%s' : action '%s' is not supported yet.", set, full)
	}
	return keyword{}, unknownAction(d, set, full)
}

func unknownAction(d *cfg.Dispenser, set RuleSet, got string) error {
	known := words(set)
	msg := fmt.Sprintf("'%s' expects '%s', but got '%s'", set, strings.Join(known, "', '"), got)
	if got == "" {
		return d.Errf("%s (missing argument).", msg)
	}
	name, _, _ := strings.Cut(got, "(")
	for i := range known {
		known[i], _, _ = strings.Cut(known[i], "(")
	}
	if near := cfg.Nearest(name, known); near != "" {
		return d.Errf("%s. Did you mean '%s' maybe ?", msg, near)
	}
	return d.Errf("%s.", msg)
}

// argument is the text between the parentheses of d's word: "txn.x" of set-var(txn.x).
func argument(d *cfg.Dispenser) (string, bool) {
	_, rest, ok := strings.Cut(d.Val(), "(")
	if !ok || !strings.HasSuffix(rest, ")") {
		return "", false
	}
	return rest[:len(rest)-1], true
}

// ended tells whether a rule's own arguments are complete: nothing follows, or its condition does.
func ended(d *cfg.Dispenser) bool {
	next, more := d.Peek()
	return !more || isCondition(next)
}
