package haproxyadapter

import (
	"slices"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logtarget"
)

// proxyLogOptions are the options about logs (configuration.txt 4.2).
var proxyLogOptions = []keyword{
	option("dontlog-normal", inFront, func(o *haproxy.Options) *bool { return &o.DontlogNormal }),
	option("dontlognull", inFront, func(o *haproxy.Options) *bool { return &o.Dontlognull }),
	option("log-health-checks", inBack, func(o *haproxy.Options) *bool { return &o.LogHealthChecks }),
	option("log-separate-errors", inFront, func(o *haproxy.Options) *bool { return &o.LogSeparateErrors }),
	option("logasap", inFront, func(o *haproxy.Options) *bool { return &o.Logasap }),
	row("option httplog", inFront, optionHTTPLog),
	row("option tcplog", inFront, func(p *parser, d *cfg.Dispenser) error {
		return p.builtinFormat(d, "option tcplog", "tcplog")
	}),
}

// proxyLog are the other keywords about logs (configuration.txt 4.2).
var proxyLog = []keyword{
	{name: "log", in: inAll, no: true, parse: proxyLogTarget},
	row("log-format", inFront, func(p *parser, d *cfg.Dispenser) error {
		p.overrideFormat(d, "log-format")
		return p.format(d, "log-format", &p.proxy.LogFormat)
	}),
	row("log-format-sd", inFront, func(p *parser, d *cfg.Dispenser) error {
		return p.format(d, "log-format-sd", &p.proxy.LogFormatSD)
	}),
	row("error-log-format", inFront, func(p *parser, d *cfg.Dispenser) error {
		return p.format(d, "error-log-format", &p.proxy.ErrorLogFormat)
	}),
	row("unique-id-format", inFront, func(p *parser, d *cfg.Dispenser) error {
		return p.format(d, "unique-id-format", &p.proxy.UniqueIDFormat)
	}),
	row("unique-id-header", inFront, func(p *parser, d *cfg.Dispenser) error {
		return word(d, &p.proxy.UniqueIDHeader, "unique-id-header expects an argument.")
	}),
	row("log-tag", inAll, func(p *parser, d *cfg.Dispenser) error {
		err := word(d, &p.proxy.LogTag, "'log-tag' expects a tag for use in syslog.")
		d.Remaining()
		return err
	}),
}

// globalLog are the keywords about logs of the global section (configuration.txt 3.1).
var globalLog = []keyword{
	{name: "log", in: inGlobal, no: true, parse: globalLogTarget},
	row("log-send-hostname", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		p.conf.Global.LogSendHostname = "-"
		if d.NextArg() {
			p.conf.Global.LogSendHostname = d.Val()
		}
		d.Remaining()
		return nil
	}),
	row("log-tag", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		return word(d, &p.conf.Global.LogTag, "'log-tag' expects a tag for use in syslog.")
	}),
}

// proxyLogTarget adds a target to what was inherited; `no log` drops all. Syntax:
//
//	[no] log global
//	log <address> [len <length>] [format <format>] [sample <ranges>:<size>] <facility> [<level> [<minlevel>]]
func proxyLogTarget(p *parser, d *cfg.Dispenser) error {
	if p.prefix != "" {
		if d.Next() {
			return d.Errf("log : '%s log' does not expect arguments", p.prefix)
		}
		p.proxy.Log = nil
		return nil
	}
	t, err := p.logTarget(d)
	if err != nil {
		return err
	}
	if t.Global && slices.ContainsFunc(p.proxy.Log, func(o logtarget.Target) bool { return o.Global }) {
		return nil // it counts once, however often a section and its defaults say it
	}
	p.proxy.Log = append(p.proxy.Log, t)
	return nil
}

func globalLogTarget(p *parser, d *cfg.Dispenser) error {
	if p.prefix != "" {
		if d.Next() {
			return d.Errf("log : '%s log' does not expect arguments", p.prefix)
		}
		p.conf.Global.Log = nil
		return nil
	}
	if next, _ := d.Peek(); next == "global" {
		return d.Errf("log : 'global' is not supported for a global syslog server")
	}
	t, err := p.logTarget(d)
	if err != nil {
		return err
	}
	p.conf.Global.Log = append(p.conf.Global.Log, t)
	return nil
}

func (p *parser) logTarget(d *cfg.Dispenser) (logtarget.Target, error) {
	var t logtarget.Target
	d.Back()
	err := t.UnmarshalHAProxy(d)
	return t, err
}

// optionHTTPLog chooses a format. Syntax: option httplog [clf]
func optionHTTPLog(p *parser, d *cfg.Dispenser) error {
	if !d.NextArg() {
		return p.builtinFormat(d, "option httplog", "httplog")
	}
	if d.Val() != "clf" {
		return d.Errf("keyword 'httplog' only supports option 'clf'.")
	}
	return p.builtinFormat(d, "option httplog clf", "clf")
}

// builtinFormat sets one of the formats that have a name.
func (p *parser) builtinFormat(d *cfg.Dispenser, keyword, name string) error {
	if d.Next() {
		return d.Errf("'%s' cannot handle unexpected argument '%s'.", keyword, d.Val())
	}
	p.overrideFormat(d, keyword)
	p.proxy.LogFormat = name
	p.proxy.at(d, "log-format")
	return nil
}

// overrideFormat warns when the same defaults section has chosen a format before; in other sections HAProxy says nothing.
func (p *parser) overrideFormat(d *cfg.Dispenser, keyword string) {
	before := p.proxy.set["log-format"]
	if before != "" && before != keyword && p.in&inDefaults != 0 && p.proxy.own(p.proxy.At["log-format"]) {
		d.Warnf("'%s' overrides previous '%s' in 'defaults' section.", keyword, before)
	}
	p.proxy.set["log-format"] = keyword
}

// format reads the one argument of a keyword that takes a log-format string.
func (p *parser) format(d *cfg.Dispenser, keyword string, target *string) error {
	if !d.NextArg() {
		return d.Errf("%s expects an argument.", keyword)
	}
	if !d.Done() {
		return d.Errf("%s expects only one argument, don't forget to escape spaces!", keyword)
	}
	*target = d.Val()
	p.proxy.at(d, keyword)
	return nil
}
