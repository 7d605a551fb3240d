package server

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// UnmarshalHAProxy reads a `server` or a `default-server` line; c holds what earlier default-server lines said. Proxy
// should be set before, for the messages. Syntax:
//
//	server NAME ADDRESS[:PORT] [SETTING...]
//	default-server [SETTING...]
//
// All settings of configuration.txt 5.2 are known. One that needs what is not there yet is an error, one that has no
// effect a warning.
func (c *Config) UnmarshalHAProxy(d *cfg.Dispenser) error {
	d.Next()
	c.Pos = d.Pos()
	defaults := d.Val() == "default-server"
	if !defaults {
		if !d.Args(&c.Name, &c.Address) {
			return d.Errf("'server' expects <name> and <addr>[:<port>] as arguments.")
		}
		if i := strings.IndexFunc(c.Name, notNameChar); i >= 0 {
			return d.Errf("character '%c' is not permitted in server name '%s'.", c.Name[i], c.Name)
		}
		if _, err := ParseTarget(c.Address); err != nil {
			return c.errf(d, "%w", err)
		}
	}
	var errs []error
	for d.Next() {
		if err := c.setting(d, defaults); err != nil {
			errs = append(errs, err)
			if !skipArgs(d) {
				break // what follows could be arguments
			}
		}
	}
	return errors.Join(errs...)
}

// skipArgs steps over what is left of a setting that was refused, and says whether it is known how much that is.
func skipArgs(d *cfg.Dispenser) bool {
	n, ok := unsupported[d.Val()]
	for ; ok && n > 0; n-- {
		d.Next()
	}
	return ok
}

func (c *Config) errf(d *cfg.Dispenser, format string, a ...any) error {
	prefix := ""
	if c.Name != "" {
		prefix = "'server " + c.Name + "' : "
		if c.Proxy != "" {
			prefix = "'server " + c.Proxy + "/" + c.Name + "' : "
		}
	}
	return d.Errf(strings.ReplaceAll(prefix, "%", "%%")+format, a...)
}

func (c *Config) setting(d *cfg.Dispenser, defaults bool) error {
	word := d.Val()
	if word == "id" && defaults {
		return d.Errf("'id' option is not accepted in default-server sections")
	}
	if f := settings[word]; f != nil {
		return f(c, d)
	}
	if _, ok := unsupported[word]; ok {
		return c.errf(d, "'%s' is not supported yet.", word)
	}
	if n, ok := inert[word]; ok {
		return c.inert(d, word, n)
	}
	msg := "unknown keyword '" + word + "'"
	if near := cfg.Nearest(word, knownSettings()); near != "" {
		msg += "; did you mean '" + near + "' maybe ?"
	}
	if defaults {
		msg += " Hint: no address was expected for this server."
	}
	return c.errf(d, "%s", msg)
}

// inert takes a setting that cannot have an effect because the one it belongs to is not there: with HAProxy neither.
func (c *Config) inert(d *cfg.Dispenser, word string, args int) error {
	for range args {
		if !d.Next() {
			return c.errf(d, "'%s' expects an argument.", word)
		}
		if err := c.inertValue(d, word); err != nil {
			return err
		}
	}
	switch {
	case strings.HasPrefix(word, "no-"):
	case strings.HasPrefix(word, "agent-"):
		d.Warnf("'server %s' : '%s' has no effect without 'agent-check'.", c.Name, word)
	case word == "error-limit" || word == "on-error":
		d.Warnf("'server %s' : '%s' has no effect without 'observe'.", c.Name, word)
	case word == "tfo":
		d.Warnf("'server %s' : 'tfo' is ignored: connections to servers are opened without TCP Fast Open.", c.Name)
	default:
		d.Warnf("'server %s' : '%s' has no effect without 'ssl'.", c.Name, word)
	}
	return nil
}

// inertValue refuses what HAProxy refuses, too.
func (c *Config) inertValue(d *cfg.Dispenser, word string) error {
	var known []string
	switch word {
	case "error-limit":
		if n, _ := cfg.LeadingInt(d.Val()); n <= 0 {
			return c.errf(d, "error-limit has to be > 0.")
		}
	case "agent-inter":
		if v, err := cfg.ParseDuration(d.Val(), time.Millisecond); err != nil || v == 0 {
			return c.errf(d, "invalid value '%s' for argument 'agent-inter' of server %s.", d.Val(), c.Name)
		}
	case "on-error":
		known = []string{"fastinter", "fail-check", "sudden-death", "mark-down"}
	case "verify":
		known = []string{"none", "required"}
	case "ssl-min-ver", "ssl-max-ver":
		known = []string{"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"}
	}
	if known == nil || slices.Contains(known, d.Val()) {
		return nil
	}
	return c.errf(d, "'%s' expects one of '%s' but got '%s'.", word, strings.Join(known, "', '"), d.Val())
}

// unsupported are the settings whose effect is still missing, with how many words follow.
var unsupported = map[string]int{
	"agent-check": 0, "allow-0rtt": 0, "check-send-proxy": 0, "check-ssl": 0, "check-via-socks4": 0, "log-proto": 1,
	"namespace": 1, "on-marked-down": 1, "on-marked-up": 1, "proxy-v2-options": 1, "redir": 1, "resolve-net": 1,
	"resolve-opts": 1, "resolvers": 1, "send-proxy": 0, "send-proxy-v2": 0, "send-proxy-v2-ssl": 0,
	"send-proxy-v2-ssl-cn": 0, "slowstart": 1, "socks4": 1, "source": 1, "ssl": 0, "tcp-ut": 1, "track": 1,
	"interface": 1, "usesrc": 1,
}

// inert are the settings that have no effect on a clear connection or without another setting, with how many words follow.
var inert = map[string]int{
	"agent-addr": 1, "agent-inter": 1, "agent-port": 1, "agent-send": 1, "alpn": 1, "ca-file": 1, "check-alpn": 1,
	"check-sni": 1, "ciphers": 1, "ciphersuites": 1, "crl-file": 1, "crt": 1, "error-limit": 1, "force-sslv3": 0,
	"force-tlsv10": 0, "force-tlsv11": 0, "force-tlsv12": 0, "force-tlsv13": 0, "no-agent-check": 0, "no-check-ssl": 0,
	"no-check-send-proxy": 0,
	"no-send-proxy":       0, "no-send-proxy-v2": 0, "no-send-proxy-v2-ssl": 0, "no-send-proxy-v2-ssl-cn": 0, "no-ssl": 0,
	"no-ssl-reuse": 0, "no-sslv3": 0, "no-tfo": 0, "no-tls-tickets": 0, "no-tlsv10": 0, "no-tlsv11": 0, "no-tlsv12": 0,
	"no-tlsv13": 0, "npn": 1, "on-error": 1, "sni": 1, "ssl-max-ver": 1, "ssl-min-ver": 1, "ssl-reuse": 0, "tfo": 0,
	"tls-tickets": 0, "verify": 1, "verifyhost": 1,
}

type settingFunc func(*Config, *cfg.Dispenser) error

// settings are the settings that are honoured.
var settings map[string]settingFunc

func init() {
	settings = map[string]settingFunc{
		"weight":    func(c *Config, d *cfg.Dispenser) error { return c.setWeight(d) },
		"backup":    flag(func(c *Config) { c.Backup = true }),
		"no-backup": flag(func(c *Config) { c.Backup = false }),
		"disabled":  flag(func(c *Config) { c.Disabled = true }),
		"enabled":   flag(func(c *Config) { c.Disabled = false }),
		"check":     flag(func(c *Config) { c.Check = true }),
		"no-check":  flag(func(c *Config) { c.Check = false }),
		"stick":     flag(func(*Config) {}), // without stick rules neither has an effect; the rules say so themselves
		"non-stick": flag(func(*Config) {}),
		"maxconn":   number(0, func(c *Config) *int { return &c.MaxConn }),
		"minconn":   number(0, func(c *Config) *int { return &c.MinConn }),
		"maxqueue":  number(0, func(c *Config) *int { return &c.MaxQueue }),
		"rise":      positive(func(c *Config) *int { return &c.Rise }),
		"fall":      positive(func(c *Config) *int { return &c.Fall }),
		"id": func(c *Config, d *cfg.Dispenser) error {
			n, err := d.Int("id")
			if err == nil && n <= 0 {
				err = c.errf(d, "'id' : custom id has to be > 0")
			}
			c.ID = int(n)
			return err
		},
		"cookie":         text("'cookie' expects <value> as argument.", func(c *Config) *string { return &c.Cookie }),
		"inter":          interval(func(c *Config) *Duration { return &c.Inter }),
		"fastinter":      interval(func(c *Config) *Duration { return &c.FastInter }),
		"downinter":      interval(func(c *Config) *Duration { return &c.DownInter }),
		"port":           number(0, func(c *Config) *int { return &c.CheckPort }),
		"addr":           (*Config).setCheckAddress,
		"init-addr":      (*Config).setInitAddr,
		"resolve-prefer": (*Config).setResolvePrefer,
		"pool-low-conn":  number(0, func(c *Config) *int { return &c.PoolLowConn }),
		"pool-max-conn":  number(-1, func(c *Config) *int { c.PoolMaxConn = new(int); return c.PoolMaxConn }),
		"max-reuse":      number(-1, func(c *Config) *int { c.MaxReuse = new(int); return c.MaxReuse }),
		"pool-purge-delay": interval(func(c *Config) *Duration {
			c.PoolPurgeDelay = new(Duration)
			return c.PoolPurgeDelay
		}),
		"observe":     only("observe", "none"),
		"proto":       only("proto", "h1"),
		"check-proto": only("check-proto", "h1"),
		"ws":          only("ws", "auto", "h1"),
	}
}

func knownSettings() []string {
	var list []string
	for w := range settings {
		list = append(list, w)
	}
	for w := range unsupported {
		list = append(list, w)
	}
	for w := range inert {
		list = append(list, w)
	}
	return list
}

func flag(set func(*Config)) settingFunc {
	return func(c *Config, _ *cfg.Dispenser) error { set(c); return nil }
}

func text(missing string, at func(*Config) *string) settingFunc {
	return func(c *Config, d *cfg.Dispenser) error {
		if !d.Next() {
			return c.errf(d, "%s", missing)
		}
		*at(c) = d.Val()
		return nil
	}
}

func number(low int64, at func(*Config) *int) settingFunc {
	return func(c *Config, d *cfg.Dispenser) error {
		word := d.Val()
		n, err := d.Int(word)
		if err != nil {
			return err
		}
		if n < low || n > 1<<31-1 {
			return c.errf(d, "'%s' must be >= %d.", word, low)
		}
		if word == "port" && n > 65535 {
			return c.errf(d, "'port' : invalid port '%s'", d.Val())
		}
		*at(c) = int(n)
		return nil
	}
}

func positive(at func(*Config) *int) settingFunc {
	return func(c *Config, d *cfg.Dispenser) error {
		word := d.Val()
		if !d.Next() {
			return c.errf(d, "'%s' expects an integer argument.", word)
		}
		n, rest := cfg.LeadingInt(d.Val())
		if n <= 0 || n > 1<<31-1 {
			return c.errf(d, "'%s' has to be > 0.", word)
		}
		if rest != "" {
			d.Warnf("'%s' : '%s' is no integer; it is read as %d.", word, d.Val(), n)
		}
		*at(c) = int(n)
		return nil
	}
}

// interval reads a time in milliseconds. What follows the time is an error here, as HAProxy has it for servers.
func interval(at func(*Config) *Duration) settingFunc {
	return func(c *Config, d *cfg.Dispenser) error {
		word := d.Val()
		if !d.Next() {
			return c.errf(d, "'%s' expects a delay as argument.", word)
		}
		v, err := cfg.ParseDuration(d.Val(), time.Millisecond)
		var flaw *cfg.UnitError
		if errors.As(err, &flaw) && flaw.Kind == cfg.Overflow {
			return c.errf(d, "timer overflow in argument <%s> to <%s> of server %s, maximum value is 2147483647 ms (~24.8 days).", d.Val(), word, c.Name)
		}
		if flaw != nil {
			return c.errf(d, "unexpected character '%c' in '%s' argument of server %s.", flaw.Char, word, c.Name)
		}
		if v == 0 && word != "pool-purge-delay" {
			return c.errf(d, "invalid value %d for argument '%s' of server %s.", v, word, c.Name)
		}
		*at(c) = Duration(v)
		return nil
	}
}

// only takes the values of a setting that mean what this project does anyway.
func only(what string, values ...string) settingFunc {
	known := map[string][]string{
		"observe": {"none", "layer4", "layer7"}, "proto": {"h1", "h2", "fcgi", "none"},
		"check-proto": {"h1", "h2", "fcgi", "none"}, "ws": {"auto", "h1", "h2"},
	}[what]
	return func(c *Config, d *cfg.Dispenser) error {
		if !d.Next() {
			return c.errf(d, "'%s' expects one of '%s'.", what, strings.Join(known, "', '"))
		}
		for _, v := range values {
			if v == d.Val() {
				return nil
			}
		}
		for _, v := range known {
			if v == d.Val() {
				return c.errf(d, "'%s %s' is not supported yet.", what, v)
			}
		}
		return c.errf(d, "'%s' expects one of '%s' but got '%s'", what, strings.Join(known, "', '"), d.Val())
	}
}

func (c *Config) setWeight(d *cfg.Dispenser) error {
	n, err := d.Int("weight")
	if err != nil {
		return err
	}
	if n < 0 || n > maxWeight {
		return c.errf(d, "weight of server %s is not within 0 and %d (%d).", c.Name, maxWeight, n)
	}
	w := int(n)
	c.Weight = &w
	return nil
}

func (c *Config) setCheckAddress(d *cfg.Dispenser) error {
	if !d.Next() {
		return c.errf(d, "'addr' expects <ipv4|ipv6> as argument.")
	}
	t, err := ParseTarget(d.Val())
	if err != nil {
		return c.errf(d, "'addr' : %w", err)
	}
	if t.Host != "" {
		return c.errf(d, "'addr' : invalid address: '%s' in '%s'", t.Host, d.Val())
	}
	c.CheckAddress = d.Val()
	return nil
}

func (c *Config) setInitAddr(d *cfg.Dispenser) error {
	if !d.Next() {
		return c.errf(d, "'init-addr' expects a list of methods as argument.")
	}
	list := strings.Split(d.Val(), ",")
	for _, m := range list {
		if m == "last" || m == "libc" || m == "none" {
			continue
		}
		if _, err := netip.ParseAddr(m); err != nil {
			return c.errf(d, "'init-addr' : unknown init-addr method '%s', supported methods are 'libc', 'last', 'none'.", m)
		}
	}
	c.InitAddr = list
	return nil
}

func (c *Config) setResolvePrefer(d *cfg.Dispenser) error {
	if !d.Next() || d.Val() != "ipv4" && d.Val() != "ipv6" {
		return c.errf(d, "'resolve-prefer' expects either ipv4 or ipv6 as argument.")
	}
	c.ResolvePrefer = d.Val()
	return nil
}
