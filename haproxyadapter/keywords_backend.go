package haproxyadapter

import (
	"slices"
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/balance"
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
	row("fullconn", inBack, func(p *parser, d *cfg.Dispenser) (err error) {
		p.proxy.Fullconn, err = integer(d, "fullconn", 0)
		return err
	}),
	row("retries", inBack, proxyRetries),
	row("retry-on", inBack, proxyRetryOn),
	row("http-reuse", inBack, proxyReuse),
}

// proxyBalance chooses the algorithm. Syntax: balance [<algorithm>[(<argument>)]]
func proxyBalance(p *parser, d *cfg.Dispenser) error {
	line := d.Line()
	if len(line.Words) > 2 && !slices.Contains(balanceWithWords, line.Words[1]) {
		d.Warnf("'balance %s' : further words are ignored.", line.Words[1])
		line.Words = line.Words[:2]
	}
	raw, err := balance.Parse(cfg.NewDispenser(line, p.diags))
	if err != nil {
		return err
	}
	d.Remaining()
	p.proxy.Balance = raw
	p.proxy.at(d, "balance")
	return nil
}

// balanceWithWords are the algorithms that take further words.
var balanceWithWords = []string{"hash", "uri", "url_param"}

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
