package acl

import (
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// UnmarshalHAProxy reads the end of a rule, from `if` or `unless` to the end of the line (configuration.txt 7.2).
// Syntax:
//
//	if|unless [!]<acl>|[!]{ <criterion> ... } [...] [or|| [!]<acl>...]
//
// The names of ACLs are looked up when the condition is compiled.
func (c *Condition) UnmarshalHAProxy(d *cfg.Dispenser) error {
	if !d.Next() {
		return d.ArgErr()
	}
	pos := d.Pos()
	*c = Condition{Pos: pos, AnyOf: [][]Term{}}
	switch d.Val() {
	case "if":
	case "unless":
		c.Unless = true
	default:
		return d.Unexpected()
	}
	if err := c.parse(d.Remaining()); err != nil {
		return d.Errf("%s", err)
	}
	return nil
}

func (c *Condition) parse(words []string) error {
	var all []Term
	not := false
	flush := func() {
		if len(all) > 0 {
			c.AnyOf = append(c.AnyOf, all)
		}
		all = nil
	}
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		for strings.HasPrefix(w, "!") {
			not, w = !not, w[1:]
		}
		switch {
		case w == "":
		case strings.EqualFold(w, "or") || w == "||":
			flush()
			not = false
		case w == "{":
			n := indexWord(words, "}")
			if n < 0 {
				return fmt.Errorf("missing closing '}' in condition")
			}
			crit := new(Criterion)
			if err := crit.parse(words[:n]); err != nil {
				return err
			}
			all = append(all, Term{Not: not, Criterion: crit})
			words, not = words[n+1:], false
		default:
			all = append(all, Term{Not: not, ACL: w})
			not = false
		}
	}
	flush()
	return nil
}

func indexWord(words []string, w string) int {
	for i := range words {
		if words[i] == w {
			return i
		}
	}
	return -1
}
