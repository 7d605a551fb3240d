package haproxyadapter

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// globalTune are the sizes that change what is accepted (configuration.txt 3.2).
var globalTune = []keyword{
	tune("tune.bufsize", 1, 1<<30, "'tune.bufsize' expects a positive integer argument.",
		func(t *haproxy.Tune) *int { return &t.Bufsize }),
	tune("tune.maxrewrite", 0, 1<<30, "'tune.maxrewrite' expects a positive integer argument.",
		func(t *haproxy.Tune) *int { return &t.Maxrewrite }),
	tune("tune.http.maxhdr", 1, 32767, "'tune.http.maxhdr' expects a numeric value between 1 and 32767",
		func(t *haproxy.Tune) *int { return &t.HTTPMaxhdr }),
	row("tune.http.cookielen", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		n, err := integer(d, "tune.http.cookielen", 0)
		p.cookielen = n
		return err
	}),
	tune("tune.http.logurilen", 0, 1<<20, "'tune.http.logurilen' expects a positive integer argument.",
		func(t *haproxy.Tune) *int { return &t.HTTPLogurilen }),
}

// tune is the row of a number. Syntax: <name> <number>
func tune(name string, least, most int64, msg string, field func(*haproxy.Tune) *int) keyword {
	return row(name, inGlobal, func(p *parser, d *cfg.Dispenser) error {
		if !d.NextArg() {
			return d.Errf("'%s' expects an integer argument.", name)
		}
		n, rest := cfg.LeadingInt(d.Val())
		if rest != "" || n < least || n > most {
			return d.Errf("%s", msg)
		}
		*field(&p.conf.Global.Tune) = int(n)
		return nil
	})
}
