package action

import (
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest|HTTPResponse, new(SetNice)) }

// SetNice is checked and kept, and changes nothing: sessions of this engine have no priorities among each other (configuration.txt
// 4.2 "http-request set-nice").
type SetNice struct {
	// Nice is -1024 to 1024; values beyond are cut, as in HAProxy.
	Nice int `json:"nice"`
}

// CaddyModule returns the Caddy module information.
func (*SetNice) CaddyModule() caddy.ModuleInfo {
	return info("set_nice", func() caddy.Module { return new(SetNice) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-nice <nice>
func (a *SetNice) UnmarshalHAProxy(d *cfg.Dispenser) error {
	var word string
	if !d.Args(&word) {
		return d.Errf("expects exactly 1 argument (integer value).")
	}
	sign := 1
	if strings.HasPrefix(word, "-") {
		sign, word = -1, word[1:]
	}
	n, _ := strconv.Atoi(leadingDigits(word))
	a.Nice = min(max(sign*n, -1024), 1024)
	return nil
}

// Compile implements Action.
func (a *SetNice) Compile(env *sample.Env) error {
	warn(env, "set-nice has no effect: requests are not scheduled by priority.")
	return nil
}

// Exec implements Action.
func (a *SetNice) Exec(t *txn.Txn) txn.Verdict {
	t.Nice = a.Nice
	return txn.Continue
}

var _ Unmarshaler = (*SetNice)(nil)
