package action

import (
	"fmt"
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
)

// Legacy is the rule that a word of HAProxy 1.x stands for. All of them went away in HAProxy 2.1.
type Legacy struct {
	Rule Rule
	// Set is the list that the rule belongs to.
	Set RuleSet
	// First puts it before all rules of the list (`block`); else it belongs behind them, as in HAProxy 1.x.
	First bool
}

// legacyWord is what a word becomes.
type legacyWord struct {
	set    RuleSet
	action string // "" when nothing takes its place
	icase  bool
	hint   string // what HAProxy proposes
}

var legacyWords = map[string]legacyWord{
	"block":      {HTTPRequest, "deny", false, "http-request deny"},
	"reqadd":     {HTTPRequest, "add-header", false, "http-request add-header"},
	"reqallow":   {HTTPRequest, "allow", false, "http-request allow"},
	"reqiallow":  {HTTPRequest, "allow", true, "http-request allow"},
	"reqdel":     {HTTPRequest, "del-header", false, "http-request del-header"},
	"reqidel":    {HTTPRequest, "del-header", true, "http-request del-header"},
	"reqdeny":    {HTTPRequest, "deny", false, "http-request deny"},
	"reqideny":   {HTTPRequest, "deny", true, "http-request deny"},
	"reqpass":    {HTTPRequest, "", false, ""},
	"reqipass":   {HTTPRequest, "", true, ""},
	"reqrep":     {HTTPRequest, "replace", false, "http-request replace-path', 'http-request replace-uri' or 'http-request replace-header"},
	"reqirep":    {HTTPRequest, "replace", true, "http-request replace-header"},
	"reqtarpit":  {HTTPRequest, "tarpit", false, "http-request tarpit"},
	"reqitarpit": {HTTPRequest, "tarpit", true, "http-request tarpit"},
	"rspadd":     {HTTPResponse, "add-header", false, "http-response add-header"},
	"rspdel":     {HTTPResponse, "del-header", false, "http-response del-header"},
	"rspidel":    {HTTPResponse, "del-header", true, "http-response del-header"},
	"rspdeny":    {HTTPResponse, "deny", false, "http-response deny"},
	"rspideny":   {HTTPResponse, "deny", true, "http-response deny"},
	"rsprep":     {HTTPResponse, "replace", false, "http-response replace-header"},
	"rspirep":    {HTTPResponse, "replace", true, "http-response replace-header"},
}

// LegacyKeywords are the words that ParseLegacy reads, sorted.
func LegacyKeywords() []string {
	var list []string
	for w := range legacyWords {
		list = append(list, w)
	}
	slices.Sort(list)
	return list
}

// ParseLegacy reads a rule in a spelling of HAProxy 1.x and warns once with the modern one. What has no equal rule is an
// error with HAProxy's hint. Syntax:
//
//	block [if|unless <condition>]
//	reqadd|rspadd <header> [if|unless <condition>]
//	req[i]del|rsp[i]del|req[i]allow|req[i]deny|req[i]tarpit|rsp[i]deny <regex> [if|unless <condition>]
//	req[i]rep|rsp[i]rep <regex> <text> [if|unless <condition>]
func ParseLegacy(d *cfg.Dispenser) (Legacy, error) {
	if d.Index() < 0 {
		d.Next()
	}
	word := d.Val()
	w, ok := legacyWords[word]
	if !ok {
		return Legacy{}, d.Errf("unknown keyword '%s'", word)
	}
	l := Legacy{Set: w.set, First: word == "block", Rule: Rule{Pos: d.Pos()}}
	term, err := l.arguments(d, w)
	if err != nil {
		return Legacy{}, d.Errf("The '%s' directive is not supported anymore since HAProxy 2.1%s: %s.", word, w.use(), err)
	}
	if !d.Done() {
		if !ended(d) {
			d.Next()
			return Legacy{}, d.Unexpected()
		}
		if l.Rule.If, err = parseCondition(d); err != nil {
			return Legacy{}, wrap(err, "error detected while parsing an '%s' condition : ", word)
		}
	}
	if err := l.require(term); err != nil {
		return Legacy{}, d.Errf("The '%s' directive is not supported anymore since HAProxy 2.1%s: %s.", word, w.use(), err)
	}
	d.Warnf("The '%s' directive is not supported anymore since HAProxy 2.1. It is taken as '%s'.", word, l.modern())
	return l, nil
}

func (w legacyWord) use() string {
	if w.hint == "" {
		return ""
	}
	return ". Use '" + w.hint + "'"
}

// arguments reads what stands before the condition. It makes the action, and the term that must hold besides.
func (l *Legacy) arguments(d *cfg.Dispenser, w legacyWord) (term *acl.Term, err error) {
	if d.Keyword() == "block" {
		l.Rule.Action = new(Deny)
		return nil, nil
	}
	var search, text string
	if !d.Args(&search) || w.action == "replace" && !d.Args(&text) {
		return nil, fmt.Errorf("missing argument")
	}
	switch w.action {
	case "add-header":
		l.Rule.Action, err = legacyAdd(search)
	case "del-header":
		l.Rule.Action, err = legacyDel(search)
	case "replace":
		l.Rule.Action, err = legacyReplace(search, text, w)
	case "allow":
		l.Rule.Action = new(Allow)
		return legacyMatch(search, w)
	case "deny":
		l.Rule.Action = new(Deny)
		return legacyMatch(search, w)
	case "tarpit":
		l.Rule.Action = new(Tarpit)
		return legacyMatch(search, w)
	default:
		err = fmt.Errorf("nothing takes its place")
	}
	return nil, err
}

// require adds a term to every alternative of the condition.
func (l *Legacy) require(term *acl.Term) error {
	if term == nil {
		return nil
	}
	c := l.Rule.If
	if c == nil {
		l.Rule.If = &acl.Condition{AnyOf: [][]acl.Term{{*term}}, Pos: l.Rule.Pos}
		return nil
	}
	if c.Unless {
		if len(c.AnyOf) != 1 || len(c.AnyOf[0]) != 1 {
			return fmt.Errorf("with 'unless' and more than one ACL it must be rewritten by hand")
		}
		c.Unless = false
		c.AnyOf[0][0].Not = !c.AnyOf[0][0].Not
	}
	for i := range c.AnyOf {
		c.AnyOf[i] = append(c.AnyOf[i], *term)
	}
	return nil
}

// modern is the rule as HAProxy 2.6 spells it, without its condition.
func (l *Legacy) modern() string {
	words := []string{l.Set.String()}
	switch a := l.Rule.Action.(type) {
	case *AddHeader:
		words = append(words, "add-header", cfg.Quote(a.Header), cfg.Quote(a.Value))
	case *DelHeader:
		words = append(words, "del-header", cfg.Quote(a.Header))
	case *ReplaceHeader:
		words = append(words, "replace-header", cfg.Quote(a.Header), cfg.Quote(a.Regex), cfg.Quote(a.Replace))
	case *ReplaceURI:
		words = append(words, "replace-uri", cfg.Quote(a.Regex), cfg.Quote(a.Replace))
	default:
		words = append(words, l.Rule.keyword())
		if c := l.Rule.If; c != nil && len(c.AnyOf) > 0 {
			words = append(words, "if", "...")
		}
	}
	return strings.Join(words, " ")
}
