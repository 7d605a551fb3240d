package haproxyadapter

import (
	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/check"
)

// proxyChecks are the keywords about health checks with HTTP requests (configuration.txt 4.2).
var proxyChecks = []keyword{
	row("option httpchk", inBack, func(p *parser, d *cfg.Dispenser) error {
		p.proxy.check.option = d.Pos()
		return p.httpCheck(d)
	}),
	row("http-check", inBack, func(p *parser, d *cfg.Dispenser) error {
		p.proxy.check.rule = d.Pos()
		return p.httpCheck(d)
	}),
}

// httpCheck is what `option httpchk` and `http-check` have said so far. The first line of a section drops everything that
// was inherited, the request too (seen with 2.6.12).
type httpCheck struct {
	check.HTTP
	own          bool
	option, rule cfg.Pos // of the last lines; zero without any
}

// inherited is the state with which a section begins that takes its settings from another.
func (c httpCheck) inherited() httpCheck {
	c.own = false
	return c
}

func (p *parser) httpCheck(d *cfg.Dispenser) error {
	c := &p.proxy.check
	if !c.own {
		c.own, c.HTTP = true, check.HTTP{}
	}
	fresh := cfg.NewDispenser(d.Line(), p.diags)
	err := c.HTTP.UnmarshalHAProxy(fresh)
	d.Remaining()
	return err
}

// buildCheck writes the check into the config and reports rules that do nothing.
func (p *parser) buildCheck(x *proxy) {
	c := &x.check
	if !x.Type.HasBackend() {
		return
	}
	if c.option.IsZero() {
		if !c.rule.IsZero() && c.own {
			p.warn(c.rule, "%s uses http-check rules without 'option httpchk', so the rules are ignored.", x.title())
		}
		return
	}
	if c.own && !x.own(c.option) {
		p.warn(c.rule, "the 'http-check' rules of %s replace the request of the 'option httpchk' that it inherits: HAProxy sends none "+
			"then, and all checks fail; here 'OPTIONS /' is sent. Repeat 'option httpchk' in this section.", x.title())
	}
	var warnings []caddyconfig.Warning
	x.Check = caddyconfig.JSONModuleObject(&c.HTTP, "type", "httpchk", &warnings)
	for _, w := range warnings {
		p.diags.Addf(c.option, cfg.Alert, "%s", w.Message)
	}
}
