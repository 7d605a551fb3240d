package stats

import (
	_ "embed"
)

var showStat = &command{
	words: "show stat", usage: "show stat [desc|json|no-maint|typed|up]*", help: "report counters for each proxy and server",
	level: User, run: runShowStat,
}

func runShowStat(c *call) {
	w := all
	w.maxconn = int64(c.src.Process().Maxconn)
	w.details = c.level >= Operator
	args := c.args
	if len(args) > 0 && args[0] == "domain" {
		if c.arg(1) != "proxy" {
			c.fail("Invalid statistics domain.")
			return
		}
		args = args[2:]
	}
	list := c.src.Proxies()
	if len(args) >= 3 {
		iid, ok := proxyID(list, args[0])
		if !ok {
			c.fail("No such proxy.")
			return
		}
		w.iid, w.types, w.sid = iid, number(args[1]), number(args[2])
	}
	c.out = appendStat(c.out, list, &w, statFormat(args, &w), nil)
}

// statFormat reads the words that choose the form.
func statFormat(args []string, w *view) format {
	f, desc := formatCSV, format(0)
	for _, a := range args {
		switch a {
		case "typed":
			f = formatTyped
		case "json":
			f = formatJSON
		case "desc":
			desc = formatDesc
		case "up":
			w.hideDown = true
		case "no-maint":
			w.hideMaint = true
		}
	}
	return f | desc
}

// proxyID finds a proxy by number or name.
func proxyID(list []*Proxy, word string) (int, bool) {
	if n := number(word); n != 0 {
		return n, true
	}
	for _, p := range list {
		if p.Name == word {
			return p.ID, true
		}
	}
	return 0, false
}

// number reads the number that s begins with, 0 when there is none.
func number(s string) int {
	n, _ := leadingInt(s)
	return n
}

var showSchema = &command{
	words: "show schema json", usage: "show schema json", help: "report schema used for stats", level: User,
	run: func(c *call) { c.out = append(c.out, schema...) },
}

// schema describes the JSON forms.
//
//go:embed schema.json
var schema string

var showBackend = &command{
	words: "show backend", usage: "show backend", help: "list backends in the current running config", level: User,
	run: func(c *call) {
		c.out = append(c.out, "# name\n"...)
		for _, p := range c.src.Proxies() {
			if p.Backend != nil {
				c.out = append(append(c.out, p.Name...), '\n')
			}
		}
	},
}
