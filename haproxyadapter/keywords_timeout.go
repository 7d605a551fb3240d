package haproxyadapter

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// proxyTimeouts is the family of "timeout" (configuration.txt 4.2).
var proxyTimeouts = []keyword{
	timeout("check", inBack, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Check }),
	timeout("client", inFront, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Client }),
	timeout("client-fin", inFront, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.ClientFin }),
	timeout("connect", inBack, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Connect }),
	timeout("http-keep-alive", inAll, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.HTTPKeepAlive }),
	timeout("http-request", inAll, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.HTTPRequest }),
	timeout("queue", inBack, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Queue }),
	timeout("server", inBack, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Server }),
	timeout("server-fin", inBack, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.ServerFin }),
	timeout("tarpit", inAll, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Tarpit }),
	timeout("tunnel", inBack, func(t *haproxy.Timeouts) *haproxy.Duration { return &t.Tunnel }),
	{name: "timeout", in: inAll, parse: unknownTimeout},
}

// timeout is the row of one timeout. Syntax: timeout <name> <time, default unit ms>
func timeout(name string, in place, field func(*haproxy.Timeouts) *haproxy.Duration) keyword {
	keyword := "timeout " + name
	return row(keyword, in, func(p *parser, d *cfg.Dispenser) error {
		v, err := duration(d, time.Millisecond, "'"+keyword+"'", "'"+keyword+"' expects an integer value (in milliseconds)")
		if err != nil {
			return err
		}
		if next, ok := d.Peek(); ok {
			return d.Errf("'%s' : unexpected extra argument '%s' after value '%s'.", keyword, next, d.Val())
		}
		*field(&p.proxy.Timeout) = v
		p.proxy.at(d, keyword)
		return nil
	})
}

func unknownTimeout(_ *parser, d *cfg.Dispenser) error {
	got, _ := d.Peek()
	if modern := oldTimeouts[got]; modern != "" {
		return d.Errf("the '%s' directive is not supported anymore since HAProxy 2.1. Use '%s'.", got, modern)
	}
	return d.Errf("'timeout' supports 'client', 'server', 'connect', 'check', 'queue', 'http-keep-alive', 'http-request', "+
		"'tunnel', 'tarpit', 'client-fin' and 'server-fin' (got '%s')", got)
}

// row is a keyword without peculiarities.
func row(name string, in place, parse parseFunc) keyword {
	return keyword{name: name, in: in, parse: parse}
}
