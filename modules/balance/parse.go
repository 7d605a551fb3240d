package balance

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// unsupported are the algorithms that have their own issue.
var unsupported = []string{"source", "uri", "url_param", "hash", "rdp-cookie"}

// module is the JSON of a haproxy.balance module.
type module struct {
	Algorithm string `json:"algorithm"`
	Draws     int    `json:"draws,omitempty"`
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
	m := module{Algorithm: algorithm}
	name, args, hasArgs := strings.Cut(algorithm, "(")
	switch {
	case algorithm == "roundrobin", algorithm == "static-rr", algorithm == "leastconn", algorithm == "first", algorithm == "random":
	case name == "random" && hasArgs:
		var err error
		if m, err = parseRandom(d, args); err != nil {
			return nil, err
		}
	case name == "hdr" && hasArgs, contains(unsupported, name):
		return nil, d.Errf("'balance %s' is not supported yet.", name)
	default:
		msg := "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', 'hash', " +
			"'hdr(name)', 'rdp-cookie(name)', 'random' and 'first' options."
		if near := cfg.Nearest(algorithm, append([]string{"roundrobin", "static-rr", "leastconn", "first", "random"}, unsupported...)); near != "" {
			msg += " Did you mean '" + near + "' maybe ?"
		}
		return nil, d.Errf("%s", msg)
	}
	if d.Next() {
		return nil, d.Errf("'balance %s' cannot handle unexpected argument '%s'.", m.Algorithm, d.Val())
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

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}
