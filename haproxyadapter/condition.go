package haproxyadapter

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
)

// condition reads the `if` or `unless` that follows d's present word. Names must belong to an earlier acl line of the same
// section or to a predefined ACL; what begins the message, as HAProxy's do.
func (p *parser) condition(d *cfg.Dispenser, what string) (*acl.Condition, error) {
	c := new(acl.Condition)
	if err := c.UnmarshalHAProxy(d); err != nil {
		return nil, cfg.Prefix(err, "%s", what)
	}
	return c, p.knownACLs(d, c, what)
}

// knownACLs refuses a condition with an ACL that has not been declared above.
func (p *parser) knownACLs(d *cfg.Dispenser, c *acl.Condition, what string) error {
	if c == nil {
		return nil
	}
	for _, all := range c.AnyOf {
		for _, term := range all {
			if term.Criterion == nil && !p.knowsACL(term.ACL) {
				return d.Errf("%sno such ACL : '%s'.", what, term.ACL)
			}
		}
	}
	return nil
}

func (p *parser) knowsACL(name string) bool {
	if acl.Predefined(name) {
		return true
	}
	if p.proxy == nil {
		return false
	}
	for i := p.proxy.inheritedACLs; i < len(p.proxy.ACL); i++ {
		if p.proxy.ACL[i].Name == name {
			return true
		}
	}
	return false
}
