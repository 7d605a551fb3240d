package balance

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// unsupported are the algorithms that have their own issue.
var unsupported = []string{"source", "uri", "url_param", "hash", "rdp-cookie"}

// supported are the algorithms, as haproxy.cfg spells them.
var supported = []string{"roundrobin", "static-rr", "leastconn", "first", "random"}

// module is the JSON of a haproxy.balance module.
type module struct {
	// Algorithm is the last part of the module's ID.
	Algorithm string `json:"algorithm"`
	// Draws is how many servers "random" compares.
	Draws int `json:"draws,omitempty"`
}

// Parse reads a `balance` line into the JSON of a haproxy.balance module. Syntax:
//
//	balance roundrobin | static-rr | leastconn | first | random[(DRAWS)]
//
// The algorithms source, uri, url_param, hash, hdr(NAME) and rdp-cookie are known but not supported yet.
func Parse(d *cfg.Dispenser) (json.RawMessage, error) {
	d.Next()
	algorithm := "roundrobin"
	if d.Next() {
		algorithm = d.Val()
	}
	m := module{Algorithm: strings.ReplaceAll(algorithm, "-", "_")}
	name, args, hasArgs := strings.Cut(algorithm, "(")
	switch {
	case slices.Contains(supported, algorithm):
	case name == "random" && hasArgs:
		var err error
		if m, err = parseRandom(d, args); err != nil {
			return nil, err
		}
	case name == "hdr" && hasArgs, slices.Contains(unsupported, name):
		return nil, d.Errf("'balance %s' is not supported yet.", name)
	default:
		msg := "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', 'hash', " +
			"'hdr(name)', 'rdp-cookie(name)', 'random' and 'first' options."
		if near := cfg.Nearest(algorithm, slices.Concat(supported, unsupported)); near != "" {
			msg += " Did you mean '" + near + "' maybe ?"
		}
		return nil, d.Errf("%s", msg)
	}
	if d.Next() {
		return nil, d.Errf("'balance %s' cannot handle unexpected argument '%s'.", algorithm, d.Val())
	}
	return json.Marshal(m)
}

func parseRandom(d *cfg.Dispenser, args string) (module, error) {
	draws, ok := strings.CutSuffix(args, ")")
	n, err := strconv.Atoi(draws)
	switch {
	case !ok:
		return module{}, d.Errf("balance random : missing closing parenthesis.")
	case draws == "":
		return module{Algorithm: "random"}, nil
	case err != nil:
		return module{}, d.Errf("balance random : '%s' is not an integer.", draws)
	case n < 1:
		return module{}, d.Errf("balance random : number of draws must be at least 1.")
	}
	return module{"random", n}, nil
}
