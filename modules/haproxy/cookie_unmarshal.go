package haproxy

import (
	"errors"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// UnmarshalHAProxy reads a `cookie` line; d stands before it. Syntax:
//
//	cookie <name> [rewrite|insert|prefix] [indirect] [nocache] [postonly] [preserve] [httponly] [secure]
//	       [domain <domain>]... [maxidle <time>] [maxlife <time>] [dynamic] [attr <value>]...
func (c *Cookie) UnmarshalHAProxy(d *cfg.Dispenser) error {
	c.Pos = d.Pos()
	d.Next()
	if !d.NextArg() {
		return d.Errf("'cookie' expects <cookie_name> as argument.")
	}
	c.Name = d.Val()
	for d.NextArg() {
		if err := c.option(d); err != nil {
			return err
		}
	}
	if c.Mode == "rewrite" && c.Indirect {
		return d.Errf("cookie 'rewrite' and 'indirect' modes are incompatible.")
	}
	if c.Preserve && c.Mode != "insert" && !c.Indirect {
		return d.Errf("cookie 'preserve' requires at least 'insert' or 'indirect'.")
	}
	return nil
}

func (c *Cookie) option(d *cfg.Dispenser) error {
	switch d.Val() {
	case "rewrite", "insert", "prefix":
		if c.Mode != "" && c.Mode != d.Val() {
			return d.Errf("cookie 'rewrite', 'insert' and 'prefix' modes are incompatible.")
		}
		c.Mode = d.Val()
	case "indirect":
		c.Indirect = true
	case "nocache":
		c.Nocache = true
	case "postonly":
		c.Postonly = true
	case "preserve":
		c.Preserve = true
	case "httponly":
		c.Httponly = true
	case "secure":
		c.Secure = true
	case "dynamic":
		c.Dynamic = true
	case "domain":
		return c.domain(d)
	case "maxidle":
		return cookieTime(d, &c.Maxidle)
	case "maxlife":
		return cookieTime(d, &c.Maxlife)
	case "attr":
		return c.attr(d)
	default:
		return d.Errf("'cookie' supports 'rewrite', 'insert', 'prefix', 'indirect', 'nocache', 'postonly', 'domain', 'maxidle', " +
			"'dynamic', 'maxlife' and 'attr' options.")
	}
	return nil
}

func (c *Cookie) domain(d *cfg.Dispenser) error {
	if !d.NextArg() {
		return d.Errf("'domain' expects <domain> as argument.")
	}
	if i := strings.IndexByte(d.Val()[1:], '.'); i < 0 {
		d.Warnf("domain '%s' contains no embedded dot, this configuration may not work properly (see RFC6265#5.2.3).", d.Val())
	}
	c.Domain = append(c.Domain, d.Val())
	return nil
}

func (c *Cookie) attr(d *cfg.Dispenser) error {
	if !d.NextArg() {
		return d.Errf("'attr' expects <value> as argument.")
	}
	for i := range len(d.Val()) {
		if b := d.Val()[i]; b < 0x20 || b == 0x7f || b == ';' {
			return d.Errf("character '%%x%02X' is not permitted in attribute value.", b)
		}
	}
	c.Attr = append(c.Attr, d.Val())
	return nil
}

// cookieTime reads a time, in seconds when it has no unit.
func cookieTime(d *cfg.Dispenser, target *Duration) error {
	name := d.Val()
	if !d.NextArg() {
		return d.Errf("'%s' expects <%s> in seconds as argument.", name, map[string]string{"maxidle": "idletime", "maxlife": "lifetime"}[name])
	}
	v, err := cfg.ParseDuration(d.Val(), time.Second)
	var flaw *cfg.UnitError
	if errors.As(err, &flaw) && flaw.Kind == cfg.Overflow {
		return d.Errf("timer overflow in argument to <%s> (maximum value is %s)", name, flaw.Limit)
	}
	if err != nil {
		return d.Errf("%s in argument to <%s>.", err, name)
	}
	*target = Duration(v)
	return nil
}
