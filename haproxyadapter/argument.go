package haproxyadapter

import (
	"errors"
	"strconv"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// integer reads the argument of a keyword as a number that is not below least.
func integer(d *cfg.Dispenser, name string, least int) (int, error) {
	if !d.NextArg() {
		return 0, d.Errf("'%s' expects an integer argument.", name)
	}
	n, err := strconv.Atoi(d.Val())
	if err != nil {
		return 0, d.Errf("'%s' expects an integer argument, got '%s'.", name, d.Val())
	}
	if n < least {
		return 0, d.Errf("'%s' expects a value of at least %d, got '%s'.", name, least, d.Val())
	}
	return n, nil
}

// duration reads the argument of a keyword as a time; where ends the messages: "'timeout client'".
func duration(d *cfg.Dispenser, unit time.Duration, where, missing string) (haproxy.Duration, error) {
	if !d.NextArg() {
		return 0, d.Errf("%s", missing)
	}
	v, err := cfg.ParseDuration(d.Val(), unit)
	if err == nil {
		return haproxy.Duration(v), nil
	}
	var flaw *cfg.UnitError
	if !errors.As(err, &flaw) {
		return 0, d.Errf("%s in %s", err, where)
	}
	switch flaw.Kind {
	case cfg.Overflow:
		return 0, d.Errf("timer overflow in argument '%s' to %s (maximum value is %s)", d.Val(), where, flaw.Limit)
	case cfg.TrailingChar:
		d.Warnf("%s in %s", err, where)
		return haproxy.Duration(v), nil
	}
	return 0, d.Errf("%s in %s", err, where)
}

// word reads the one argument of a keyword.
func word(d *cfg.Dispenser, target *string, missing string) error {
	if !d.NextArg() {
		return d.Errf("%s", missing)
	}
	*target = d.Val()
	return nil
}

// first reports whether a global word comes for the first time; HAProxy keeps the first value and complains about others.
func (p *parser) first(d *cfg.Dispenser, name string) bool {
	if !p.once[name] {
		p.once[name] = true
		return true
	}
	d.Remaining()
	d.Warnf("'%s' already specified. Continuing.", name)
	return false
}
