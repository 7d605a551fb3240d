package stats

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

var showCLILevel = &command{
	words: "show cli level", usage: "show cli level", help: "display the level of the current CLI session", level: User,
	run: func(c *call) { c.text(levelInfo, c.session.level.String()) },
}

var showCLISockets = &command{
	words: "show cli sockets", usage: "show cli sockets", help: "dump list of cli sockets", level: User,
	run: func(c *call) {
		c.out = append(c.out, "# socket lvl processes\n"...)
		for _, s := range c.src.Sockets() {
			c.out = append(c.out, s.Name+" "+s.Level.String()+" all\n"...)
		}
	},
}

var showEnv = &command{
	words: "show env", usage: "show env [var]", help: "dump environment variables known to the process", level: Operator,
	run: func(c *call) {
		name := c.arg(0)
		if name == "" {
			for _, e := range os.Environ() {
				c.out = append(append(c.out, e...), '\n')
			}
			return
		}
		v, ok := os.LookupEnv(name)
		if !ok {
			c.fail("Variable not found")
			return
		}
		c.out = append(c.out, name+"="+v+"\n"...)
	},
}

var lowerUser = &command{
	words: "user", usage: "user", help: "lower the level of the current CLI session to user", level: User,
	run: func(c *call) { c.session.level = User },
}

var lowerOperator = &command{
	words: "operator", usage: "operator", help: "lower the level of the current CLI session to operator", level: Operator,
	run: func(c *call) { c.session.level = Operator },
}

var setSeverity = &command{
	words: "set severity-output", usage: "set severity-output [none|number|string]",
	help: "set presence of severity level in feedback information", level: User,
	run: func(c *call) {
		v, ok := ParseSeverity(c.arg(0))
		if !ok || c.arg(0) == "" {
			c.fail("one of 'none', 'number', 'string' is a required argument")
			return
		}
		c.severity = v
	},
}

var setTimeout = &command{
	words: "set timeout", usage: "set timeout [cli] <delay>", help: "change a timeout setting", level: User,
	run: func(c *call) {
		switch {
		case c.arg(0) != "cli":
			c.fail("'set timeout' only supports 'cli'.")
			return
		case c.arg(1) == "":
			c.fail("Expects an integer value.")
			return
		}
		d, err := cfg.ParseDuration(c.arg(1), time.Second)
		if err != nil || d < time.Millisecond {
			c.fail("Invalid timeout value.")
			return
		}
		c.session.timeout = d
	},
}

// leadingInt reads a number as HAProxy does and tells what stands behind it.
func leadingInt(s string) (int, string) {
	i := 0
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		i = 1
	}
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(s[:i])
	if err != nil {
		return 0, s
	}
	return n, s[i:]
}
