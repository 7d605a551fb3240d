package haproxyadapter

import (
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// proxyRules are the keywords that add rules (configuration.txt 4.2).
var proxyRules = []keyword{
	row("acl", inNamed|inProxy, proxyACL),
	row("http-request", inNamed|inProxy, func(p *parser, d *cfg.Dispenser) error {
		return p.addRule(d, "http-request", action.HTTPRequest, &p.proxy.HTTPRequest)
	}),
	row("http-response", inNamed|inProxy, func(p *parser, d *cfg.Dispenser) error {
		return p.addRule(d, "http-response", action.HTTPResponse, &p.proxy.HTTPResponse)
	}),
	row("http-after-response", inNamed|inProxy, func(p *parser, d *cfg.Dispenser) error {
		return p.addRule(d, "http-after-response", action.HTTPAfterResponse, &p.proxy.HTTPAfterResponse)
	}),
	row("redirect", inProxy, proxyRedirect),
	row("use_backend", inFrontend|inListen, proxyUseBackend),
}

func proxyACL(p *parser, d *cfg.Dispenser) error {
	var n acl.Named
	d.Back()
	if err := n.UnmarshalHAProxy(d); err != nil {
		return err
	}
	p.paths.criterion(&n.Criterion)
	p.proxy.ACL = append(p.proxy.ACL, n)
	return nil
}

// addRule reads a rule and appends it to its list.
func (p *parser) addRule(d *cfg.Dispenser, set string, where action.RuleSet, list *action.Rules) error {
	p.order(d, set)
	r, err := p.rule(d, set, where)
	if err != nil {
		return err
	}
	p.warnFinal(d, set)
	p.proxy.final[set] = r.If == nil && finalAction(ruleName(r))
	*list = append(*list, r)
	return nil
}

// warnFinal warns about a rule that never runs.
func (p *parser) warnFinal(d *cfg.Dispenser, set string) {
	if p.proxy.final[set] {
		d.Warnf("previous '%s' action is final and has no condition attached, further entries are NOOP.", set)
	}
}

// finalAction tells whether no rule behind the action runs, as far as 2.6.12 was seen to notice.
func finalAction(name string) bool {
	switch name {
	case "allow", "auth", "deny", "redirect", "return", "tarpit":
		return true
	}
	return false
}

// rule reads an action and its condition with the action's package; d stands on the name of the rule set.
func (p *parser) rule(d *cfg.Dispenser, set string, where action.RuleSet) (action.Rule, error) {
	r, err := action.Parse(d, where)
	if err != nil {
		return r, err
	}
	return p.settle(d, r, "error detected while parsing an '"+set+" "+ruleName(r)+"' condition : ")
}

// settle checks what of a rule only the file can tell: slots, paths and the names of ACLs. what begins the message about a
// condition.
func (p *parser) settle(d *cfg.Dispenser, r action.Rule, what string) (action.Rule, error) {
	if c, ok := r.Action.(*action.Capture); ok && c.Len > 0 {
		if err := p.declareSlot(d, c); err != nil {
			return r, err
		}
	}
	if a, ok := r.Action.(interface{ ResolvePaths(func(string) string) }); ok {
		a.ResolvePaths(p.paths.resolve)
	}
	if r.If != nil {
		p.paths.condition(r.If)
	}
	if err := p.paths.rule(&r); err != nil {
		return r, d.Errf("%w", err)
	}
	return r, p.knownACLs(d, r.If, what)
}

// declareSlot gives an "http-request capture ... len" the slot that it declares: slots are numbered in the order of the file.
func (p *parser) declareSlot(d *cfg.Dispenser, c *action.Capture) error {
	if p.proxy.Type == haproxy.TypeBackend {
		return d.Errf("error detected in %s while parsing 'http-request capture' rule : proxy '%s' has no frontend capability.",
			p.proxy.title(), p.proxy.Name)
	}
	slots := &p.proxy.Capture.Request
	*slots = append(*slots, haproxy.CaptureSlot{Len: c.Len, Pos: d.Pos()})
	c.Declare(len(*slots) - 1)
	return nil
}

// ruleName is the name of a rule's action as the file spells it.
func ruleName(r action.Rule) string {
	if r.Action == nil {
		return ""
	}
	return strings.ReplaceAll(r.Action.CaddyModule().ID.Name(), "_", "-")
}

// proxyRedirect adds a rule of the list that runs after http-request. Syntax: see the action redirect.
func proxyRedirect(p *parser, d *cfg.Dispenser) error {
	p.order(d, "redirect")
	const parsing = "while parsing redirect rule : "
	what := "error detected in " + p.proxy.title() + " " + parsing
	r, err := action.ParseRedirect(d)
	if err != nil {
		return unwrap(err, "error detected "+parsing, what)
	}
	if r.If != nil {
		p.paths.condition(r.If)
	}
	if err := p.knownACLs(d, r.If, what+"error in condition: "); err != nil {
		return err
	}
	p.proxy.Redirect = append(p.proxy.Redirect, r)
	return nil
}

// proxyUseBackend adds a choice. Syntax: use_backend <name>|<log-format> [if|unless <condition>]
func proxyUseBackend(p *parser, d *cfg.Dispenser) error {
	u := haproxy.UseBackend{Pos: d.Pos()}
	if err := word(d, &u.Backend, "'use_backend' expects a backend name."); err != nil {
		return err
	}
	if next, ok := d.Peek(); ok {
		if next != "if" && next != "unless" {
			return d.Errf("unexpected keyword '%s' after switching rule, only 'if' and 'unless' are allowed.", next)
		}
		c, err := p.condition(d, "error detected while parsing switching rule : ")
		if err != nil {
			return err
		}
		p.paths.condition(c)
		u.If = c
	}
	p.order(d, "use_backend")
	p.proxy.UseBackend = append(p.proxy.UseBackend, u)
	return nil
}

// ruleOrder are the kinds of rules in the order in which they run.
var ruleOrder = []string{"monitor fail", "http-request", "redirect", "use_backend"}

// order warns about a rule that runs before rules that stand above it.
func (p *parser) order(d *cfg.Dispenser, kind string) {
	place := -1
	for i, k := range ruleOrder {
		if k == kind {
			place = i
		}
	}
	if place < 0 {
		return
	}
	for _, after := range ruleOrder[place+1:] {
		if p.proxy.ranks[after] {
			article := "a"
			if after[0] == 'h' {
				article = "an"
			}
			d.Warnf("a '%s' rule placed after %s '%s' rule will still be processed before.", kind, article, after)
			break
		}
	}
	p.proxy.ranks[kind] = true
}
