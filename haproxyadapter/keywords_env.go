package haproxyadapter

import (
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// globalEnv are the words that change variables (configuration.txt 3.1).
var globalEnv = []keyword{
	row("setenv", inGlobal, func(p *parser, d *cfg.Dispenser) error { return setenv(d, "setenv", p.env.Set) }),
	row("presetenv", inGlobal, func(p *parser, d *cfg.Dispenser) error { return setenv(d, "presetenv", p.env.SetDefault) }),
	row("unsetenv", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		if d.Done() {
			return d.Errf("'unsetenv' expects at least one variable name.")
		}
		p.env.Unset(d.Remaining()...)
		return nil
	}),
	row("resetenv", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		p.env.Keep(d.Remaining()...)
		return nil
	}),
	row("set-var", inGlobal, func(p *parser, d *cfg.Dispenser) error { return p.setVar(d, "set-var") }),
	row("set-var-fmt", inGlobal, func(p *parser, d *cfg.Dispenser) error { return p.setVar(d, "set-var-fmt") }),
}

func setenv(d *cfg.Dispenser, keyword string, set func(name, value string)) error {
	name, value := "", ""
	if !d.Args(&name, &value) {
		return d.Errf("'%s' expects a name and a value.", keyword)
	}
	d.Remaining() // HAProxy ignores what follows
	set(name, value)
	return nil
}

// setVar reads a variable. Syntax: set-var proc.<name> <expr> | set-var-fmt proc.<name> <format>
func (p *parser) setVar(d *cfg.Dispenser, keyword string) error {
	v := haproxy.SetVar{Pos: d.Pos()}
	value := ""
	if !d.Args(&v.Name, &value) {
		what := "a sample expression"
		if keyword == "set-var-fmt" {
			what = "a format string"
		}
		return d.Errf("'%s' requires a process-wide variable name ('proc.<name>') and %s.", keyword, what)
	}
	if !strings.HasPrefix(v.Name, "proc.") {
		return d.Errf("'%s': cannot set variable '%s', only scope 'proc' is permitted in the global section.", keyword, v.Name)
	}
	if keyword == "set-var-fmt" {
		v.Format = value
	} else {
		v.Expr = strings.Join(append([]string{value}, d.Remaining()...), " ")
	}
	p.conf.Global.SetVar = append(p.conf.Global.SetVar, v)
	return nil
}

// globalChecks are the words that spread health checks (configuration.txt 3.2).
var globalChecks = []keyword{
	row("spread-checks", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		if !d.NextArg() {
			return d.Errf("'spread-checks' expects an integer argument (0..50).")
		}
		n, rest := cfg.LeadingInt(d.Val())
		if rest != "" || n < 0 || n > 50 {
			return d.Errf("'spread-checks' needs a positive value in range 0..50.")
		}
		p.conf.Global.SpreadChecks = int(n)
		return nil
	}),
	row("max-spread-checks", inGlobal, func(p *parser, d *cfg.Dispenser) (err error) {
		p.conf.Global.MaxSpreadChecks, err = duration(d, time.Millisecond, "'max-spread-checks' (wants an integer delay).",
			"'max-spread-checks' expects an integer argument (0..50).")
		return err
	}),
}

// globalStats is the family of "stats" in the global section (configuration.txt 3.1).
var globalStats = []keyword{
	row("stats socket", inGlobal, globalStatsSocket),
	row("stats timeout", inGlobal, globalStatsTimeout),
	row("stats maxconn", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		n := int64(0)
		if d.NextArg() {
			n, _ = cfg.LeadingInt(d.Val())
		}
		if n <= 0 || n > 1<<31-1 {
			return d.Errf("'stats maxconn' expects a positive value")
		}
		p.conf.Global.StatsMaxconn = int(n)
		return nil
	}),
	{name: "stats bind-process", in: inGlobal, warn: "all processors serve the commands"},
	row("stats", inGlobal, func(_ *parser, d *cfg.Dispenser) error {
		got, _ := d.Peek()
		return d.Errf("'stats' only supports 'socket', 'maxconn', 'bind-process' and 'timeout' (got '%s')", got)
	}),
}

func globalStatsSocket(p *parser, d *cfg.Dispenser) error {
	s := new(haproxy.StatsSocket)
	d.Back()
	d.Back()
	if err := s.UnmarshalHAProxy(d); err != nil {
		return err
	}
	p.conf.Global.StatsSocket = append(p.conf.Global.StatsSocket, s)
	return nil
}

func globalStatsTimeout(p *parser, d *cfg.Dispenser) error {
	v, err := duration(d, time.Millisecond, "'stats timeout'", "'stats timeout' : missing value")
	if err != nil {
		return err
	}
	if v <= 0 {
		return d.Errf("'stats timeout' expects a positive value")
	}
	p.conf.Global.StatsTimeout = v
	return nil
}
