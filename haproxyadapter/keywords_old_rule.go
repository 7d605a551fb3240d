package haproxyadapter

import (
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
)

// oldRules are the rules of HAProxy 1.x that work on the lines of a head, as rules of today. They ran behind all http-request
// or http-response rules, the added lines last.
type oldRules struct {
	edits, adds []oldRule
}

type oldRule struct {
	action.Rule
	word string // of 1.x
}

// refuses tells whether the rule keeps a message from going on.
func (r *oldRule) refuses() bool { return ruleName(r.Rule) == "deny" || ruleName(r.Rule) == "tarpit" }

// allows tells whether the rule ends what judges a message. The rules of 1.x that edit it still ran.
func (r *oldRule) allows() bool { return ruleName(r.Rule) == "allow" }

// proxyOldRules are the words of HAProxy 1.x that edit or judge heads line by line: those with the same meaning in a rule of
// today are a warning that names it, the others an error with HAProxy's advice.
var proxyOldRules = func() (rows []keyword) {
	for _, word := range action.LegacyKeywords() {
		rows = append(rows, row(word, inProxy|inNamed, proxyOldRule))
	}
	return rows
}()

// proxyOldRule adds a rule of today for a word of 1.x. Syntax: see action.ParseLegacy.
func proxyOldRule(p *parser, d *cfg.Dispenser) error {
	l, err := action.ParseLegacy(d)
	if err != nil {
		return err
	}
	r := oldRule{word: d.Keyword()}
	if r.Rule, err = p.settle(d, l.Rule, "error detected while parsing an '"+r.word+"' condition : "); err != nil {
		return err
	}
	old := &p.proxy.oldRequest
	if l.Set == action.HTTPResponse {
		old = &p.proxy.oldResponse
	}
	switch {
	case l.First:
		p.proxy.HTTPRequest = slices.Insert(p.proxy.HTTPRequest, p.proxy.blocks, r.Rule)
		p.proxy.blocks++
	case l.Last:
		old.adds = append(slices.Clip(old.adds), r)
	default:
		old.edits = append(slices.Clip(old.edits), r)
	}
	return nil
}

// placeOldRules puts the rules of 1.x behind those of today.
func (p *parser) placeOldRules(x *proxy) {
	for _, part := range []struct {
		list *action.Rules
		old  oldRules
	}{{&x.HTTPRequest, x.oldRequest}, {&x.HTTPResponse, x.oldResponse}} {
		rules := slices.Concat(part.old.edits, part.old.adds)
		if len(rules) == 0 {
			continue
		}
		p.checkAllow(x, *part.list, rules)
		for _, r := range rules {
			*part.list = append(*part.list, r.Rule)
		}
	}
}

// checkAllow refuses an allow that would end rules which HAProxy 1.x still ran: `http-request allow` ended the other rules
// of its kind only, `reqallow` only those that refuse requests, in the backend too.
func (p *parser) checkAllow(x *proxy, rules action.Rules, old []oldRule) {
	const advice = "write all of them as rules of today, in the order in which they shall run."
	for _, r := range rules {
		if ruleName(r) == "allow" {
			p.diags.Addf(r.Pos, cfg.Alert, "this 'allow' would also end the '%s' at %s, which HAProxy 1.x still obeyed: %s",
				old[0].word, old[0].Pos, advice)
		}
	}
	for i := range old {
		if !old[i].allows() {
			continue
		}
		for j := i + 1; j < len(old); j++ {
			if !old[j].refuses() && !old[j].allows() {
				p.diags.Addf(old[i].Pos, cfg.Alert, "this '%s' would also end the '%s' at %s, which HAProxy 1.x still obeyed: %s",
					old[i].word, old[j].word, old[j].Pos, advice)
				break
			}
		}
		if x.Type.HasBackend() {
			continue
		}
		if r := p.refusedBehind(); r != nil {
			p.diags.Addf(old[i].Pos, cfg.Alert, "HAProxy 1.x would also have spared what this '%s' lets through the '%s' at %s: %s",
				old[i].word, r.word, r.Pos, advice)
		}
	}
}

// refusedBehind finds a rule of 1.x in a backend that refuses requests.
func (p *parser) refusedBehind() *oldRule {
	for _, x := range p.proxies {
		if !x.Type.HasBackend() {
			continue
		}
		for i := range x.oldRequest.edits {
			if r := &x.oldRequest.edits[i]; r.refuses() {
				return r
			}
		}
	}
	return nil
}
