package haproxyadapter

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
)

type namedACL = acl.Named

// renameACLs gives the rules' conditions new names. Conditions are copied: other proxies share them.
func renameACLs(rules action.Rules, names map[string]string) {
	for i := range rules {
		if rules[i].If == nil {
			continue
		}
		c := *rules[i].If
		c.AnyOf = make([][]acl.Term, len(rules[i].If.AnyOf))
		for j, all := range rules[i].If.AnyOf {
			c.AnyOf[j] = append([]acl.Term(nil), all...)
			for k := range c.AnyOf[j] {
				if to := names[all[k].ACL]; to != "" {
					c.AnyOf[j][k].ACL = to
				}
			}
		}
		rules[i].If = &c
	}
}

// own tells whether a setting stands in x's own section: at or behind its head, in the same file.
func (x *proxy) own(pos cfg.Pos) bool { return pos.File == x.Pos.File && pos.Line >= x.Pos.Line }
