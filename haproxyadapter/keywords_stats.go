package haproxyadapter

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// proxyStats is the family of "stats" (configuration.txt 4.2). Each of them enables the page.
var proxyStats = []keyword{
	stat("stats enable", func(*parser, *cfg.Dispenser, *haproxy.Stats) error { return nil }),
	stat("stats hide-version", func(_ *parser, _ *cfg.Dispenser, s *haproxy.Stats) error { s.HideVersion = true; return nil }),
	stat("stats show-legends", func(_ *parser, _ *cfg.Dispenser, s *haproxy.Stats) error { s.ShowLegends = true; return nil }),
	{name: "stats show-modules", in: inAll, warn: "there are no further counters to show", parse: statsEnable},
	stat("stats uri", func(_ *parser, d *cfg.Dispenser, s *haproxy.Stats) error {
		return word(d, &s.URI, "'uri' needs an URI prefix.")
	}),
	stat("stats realm", func(_ *parser, d *cfg.Dispenser, s *haproxy.Stats) error {
		return word(d, &s.Realm, "'realm' needs an realm name.")
	}),
	stat("stats auth", statsAuth),
	stat("stats refresh", statsRefresh),
	stat("stats scope", func(_ *parser, d *cfg.Dispenser, s *haproxy.Stats) error {
		scope := ""
		if err := word(d, &scope, "'scope' needs a proxy name."); err != nil {
			return err
		}
		s.Scope = append(s.Scope, scope)
		return nil
	}),
	stat("stats show-node", statsNode),
	stat("stats show-desc", func(_ *parser, d *cfg.Dispenser, s *haproxy.Stats) error {
		s.ShowDesc = true
		if words := d.Remaining(); len(words) > 0 {
			s.Desc = strings.Join(words, " ")
		}
		return nil
	}),
	{name: "stats admin", in: inProxy, parse: statsAdmin},
	{name: "stats http-request", in: inProxy, parse: statsRule},
	{name: "stats", in: inAll, parse: unknownStats},
}

// stat is the row of one setting of the page. HAProxy ignores further words behind most of them.
func stat(name string, parse func(p *parser, d *cfg.Dispenser, s *haproxy.Stats) error) keyword {
	return row(name, inAll, func(p *parser, d *cfg.Dispenser) error {
		if err := parse(p, d, p.proxy.stats(d)); err != nil {
			return err
		}
		if rest := d.Remaining(); len(rest) > 0 {
			d.Warnf("'%s' : further words are ignored.", name)
		}
		return nil
	})
}

// stats is the page of x. The first keyword of a section begins a new page: nothing of an inherited one is left.
func (x *proxy) stats(d *cfg.Dispenser) *haproxy.Stats {
	if !x.ownStats {
		x.ownStats = true
		x.Stats = &haproxy.Stats{Pos: d.Pos()}
	}
	return x.Stats
}

// statsEnable is what each stats keyword does besides.
func statsEnable(p *parser, d *cfg.Dispenser) error {
	p.proxy.stats(d)
	return nil
}

// statsAuth adds a user. Syntax: stats auth <user>:<password>
func statsAuth(_ *parser, d *cfg.Dispenser, s *haproxy.Stats) error {
	pair := ""
	if err := word(d, &pair, "'auth' needs a user:password account."); err != nil {
		return err
	}
	name, password, _ := strings.Cut(pair, ":")
	if slices.ContainsFunc(s.Auth, func(u haproxy.StatsUser) bool { return u.Name == name }) {
		d.Warnf("uri auth: ignoring duplicated user '%s'.", name)
		return nil
	}
	s.Auth = append(s.Auth, haproxy.StatsUser{Name: name, Password: password})
	return nil
}

// statsRefresh reads an interval, in seconds when it has no unit. Syntax: stats refresh <time>
func statsRefresh(_ *parser, d *cfg.Dispenser, s *haproxy.Stats) error {
	if !d.NextArg() {
		return d.Errf("'stats refresh' expects an interval.")
	}
	v, err := cfg.ParseDuration(d.Val(), time.Second)
	var flaw *cfg.UnitError
	if errors.As(err, &flaw) && flaw.Kind == cfg.Overflow {
		return d.Errf("timer overflow in argument '%s' to stats refresh interval (maximum value is %s)", d.Val(), flaw.Limit)
	}
	if err != nil {
		return d.Errf("%s in argument to stats refresh interval.", err)
	}
	s.Refresh = haproxy.Duration(v)
	return nil
}

// statsNode shows the node's name, or another one. Syntax: stats show-node [<name>]
func statsNode(_ *parser, d *cfg.Dispenser, s *haproxy.Stats) error {
	s.ShowNode = true
	if !d.NextArg() {
		return nil
	}
	for _, c := range d.Val() {
		if !nodeRune(c) {
			return d.Errf("'stats show-node' invalid node name - should be a string" +
				"with digits(0-9), letters(A-Z, a-z), hyphen(-) or underscode(_).")
		}
	}
	s.Node = d.Val()
	return nil
}

func nodeRune(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
}

// statsAdmin lets the page change servers. Syntax: stats admin if|unless <condition>
func statsAdmin(p *parser, d *cfg.Dispenser) error {
	if next, _ := d.Peek(); next != "if" && next != "unless" {
		return d.Errf("'stats admin' requires either 'if' or 'unless' followed by a condition.")
	}
	c, err := p.condition(d, "error detected while parsing a 'stats admin' rule : ")
	if err != nil {
		return err
	}
	s := p.proxy.stats(d)
	s.Admin = append(s.Admin, c)
	return nil
}

// statsRule adds an access rule. Syntax: stats http-request allow|deny|auth [realm <realm>] [if|unless <condition>]
func statsRule(p *parser, d *cfg.Dispenser) error {
	r, err := p.rule(d, "http-request", action.HTTPRequest)
	if err != nil {
		return err
	}
	switch ruleName(r) {
	case "allow", "deny", "auth":
	default:
		return d.Errf("'stats http-request' only supports 'allow', 'deny' and 'auth', not '%s'.", ruleName(r))
	}
	if p.proxy.final["stats"] {
		d.Warnf("previous 'stats' action has no condition attached, further entries are NOOP.")
	}
	p.proxy.final["stats"] = r.If == nil
	s := p.proxy.stats(d)
	s.HTTPRequest = append(s.HTTPRequest, r)
	return nil
}

func unknownStats(_ *parser, d *cfg.Dispenser) error {
	const known = "'admin', 'uri', 'realm', 'auth', 'scope', 'enable', 'hide-version', 'show-node', 'show-desc' or 'show-legends'."
	if !d.NextArg() {
		return d.Errf("missing keyword in 'stats', expects %s", known)
	}
	return d.Errf("unknown stats parameter '%s', expects %s", d.Val(), known)
}
