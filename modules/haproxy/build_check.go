package haproxy

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/check"
)

// checks notes that the servers of the backend are to be checked, and how.
func (c *proxyBuilder) checks() {
	var checker check.Checker = new(check.TCP)
	if len(c.p.Check) > 0 {
		mod, err := c.guest("Check", "haproxy.checks", "type", c.p.Check)
		if err != nil {
			c.fail(c.p.Where("option httpchk"), err)
			return
		}
		var ok bool
		if checker, ok = mod.(check.Checker); !ok {
			c.failf(c.p.Where("option httpchk"), "module %T is no health check", mod)
			return
		}
	}
	c.out.checked = append(c.out.checked, check.Backend{
		Backend: c.e.BE, Checker: checker,
		Connect: c.e.Timeouts.Connect, Timeout: time.Duration(c.p.Timeout.Check),
	})
}

// startChecks begins the health checks of a configuration that now rules.
func (b *built) startChecks() {
	g := &b.cfg.Global
	b.runner = check.Start(b.checked, check.Options{Spread: g.SpreadChecks, MaxSpread: time.Duration(g.MaxSpreadChecks)})
}

func (b *built) stopChecks() {
	if b.runner != nil {
		b.runner.Stop()
		b.runner = nil
	}
}
