package haproxyadapter

import (
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// proxyBasics are the keywords about a proxy itself and its listeners (configuration.txt 4.2).
var proxyBasics = []keyword{
	row("bind", inFrontend|inListen, proxyBind),
	row("mode", inAll, proxyMode),
	row("maxconn", inFront, func(p *parser, d *cfg.Dispenser) (err error) {
		p.proxy.Maxconn, err = integer(d, "maxconn", 0)
		return err
	}),
	row("id", inProxy, proxyID),
	row("description", inProxy, func(p *parser, d *cfg.Dispenser) error {
		if d.Done() {
			return d.Errf("'description' expects a string argument.")
		}
		p.proxy.Description = strings.Join(d.Remaining(), " ")
		return nil
	}),
	row("disabled", inAll, func(p *parser, _ *cfg.Dispenser) error { p.proxy.Disabled = true; return nil }),
	row("enabled", inAll, func(p *parser, _ *cfg.Dispenser) error { p.proxy.Disabled = false; return nil }),
	row("monitor-uri", inFront, func(p *parser, d *cfg.Dispenser) error {
		p.proxy.at(d, "monitor-uri")
		return word(d, &p.proxy.MonitorURI, "'monitor-uri' expects an URI.")
	}),
	row("monitor fail", inFrontend|inListen, monitorFail),
	row("monitor", inFrontend|inListen, func(_ *parser, d *cfg.Dispenser) error {
		return d.Errf("'monitor' only supports 'fail'.")
	}),
	row("default_backend", inFront, func(p *parser, d *cfg.Dispenser) error {
		p.proxy.at(d, "default_backend")
		return word(d, &p.proxy.DefaultBackend, "'default_backend' expects a backend name.")
	}),
}

func proxyBind(p *parser, d *cfg.Dispenser) error {
	b := &haproxy.Bind{Section: p.proxy.Type}
	d.Back()
	p.proxy.triedBind = true
	if err := b.UnmarshalHAProxy(d); err != nil {
		return err
	}
	if b.ID != 0 {
		for _, other := range p.proxy.Bind {
			if other.ID == b.ID {
				return d.Errf("'bind %s' in section '%s' : 'id' : custom id %d already used at %s ('bind %s')",
					addressText(b), p.proxy.Type, b.ID, other.Pos, addressText(other))
			}
		}
	}
	p.proxy.Bind = append(p.proxy.Bind, b)
	return nil
}

func addressText(b *haproxy.Bind) string {
	list := make([]string, len(b.Address))
	for i := range b.Address {
		list[i] = b.Address[i].String()
	}
	return strings.Join(list, ",")
}

// proxyMode reads the protocol. Syntax: mode http|tcp
func proxyMode(p *parser, d *cfg.Dispenser) error {
	d.NextArg()
	switch d.Val() {
	case "http":
		p.proxy.Mode = haproxy.ModeHTTP
	case "tcp":
		p.proxy.Mode = haproxy.ModeTCP
	case "health":
		return d.Errf("'mode health' doesn't exist anymore. Please use 'http-request return status 200' instead.")
	default:
		got := d.Val()
		if got == "mode" {
			got = ""
		}
		return d.Errf("unknown proxy mode '%s'.", got)
	}
	p.proxy.at(d, "mode")
	return nil
}

func proxyID(p *parser, d *cfg.Dispenser) error {
	n, rest := int64(0), ""
	if d.NextArg() {
		n, rest = cfg.LeadingInt(d.Val())
	}
	if rest != "" || n <= 0 || n > 1<<31-1 {
		return d.Errf("custom id has to be > 0.")
	}
	for _, x := range p.proxies {
		if x.ID == int(n) {
			return d.Errf("%s %s reuses same custom id as %s %s (declared at %s).", p.proxy.Type, p.proxy.Name, x.Type, x.Name, x.Pos)
		}
	}
	p.proxy.ID = int(n)
	return nil
}

// monitorFail adds a condition. Syntax: monitor fail if|unless <condition>
func monitorFail(p *parser, d *cfg.Dispenser) error {
	if next, _ := d.Peek(); next != "if" && next != "unless" {
		return d.Errf("'monitor fail' requires either 'if' or 'unless' followed by a condition.")
	}
	p.order(d, "monitor fail")
	c, err := p.condition(d, "error detected while parsing a 'monitor fail' condition : ")
	if err != nil {
		return err
	}
	p.proxy.MonitorFail = append(p.proxy.MonitorFail, c)
	return nil
}
