package haproxyadapter

import (
	"net/netip"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// globalOld are the words of HAProxy 1.x in the global section that 2.6 refuses.
var globalOld = []keyword{
	row("nbproc", inGlobal, func(_ *parser, d *cfg.Dispenser) error {
		n, err := integer(d, "nbproc", 1)
		if err != nil {
			return err
		}
		d.Warnf("'nbproc' is HAProxy 1.x and has no effect here: one process uses all processors. Use 'nbthread' to limit them.")
		_ = n
		return nil
	}),
	row("debug", inGlobal, func(_ *parser, d *cfg.Dispenser) error {
		d.Warnf("'debug' is HAProxy 1.x and has no effect here. Use the command's option -d.")
		return nil
	}),
}

// oldTimeouts are the names of timeouts in HAProxy 1.x.
var oldTimeouts = map[string]string{
	"contimeout": "timeout connect", "clitimeout": "timeout client", "srvtimeout": "timeout server",
}

// proxyOld are the words of HAProxy 1.x in proxies that 2.6 refuses: each is one warning with the modern spelling.
var proxyOld = []keyword{
	oldTimeout("contimeout", inBack, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Connect }),
	oldTimeout("clitimeout", inFront, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Client }),
	oldTimeout("srvtimeout", inBack, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Server }),
	oldRedispatch("redispatch"),
	oldRedispatch("redisp"),
	{name: "option forceclose", in: inAll, no: true, parse: oldForceclose},
	{name: "option http-tunnel", in: inAll, no: true, parse: func(_ *parser, d *cfg.Dispenser) error {
		return d.Errf("option 'http-tunnel' is not supported any more since HAProxy 2.1, please just remove it, " +
			"it shouldn't be needed.")
	}},
	{name: "option http_proxy", in: inAll, no: true, parse: func(_ *parser, d *cfg.Dispenser) error {
		return d.Errf("option 'http_proxy' is not supported any more since HAProxy 2.5.")
	}},
	row("monitor-net", inFront, oldMonitorNet),
	row("appsession", inAll, func(_ *parser, d *cfg.Dispenser) error {
		return d.Errf("'appsession' is not supported anymore since HAProxy 1.6.")
	}),
	row("grace", inAll, func(_ *parser, d *cfg.Dispenser) error {
		return d.Errf("the 'grace' keyword is not supported any more since HAProxy version 2.5.")
	}),
}

// oldTimeout is the row of an old timeout. Syntax: <name> <time, default unit ms>
func oldTimeout(name string, in place, field func(*haproxy.Timeouts) *haproxy.Duration) keyword {
	modern := oldTimeouts[name]
	return row(name, in, func(p *parser, d *cfg.Dispenser) error {
		v, err := duration(d, time.Millisecond, "'"+name+"'", "'"+name+"' expects an integer value (in milliseconds)")
		if err != nil {
			return err
		}
		d.Warnf("the '%s' directive is HAProxy 1.x. Use '%s'.", name, modern)
		*field(&p.proxy.Timeout) = v
		p.proxy.at(d, modern)
		return nil
	})
}

func oldRedispatch(name string) keyword {
	return row(name, inBack, func(p *parser, d *cfg.Dispenser) error {
		d.Warnf("keyword '%s' directive is HAProxy 1.x. Use 'option redispatch'.", name)
		p.proxy.Redispatch = -1
		return nil
	})
}

func oldForceclose(p *parser, d *cfg.Dispenser) error {
	d.Warnf("option 'forceclose' is HAProxy 1.x. Use 'option httpclose'.")
	if p.prefix == "" {
		p.proxy.HTTPConnectionMode = "httpclose"
	} else if p.proxy.HTTPConnectionMode == "httpclose" {
		p.proxy.HTTPConnectionMode = ""
	}
	return nil
}

// oldMonitorNet declares the network of a monitor. In 1.x only the last line counted. Syntax: monitor-net <network>
func oldMonitorNet(p *parser, d *cfg.Dispenser) error {
	text := ""
	if err := word(d, &text, "'monitor-net' expects a network."); err != nil {
		return err
	}
	network, ok := parseNetwork(text)
	if !ok {
		return d.Errf("'monitor-net' : '%s' is not a network.", text)
	}
	if ip, err := netip.ParseAddr(network); err == nil {
		network = netip.PrefixFrom(ip, ip.BitLen()).String()
	}
	replaces := ""
	if len(p.proxy.MonitorNet) > 0 && p.proxy.own(p.proxy.At["monitor-net"]) {
		replaces = " It replaces the one at " + p.proxy.At["monitor-net"].String() + ": HAProxy 1.x knew one network a proxy."
	}
	d.Warnf("'monitor-net' is HAProxy 1.x. Its requests are answered with 200 and not logged; HAProxy 1.x did so without "+
		"waiting for a request. Use 'http-request return status 200 if { src %s }', which is logged.%s", text, replaces)
	p.proxy.MonitorNet = []string{network}
	p.proxy.at(d, "monitor-net")
	return nil
}
