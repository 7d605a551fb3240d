package haproxy

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/engine"
	"github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// backend compiles what only backends have.
func (c *proxyBuilder) backend() {
	p, e := c.p, c.e
	if !p.Type.HasBackend() {
		return
	}
	e.Retries = 3
	if p.Retries != nil {
		e.Retries = *p.Retries
	}
	e.Redispatch = p.Redispatch
	c.retryOn()
	switch p.HTTPReuse {
	case "", "safe":
	case "never":
		e.Reuse = engine.ReuseNever
	case "aggressive":
		e.Reuse = engine.ReuseAggressive
	case "always":
		e.Reuse = engine.ReuseAlways
	default:
		c.failf(p.Where("http-reuse"), "unknown http-reuse '%s'", p.HTTPReuse)
	}
	if p.Cookie != nil {
		e.Cookie = &engine.Cookie{Name: p.Cookie.Name}
		if p.Cookie.Mode != "" {
			c.failf(p.Cookie.Pos, "cookie mode '%s' is not supported yet", p.Cookie.Mode)
		}
	}
	s := &server.Settings{
		ID: e.ID, Servers: p.Server, Balancer: c.balancer(), AllBackups: p.Option.Allbackups,
		FullConn:   c.cfg.fullConn(p),
		Redispatch: p.Redispatch != 0, LogHealth: p.Option.LogHealthChecks, Listen: p.Type == TypeListen,
		Disabled: p.Disabled,
	}
	s.Log = func(level int, msg string) {
		e.Log.Say(level, msg)
		tellState(level, msg)
	}
	if err := s.Validate(); err != nil {
		c.fail(p.Pos, wrap("backend", p.Name, err))
		return
	}
	c.out.settings[e.BE] = s
	c.checks()
}

var retryWords = map[string]engine.RetryOn{
	"conn-failure": engine.RetryConnFailure, "empty-response": engine.RetryEmptyResponse,
	"junk-response": engine.RetryJunkResponse, "response-timeout": engine.RetryResponseTimeout,
	"0rtt-rejected": engine.Retry0RTTRejected, "401": engine.Retry401, "403": engine.Retry403, "404": engine.Retry404,
	"408": engine.Retry408, "425": engine.Retry425, "500": engine.Retry500, "501": engine.Retry501, "502": engine.Retry502,
	"503": engine.Retry503, "504": engine.Retry504, "none": 0,
	"all-retryable-errors": engine.RetryConnFailure | engine.RetryEmptyResponse | engine.RetryJunkResponse |
		engine.RetryResponseTimeout | engine.Retry0RTTRejected | engine.Retry500 | engine.Retry502 | engine.Retry503 | engine.Retry504,
}

func (c *proxyBuilder) retryOn() {
	if len(c.p.RetryOn) == 0 {
		c.e.RetryOn = engine.RetryConnFailure
		return
	}
	for _, w := range c.p.RetryOn {
		bit, ok := retryWords[w]
		if !ok {
			c.failf(c.p.Where("retry-on"), "'retry-on': unknown keyword '%s'", w)
		}
		c.e.RetryOn |= bit
	}
}

// balancer loads the algorithm.
func (c *proxyBuilder) balancer() server.Balancer {
	if len(c.p.Balance) == 0 {
		return new(balance.RoundRobin)
	}
	mod, err := c.guest("Balance", "haproxy.balance", "algorithm", c.p.Balance)
	if err != nil {
		c.fail(c.p.Where("balance"), err)
		return new(balance.RoundRobin)
	}
	lb, ok := mod.(server.Balancer)
	if !ok {
		c.failf(c.p.Where("balance"), "module %T is no balance algorithm", mod)
		return new(balance.RoundRobin)
	}
	return lb
}

// guest loads a guest module of the proxy: through Caddy when it is going to run, else only to look at it.
func (c *proxyBuilder) guest(field, namespace, inline string, raw json.RawMessage) (any, error) {
	if c.live {
		return c.ctx.LoadModule(c.p, field)
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	var name string
	if err := json.Unmarshal(m[inline], &name); err != nil {
		return nil, fmt.Errorf("%s: %w", inline, err)
	}
	info, err := caddy.GetModule(namespace + "." + name)
	if err != nil {
		return nil, err
	}
	delete(m, inline)
	rest, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	mod := info.New()
	if err := caddy.StrictUnmarshalJSON(rest, mod); err != nil {
		return nil, err
	}
	if p, ok := mod.(interface{ Provision(caddy.Context) error }); ok {
		ctx, cancel := caddy.NewContext(caddy.Context{Context: context.Background()})
		defer cancel()
		if err := p.Provision(ctx); err != nil {
			return nil, err
		}
	}
	if v, ok := mod.(caddy.Validator); ok {
		if err := v.Validate(); err != nil {
			return nil, err
		}
	}
	return mod, nil
}
