package haproxyadapter

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// proxyBackend are the keywords about servers (configuration.txt 4.2).
var proxyBackend = []keyword{
	row("balance", inBack, proxyBalance),
	row("cookie", inBack, func(p *parser, d *cfg.Dispenser) error {
		c := new(haproxy.Cookie)
		d.Back()
		if err := c.UnmarshalHAProxy(d); err != nil {
			return err
		}
		p.proxy.Cookie = c
		p.proxy.at(d, "cookie")
		return nil
	}),
	row("default-server", inBack, proxyDefaultServer),
	row("server", inListen|inBackend, proxyServer),
	row("retries", inBack, proxyRetries),
	row("retry-on", inBack, proxyRetryOn),
	row("http-reuse", inBack, proxyReuse),
}

// unmarshaler is a guest module that a haproxy.cfg can hold.
type unmarshaler interface {
	caddy.Module
	UnmarshalHAProxy(d *cfg.Dispenser) error
}

// guest reads the words after d's present one, of which the first names the module, and writes it as JSON with the module's name under key.
func guest(d *cfg.Dispenser, namespace, name, key string) (json.RawMessage, bool, error) {
	info, err := caddy.GetModule(namespace + "." + strings.ReplaceAll(name, "-", "_"))
	if err != nil {
		return nil, false, nil
	}
	mod := info.New()
	if u, ok := mod.(unmarshaler); ok {
		if err := u.UnmarshalHAProxy(d); err != nil {
			return nil, true, err
		}
	}
	var warnings []caddyconfig.Warning
	raw := caddyconfig.JSONModuleObject(mod, key, info.ID.Name(), &warnings)
	if len(warnings) > 0 {
		return nil, true, d.Errf("%s", warnings[0].Message)
	}
	return raw, true, nil
}

// balanceLater are HAProxy's algorithms that are not supported yet.
var balanceLater = []string{"hash", "hdr", "rdp-cookie", "source", "uri", "url_param"}

// proxyBalance chooses the algorithm. Syntax: balance [<algorithm>[(<argument>)] [<argument>...]]
func proxyBalance(p *parser, d *cfg.Dispenser) error {
	algorithm := "roundrobin"
	if next, ok := d.Peek(); ok {
		algorithm, _, _ = strings.Cut(next, "(")
	}
	raw, known, err := guest(d, "haproxy.balance", algorithm, "algorithm")
	if err != nil {
		return err
	}
	if !known && slices.Contains(balanceLater, algorithm) {
		return d.Errf("'balance' : algorithm '%s' is not supported yet.", algorithm)
	}
	if !known {
		msg := "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', 'hdr(name)' and " +
			"'rdp-cookie(name)' options."
		if near := cfg.Nearest(algorithm, append([]string{"roundrobin", "static-rr", "leastconn", "first", "random"}, balanceLater...)); near != "" {
			msg += " Did you mean '" + near + "' maybe ?"
		}
		return d.Errf("%s", msg)
	}
	d.Remaining() // HAProxy ignores words that an algorithm does not take
	p.proxy.Balance = raw
	p.proxy.at(d, "balance")
	return nil
}

func proxyRetries(p *parser, d *cfg.Dispenser) error {
	if !d.NextArg() {
		return d.Errf("'retries' expects an integer argument (dispatch counts for one).")
	}
	n, err := strconv.Atoi(d.Val())
	if err != nil || n < 0 {
		return d.Errf("'retries' expects an integer argument, got '%s'.", d.Val())
	}
	p.proxy.Retries = &n
	return nil
}

// retryWords are the reasons for a retry (configuration.txt 4.2 "retry-on").
var retryWords = []string{
	"0rtt-rejected", "401", "403", "404", "408", "425", "500", "501", "502", "503", "504", "all-retryable-errors",
	"conn-failure", "empty-response", "junk-response", "none", "response-timeout",
}

func proxyRetryOn(p *parser, d *cfg.Dispenser) error {
	words := d.Remaining()
	if len(words) == 0 {
		return d.Errf("'retry-on' needs at least one keyword to specify when to retry")
	}
	for _, w := range words {
		if !slices.Contains(retryWords, w) {
			return d.Errf("'retry-on': unknown keyword '%s'", w)
		}
		if w == "none" && len(words) > 1 {
			return d.Errf("'retry-on' 'none' keyworld only usable alone")
		}
	}
	p.proxy.RetryOn = slices.Clone(words)
	p.proxy.at(d, "retry-on")
	return nil
}

func proxyReuse(p *parser, d *cfg.Dispenser) error {
	d.NextArg()
	switch d.Val() {
	case "never", "safe", "aggressive", "always":
	default:
		return d.Errf("'http-reuse' only supports 'never', 'safe', 'aggressive', 'always'.")
	}
	if next, ok := d.Peek(); ok {
		return d.Errf("'http-reuse %s' cannot handle unexpected argument '%s'.", d.Val(), next)
	}
	p.proxy.HTTPReuse = d.Val()
	return nil
}
