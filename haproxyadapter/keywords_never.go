package haproxyadapter

import "strings"

// neverKeywords are words that will not be supported, by the beginning of their name.
var neverKeywords = []struct{ prefix, why string }{
	{"51degrees-", "needs a proprietary library"},
	{"deviceatlas-", "needs a proprietary library"},
	{"wurfl-", "needs a proprietary library"},
	{"lua-", "write a Caddy module in Go instead of Lua"},
	{"tune.lua.", "write a Caddy module in Go instead of Lua"},
	{"option spop-check", "write a Caddy module in Go instead of a SPOE agent"},
	{"ssl-engine", "TLS is Go's"},
	{"ssl-provider", "TLS is Go's"},
	{"ssl-propquery", "TLS is Go's"},
}

// never is why a keyword will not be supported; empty when it may be.
func never(name string) string {
	for _, n := range neverKeywords {
		if strings.HasPrefix(name, n.prefix) {
			return n.why
		}
	}
	return ""
}
