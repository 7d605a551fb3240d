package stats

import (
	"fmt"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// server finds the server of "backend/server", or answers with an error.
func (c *call) server() *server.Server {
	backend, name, ok := strings.Cut(c.arg(0), "/")
	if !ok || name == "" {
		c.fail("Require 'backend/server'.")
		return nil
	}
	for _, p := range c.src.Proxies() {
		if p.Name != backend || p.Backend == nil {
			continue
		}
		if s := p.Backend.ServerByName(name); s != nil {
			return s
		}
		c.fail("No such server.")
		return nil
	}
	c.fail("No such backend.")
	return nil
}

var disableServer = &command{
	words: "disable server", usage: "disable server (DEPRECATED)",
	help: "disable a server for maintenance (use 'set server' instead)", level: Admin,
	run: func(c *call) { c.mode(server.Maintenance) },
}

var enableServer = &command{
	words: "enable server", usage: "enable server  (DEPRECATED)", help: "enable a disabled server (use 'set server' instead)",
	level: Admin,
	run: func(c *call) {
		// It ends maintenance only: a server in drain state stays there.
		if s := c.server(); s != nil {
			s.LeaveMaintenance()
		}
	},
}

func (c *call) mode(m server.Mode) {
	if s := c.server(); s != nil {
		s.SetMode(m)
	}
}

var disableHealth = &command{
	words: "disable health", usage: "disable health", help: "disable health checks", level: Admin,
	run: func(c *call) {
		if s := c.server(); s != nil {
			s.SetChecks(false)
		}
	},
}

var enableHealth = &command{
	words: "enable health", usage: "enable health", help: "enable health checks", level: Admin,
	run: func(c *call) {
		s := c.server()
		switch {
		case s == nil:
		case !s.Config().Check:
			c.fail("Health check was not configured on this server, cannot enable.")
		default:
			s.SetChecks(true)
		}
	},
}

var getWeight = &command{
	words: "get weight", usage: "get weight <bk>/<srv>", help: "report a server's current weight", level: User,
	run: func(c *call) {
		if s := c.server(); s != nil {
			c.out = fmt.Appendf(c.out, "%d (initial %d)\n", s.UserWeight(), s.InitWeight())
		}
	},
}

var setWeight = &command{
	words: "set weight", usage: "set weight <bk>/<srv>  (DEPRECATED)",
	help: "change a server's weight (use 'set server' instead)", level: Admin,
	run: func(c *call) {
		if s := c.server(); s != nil {
			c.weight(s, c.arg(1))
		}
	},
}

// weight sets a weight: a number, or a percentage of the configured one.
func (c *call) weight(s *server.Server, word string) {
	if word == "" {
		c.fail("Require <weight> or <weight%>.")
		return
	}
	n, rest := leadingInt(word)
	relative := rest == "%"
	switch {
	case rest == word: // these two sentences have no line end in HAProxy
		c.out = append(c.severity.appendMark(c.out, levelError), "Empty weight string empty or preceded by garbage"...)
		return
	case rest != "" && !relative:
		c.out = append(c.severity.appendMark(c.out, levelError), "Trailing garbage in weight string"...)
		return
	case relative && n < 0:
		c.fail("Relative weight must be positive.")
		return
	case relative:
		n = min(int(s.InitWeight())*n/100, maxWeight)
	case n < 0 || n > maxWeight:
		c.fail("Absolute weight can only be between 0 and 256 inclusive.")
		return
	}
	if err := s.SetWeight(n); err != nil {
		c.fail(err.Error())
	}
}

const maxWeight = 256

var setServer = &command{
	words: "set server", usage: "set server <bk>/<srv> [opts]", help: "change a server's state, weight, address or ssl",
	level: Admin, run: runSetServer,
}

func runSetServer(c *call) {
	s := c.server()
	if s == nil {
		return
	}
	switch c.arg(1) {
	case "weight":
		c.weight(s, c.arg(2))
	case "state":
		m, ok := map[string]server.Mode{"ready": server.Ready, "drain": server.Drain, "maint": server.Maintenance}[c.arg(2)]
		if !ok {
			c.fail("'set server <srv> state' expects 'ready', 'drain' and 'maint'.")
			return
		}
		s.SetMode(m)
	case "health":
		op, ok := map[string]server.Operation{
			"up": server.HealthUp, "stopping": server.HealthStopping, "down": server.HealthDown,
		}[c.arg(2)]
		if !ok {
			c.fail("'set server <srv> health' expects 'up', 'stopping', or 'down'.")
			return
		}
		s.SetHealth(op, "CLI")
	case "addr", "agent", "agent-addr", "agent-port", "agent-send", "check-addr", "check-port", "fqdn", "ssl":
		c.fail("'set server <srv> " + c.arg(1) + "' is not supported yet.")
	default:
		c.fail("usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | " +
			"check-port | fqdn | health | ssl | state | weight")
	}
}
