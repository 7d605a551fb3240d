package haproxyadapter

import (
	"math"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// globalLoops are the words about the event loops and the pipes of splice(2) (configuration.txt 3.1, 3.2).
var globalLoops = []keyword{
	row("nbthread", inGlobal, globalNbthread),
	globalFlag("noepoll", func(g *haproxy.Global) *bool { return &g.Noepoll }),
	globalFlag("nosplice", func(g *haproxy.Global) *bool { return &g.Nosplice }),
	row("maxpipes", inGlobal, func(p *parser, d *cfg.Dispenser) (err error) {
		if again(d, "maxpipes", p.conf.Global.Maxpipes) {
			return nil
		}
		p.conf.Global.Maxpipes, err = integer(d, "maxpipes", 0)
		return err
	}),
	tune("tune.pipesize", 0, math.MaxInt32, "'tune.pipesize' expects a number of bytes without a unit.",
		func(t *haproxy.Tune) *int { return &t.Pipesize }),
	row("tune.maxaccept", inGlobal, globalMaxaccept),
	row("tune.idle-pool.shared", inGlobal, globalIdlePoolShared),
}

// globalFlag is the row of a word without arguments.
func globalFlag(name string, field func(*haproxy.Global) *bool) keyword {
	return row(name, inGlobal, func(p *parser, d *cfg.Dispenser) error {
		if d.Done() {
			*field(&p.conf.Global) = true
		}
		return nil
	})
}

// again complains about a number that a line before gave; one that is 0 does not count as given (seen with 2.6.12).
func again(d *cfg.Dispenser, name string, before int) bool {
	if before == 0 {
		return false
	}
	d.Remaining()
	d.Warnf("'%s' already specified. Continuing.", name)
	return true
}

// globalNbthread reads the number of event loops. Syntax: nbthread <number>, the last one wins.
func globalNbthread(p *parser, d *cfg.Dispenser) error {
	got := ""
	if d.NextArg() {
		got = d.Val()
	}
	n, rest := cfg.LeadingInt(got)
	if got == "" || rest != "" {
		return d.Errf("'nbthread' passed a missing or unparsable integer value in '%s'", got)
	}
	if n < 1 || n > haproxy.MaxThreads {
		return d.Errf("'nbthread' value must be between 1 and %d (was %d)", haproxy.MaxThreads, n)
	}
	p.conf.Global.Nbthread = int(n)
	return nil
}

// globalMaxaccept reads how many connections are accepted in a row. Syntax: tune.maxaccept <number>, where 0 is the default
// and any negative number is no limit (seen with 2.6.12).
func globalMaxaccept(p *parser, d *cfg.Dispenser) error {
	if again(d, "tune.maxaccept", p.conf.Global.Tune.Maxaccept) {
		return nil
	}
	if !d.NextArg() {
		return d.Errf("'tune.maxaccept' expects an integer argument.")
	}
	n, rest := cfg.LeadingInt(d.Val())
	if rest != "" || n > math.MaxInt32 {
		return d.Errf("'tune.maxaccept' expects -1 or an integer from 0 to INT_MAX.")
	}
	p.conf.Global.Tune.Maxaccept = int(max(-1, n))
	return nil
}

// globalIdlePoolShared reads a switch. Syntax: tune.idle-pool.shared on|off
func globalIdlePoolShared(p *parser, d *cfg.Dispenser) error {
	got := ""
	if d.NextArg() {
		got = d.Val()
	}
	on, err := cfg.ParseOnOff(got)
	if err != nil {
		return d.Errf("'tune.idle-pool.shared' %s.", err)
	}
	p.conf.Global.Tune.IdlePoolShared = &on
	return nil
}
