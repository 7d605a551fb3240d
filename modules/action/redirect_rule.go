package action

import "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

// ParseRedirect reads the keyword `redirect` (configuration.txt 4.2 "redirect"). It is the action of that name without
// variables in its text, and belongs behind the http-request rules. Syntax:
//
//	redirect location|prefix|scheme <text> [<option>...] [if|unless <condition>]
func ParseRedirect(d *cfg.Dispenser) (Rule, error) {
	if d.Index() < 0 {
		d.Next()
	}
	r := Rule{Pos: d.Pos()}
	a := &Redirect{Raw: true}
	if err := a.UnmarshalHAProxy(d); err != nil {
		return Rule{}, cfg.Prefix(err, "error detected while parsing redirect rule : ")
	}
	r.Action = a
	if d.Done() {
		return r, nil
	}
	var err error
	if r.If, err = parseCondition(d); err != nil {
		return Rule{}, cfg.Prefix(err, "error detected while parsing redirect rule : error in condition: ")
	}
	return r, nil
}
