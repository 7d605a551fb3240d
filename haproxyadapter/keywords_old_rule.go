package haproxyadapter

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
)

// oldRules are the rules of HAProxy 1.x that work on the lines of a head, as rules of today. They ran behind all http-request
// or http-response rules, the added lines last.
type oldRules struct {
	edits, adds action.Rules
}

// proxyOldRules are the words of HAProxy 1.x that edit or judge heads line by line: those with the same meaning in a rule of
// today are a warning that names it, the others an error with HAProxy's advice.
var proxyOldRules = slices.Concat(
	[]keyword{
		oldAdd("reqadd", "http-request", action.HTTPRequest),
		oldAdd("rspadd", "http-response", action.HTTPResponse),
		oldDelete("reqdel", "http-request", action.HTTPRequest), oldDelete("reqidel", "http-request", action.HTTPRequest),
		oldDelete("rspdel", "http-response", action.HTTPResponse), oldDelete("rspidel", "http-response", action.HTTPResponse),
		oldReplace("reqrep", "http-request", action.HTTPRequest), oldReplace("reqirep", "http-request", action.HTTPRequest),
		oldReplace("rsprep", "http-response", action.HTTPResponse), oldReplace("rspirep", "http-response", action.HTTPResponse),
	},
	oldRefused("Use 'http-request replace-path', 'http-request replace-uri' or 'http-request replace-header' instead.", "cliexp"),
	oldRefused("Use 'http-response replace-header' instead.", "srvexp"),
	oldRefused("Use 'http-request allow' instead.", "reqallow", "reqiallow"),
	oldRefused("Use 'http-request deny' instead.", "reqdeny", "reqideny"),
	oldRefused("Use 'http-request tarpit' instead.", "reqtarpit", "reqitarpit"),
	oldRefused("Use 'http-response deny' instead.", "rspdeny", "rspideny"),
	oldRefused("", "reqpass", "reqipass"),
)

func oldRefused(advice string, names ...string) []keyword {
	rows := make([]keyword, len(names))
	for i, name := range names {
		rows[i] = row(name, inAll, func(_ *parser, d *cfg.Dispenser) error {
			return d.Errf("%s", strings.TrimSpace("The '"+name+"' directive is not supported anymore since HAProxy 2.1. "+advice))
		})
	}
	return rows
}

// oldAdd is the row of reqadd and rspadd. Syntax: <name> <header line> [if|unless <condition>]
func oldAdd(name, list string, set action.RuleSet) keyword {
	return row(name, inProxy|inNamed, func(p *parser, d *cfg.Dispenser) error {
		line := ""
		if err := word(d, &line, "'"+name+"' expects <header> as an argument."); err != nil {
			return err
		}
		header, value, ok := strings.Cut(line, ":")
		if !ok || header == "" {
			return d.Errf("'%s' : '%s' is not a header line.", name, line)
		}
		return p.oldRule(d, name, list, set, true, "add-header", header, literal(strings.TrimSpace(value)))
	})
}

// literal is text as a log-format string.
func literal(text string) string { return strings.ReplaceAll(text, "%", "%%") }

// wholeHeader is an expression that matches any line of one header: its name is the first group.
var wholeHeader = regexp.MustCompile(`^\^([A-Za-z0-9_-]+)(?:\\?:|\[:\])(?:[ \t]|\\ |\\s)?[?*]?(?:\.\*|\(\.\*\))?\$?$`)

// oldDelete is the row of reqdel and its kin. Only expressions that mean one header as a whole have an equivalent.
// Header names never depend on case, so that the words with and without i mean the same.
func oldDelete(name, list string, set action.RuleSet) keyword {
	return row(name, inProxy|inNamed, func(p *parser, d *cfg.Dispenser) error {
		search := ""
		if err := word(d, &search, "'"+name+"' expects <search> as an argument."); err != nil {
			return err
		}
		m := wholeHeader.FindStringSubmatch(search)
		if m == nil {
			return d.Errf("the '%s' directive is HAProxy 1.x, and its expression '%s' is not a header's name as a whole. "+
				"Use '%s del-header' instead.", name, search, list)
		}
		return p.oldRule(d, name, list, set, false, "del-header", m[1])
	})
}

var (
	// headerStart is the beginning of an expression for one header; requestStart one for a request line that keeps the method
	// as its first group.
	headerStart  = regexp.MustCompile(`^\^([A-Za-z0-9_-]+):(?:\\ | |\\s|\[ \])?[?*]?`)
	headerFormat = regexp.MustCompile(`^([A-Za-z0-9_-]+):[ ]?`)
	requestStart = regexp.MustCompile(`^\^\(\[\^(?:\\ | )(?::)?\]\*\)(?:\\ | )`)
	backRef      = regexp.MustCompile(`\\([0-9])`)
)

// oldReplace is the row of reqrep and its kin: an expression over one header, or one over the request line that keeps method
// and version, has an equivalent.
func oldReplace(name, list string, set action.RuleSet) keyword {
	return row(name, inProxy|inNamed, func(p *parser, d *cfg.Dispenser) error {
		search, format := "", ""
		if !d.Args(&search, &format) {
			return d.Errf("'%s' expects <search> and <replace> as arguments.", name)
		}
		if h := headerStart.FindStringSubmatch(search); h != nil {
			f := headerFormat.FindStringSubmatch(format)
			if f != nil && strings.EqualFold(f[1], h[1]) {
				return p.oldRule(d, name, list, set, false, "replace-header", f[1],
					ignoreCase(name, "^"+search[len(h[0]):]), literal(format[len(f[0]):]))
			}
		}
		if uri, to, ok := requestLine(search, format); ok && set == action.HTTPRequest {
			return p.oldRule(d, name, list, set, false, "replace-uri", ignoreCase(name, uri), literal(to))
		}
		return d.Errf("the '%s' directive is HAProxy 1.x, and its expression '%s' cannot be translated. "+
			"Use '%s replace-header' or 'http-request replace-uri' instead.", name, search, list)
	})
}

func ignoreCase(name, search string) string {
	if strings.HasPrefix(name[3:], "i") {
		return "(?i)" + search
	}
	return search
}

// requestLine turns `^([^\ ]*)\ <uri>(.*)` and `\1\ <to>\<last>` into an expression over the URI alone. Both must end with
// the rest of the line, because the rule of 1.x replaced the version too.
func requestLine(search, format string) (uri, to string, ok bool) {
	start := requestStart.FindString(search)
	rest, kept := strings.CutPrefix(format, `\1 `)
	if start == "" || !kept || !strings.HasSuffix(search, "(.*)") {
		return "", "", false
	}
	uri = search[len(start):]
	groups := regexp.MustCompile(`\((?:[^?]|$)`).FindAllString(strings.ReplaceAll(uri, `\(`, ""), -1)
	last := `\` + strconv.Itoa(len(groups)+1)
	if !strings.HasSuffix(rest, last) || strings.Contains(rest, `\1`) {
		return "", "", false
	}
	to = backRef.ReplaceAllStringFunc(rest, func(ref string) string { return `\` + string(ref[1]-1) })
	return "^" + uri, to, true
}

// oldRule adds a rule of today for a word of 1.x; the condition that follows in d belongs to it.
func (p *parser) oldRule(d *cfg.Dispenser, name, list string, set action.RuleSet, add bool, words ...string) error {
	full := slices.Concat([]string{list}, words, d.Remaining())
	rd := cfg.NewDispenser(cfg.Line{Pos: d.Pos(), Words: full}, p.diags)
	rd.Next()
	r, err := p.rule(rd, list, set)
	if err != nil {
		return wrap(err, "the '%s' directive is HAProxy 1.x: ", name)
	}
	quoted := make([]string, len(full))
	for i, w := range full {
		quoted[i] = cfg.Quote(w)
	}
	d.Warnf("the '%s' directive is HAProxy 1.x. Use '%s'.", name, strings.Join(quoted, " "))
	old := &p.proxy.oldRequest
	if set == action.HTTPResponse {
		old = &p.proxy.oldResponse
	}
	if add {
		old.adds = append(old.adds, r)
	} else {
		old.edits = append(old.edits, r)
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
		for _, r := range *part.list {
			if ruleName(r) == "allow" {
				p.warn(r.Pos, "'allow' also ends the rules that stand for HAProxy 1.x words, which 1.x would still have run.")
			}
		}
		*part.list = append(*part.list, rules...)
	}
}
