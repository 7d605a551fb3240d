package action

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// Legacy is the rule that a word of HAProxy 1.x stands for. All of them went away in HAProxy 2.1.
type Legacy struct {
	// Words are the rule as HAProxy 2.6 spells it, from `http-request` to the end of its condition.
	Words []string
	// Rule is what Words say.
	Rule Rule
	// Set is the list that the rule belongs to.
	Set RuleSet
	// First puts it before all rules of the list (`block`); else it belongs behind them, as in HAProxy 1.x.
	First bool
	// Last puts it behind the other rules of 1.x too (`reqadd`, `rspadd`).
	Last bool
}

// legacyWord is what a word becomes.
type legacyWord struct {
	set    RuleSet
	action string // "" when nothing takes its place
	icase  bool
	hint   string // what HAProxy proposes
}

const replaceHint = "http-request replace-path', 'http-request replace-uri' or 'http-request replace-header"

var legacyWords = map[string]legacyWord{
	"block":      {HTTPRequest, "deny", false, "http-request deny"},
	"cliexp":     {HTTPRequest, "", false, replaceHint},
	"reqadd":     {HTTPRequest, "add-header", false, "http-request add-header"},
	"reqallow":   {HTTPRequest, "allow", false, "http-request allow"},
	"reqiallow":  {HTTPRequest, "allow", true, "http-request allow"},
	"reqdel":     {HTTPRequest, "del-header", false, "http-request del-header"},
	"reqidel":    {HTTPRequest, "del-header", true, "http-request del-header"},
	"reqdeny":    {HTTPRequest, "deny", false, "http-request deny"},
	"reqideny":   {HTTPRequest, "deny", true, "http-request deny"},
	"reqpass":    {HTTPRequest, "", false, ""},
	"reqipass":   {HTTPRequest, "", true, ""},
	"reqrep":     {HTTPRequest, "replace", false, replaceHint},
	"reqirep":    {HTTPRequest, "replace", true, replaceHint},
	"reqtarpit":  {HTTPRequest, "tarpit", false, "http-request tarpit"},
	"reqitarpit": {HTTPRequest, "tarpit", true, "http-request tarpit"},
	"rspadd":     {HTTPResponse, "add-header", false, "http-response add-header"},
	"rspdel":     {HTTPResponse, "del-header", false, "http-response del-header"},
	"rspidel":    {HTTPResponse, "del-header", true, "http-response del-header"},
	"rspdeny":    {HTTPResponse, "deny", false, "http-response deny"},
	"rspideny":   {HTTPResponse, "deny", true, "http-response deny"},
	"rsprep":     {HTTPResponse, "replace", false, "http-response replace-header"},
	"rspirep":    {HTTPResponse, "replace", true, "http-response replace-header"},
	"srvexp":     {HTTPResponse, "", false, "http-response replace-header"},
}

// LegacyKeywords are the words that ParseLegacy reads, sorted.
func LegacyKeywords() []string { return slices.Sorted(maps.Keys(legacyWords)) }

// ParseLegacy reads a rule in a spelling of HAProxy 1.x and warns once with the modern one. What has no equal rule is an
// error with HAProxy's hint. Syntax:
//
//	block if|unless <condition>
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
	l := Legacy{Set: w.set, First: word == "block", Last: w.action == "add-header"}
	rule, match, err := w.translate(d, word)
	if err != nil {
		return Legacy{}, d.Errf("%s %s.", w.gone(word), err)
	}
	if !ended(d) {
		d.Next()
		return Legacy{}, d.Unexpected()
	}
	l.Words = slices.Concat([]string{w.set.String()}, rule, legacyCondition(d.Remaining(), match))
	rd := cfg.NewDispenser(cfg.Line{Pos: d.Pos(), Words: l.Words}, d.Diagnostics())
	if l.Rule, err = Parse(rd, w.set); err != nil {
		return Legacy{}, cfg.Prefix(err, "'%s' : ", word)
	}
	d.Warnf("the '%s' directive is HAProxy 1.x. It is taken as: %s", word, cfg.QuoteLine(l.Words))
	return l, nil
}

// gone is HAProxy's own sentence about the word.
func (w legacyWord) gone(word string) string {
	text := "The '" + word + "' directive is not supported anymore since HAProxy 2.1."
	if w.hint != "" {
		text += " Use '" + w.hint + "' instead."
	}
	return text
}

// translate reads what stands before the condition: the words of the rule of today, and those of the test that must hold
// besides its condition.
func (w legacyWord) translate(d *cfg.Dispenser, word string) (rule, match []string, err error) {
	if word == "block" {
		if d.Done() {
			return nil, nil, fmt.Errorf("It requires either 'if' or 'unless' followed by a condition")
		}
		return []string{w.action}, nil, nil
	}
	if w.action == "" {
		return nil, nil, fmt.Errorf("No rule of today is equal to it")
	}
	var search, text string
	if !d.Args(&search) || w.action == "replace" && !d.Args(&text) {
		return nil, nil, fmt.Errorf("It lacks an argument")
	}
	switch w.action {
	case "add-header":
		rule, err = legacyAdd(search)
	case "del-header":
		rule, err = legacyDelete(search)
	case "replace":
		rule, err = w.replacement(search, text)
	default:
		rule = []string{w.action}
		match, err = w.match(search)
	}
	return rule, match, err
}

// legacyCondition adds a test to every alternative of a condition; words begin with its `if` or `unless`, or are none.
func legacyCondition(words, match []string) []string {
	if len(match) == 0 {
		return words
	}
	if len(words) == 0 {
		return slices.Concat([]string{"if"}, match)
	}
	list, ok := alternativesOf(words[1:])
	if !ok {
		return words // its own parser says what is wrong
	}
	if words[0] == "unless" {
		list = negated(list)
	}
	out := []string{"if"}
	for i, all := range list {
		if i > 0 {
			out = append(out, "or")
		}
		out = append(append(out, slices.Concat(all...)...), match...)
	}
	return out
}

// alternativesOf splits a condition at its `or`: each alternative is a list of terms, each term a list of words. It fails
// when a brace stays open.
func alternativesOf(words []string) (list [][][]string, ok bool) {
	list = [][][]string{nil}
	term, braces, not := []string(nil), false, false
	for _, w := range words {
		for !braces && strings.HasPrefix(w, "!") {
			not, w = !not, w[1:]
		}
		switch {
		case !braces && w == "":
			continue
		case !braces && (strings.EqualFold(w, "or") || w == "||"):
			list, not = append(list, nil), false
			continue
		}
		if len(term) == 0 && not {
			w = "!" + w
		}
		term = append(term, w)
		braces = strings.TrimPrefix(term[0], "!") == "{" && w != "}"
		if !braces {
			last := &list[len(list)-1]
			*last = append(*last, term)
			term, not = nil, false
		}
	}
	return slices.DeleteFunc(list, func(all [][]string) bool { return len(all) == 0 }), len(term) == 0
}

// negated is the opposite of a condition, again as alternatives: one term of each, inverted.
func negated(list [][][]string) [][][]string {
	product := [][][]string{nil}
	for _, all := range list {
		var next [][][]string
		for _, chosen := range product {
			for _, term := range all {
				inverted := slices.Clone(term)
				if rest, ok := strings.CutPrefix(term[0], "!"); ok {
					inverted[0] = rest
				} else {
					inverted[0] = "!" + term[0]
				}
				next = append(next, append(slices.Clone(chosen), inverted))
			}
		}
		product = next
	}
	return product
}
