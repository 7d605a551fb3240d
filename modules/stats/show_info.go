package stats

import (
	"slices"
	"time"
)

var showInfo = &command{
	words: "show info", usage: "show info [desc|json|typed|float]*", help: "report information about the running process",
	level: User, run: runShowInfo,
}

func runShowInfo(c *call) {
	has := func(word string) bool { return slices.Contains(c.args, word) }
	p := c.src.Process()
	lines := p.info(has("float"), time.Now())
	switch {
	case has("json"):
		c.out = appendInfoJSON(c.out, lines)
	case has("typed"):
		c.out = appendInfoTyped(c.out, lines, has("desc"))
	default:
		c.out = appendInfo(c.out, lines, has("desc"))
	}
}

var showVersion = &command{
	words: "show version", usage: "show version", help: "show version of the current process", level: User,
	run: func(c *call) { c.text(levelInfo, Version) },
}
