package action

import (
	"fmt"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(everySet, new(StrictMode)) }

// StrictMode says whether a rewrite that fails in the rules after it is an internal error, or is skipped (configuration.txt 4.2
// "http-request strict-mode"). It is on when a rule list begins.
type StrictMode struct {
	// Mode is "on" or "off".
	Mode string `json:"mode"`
}

// CaddyModule returns the Caddy module information.
func (*StrictMode) CaddyModule() caddy.ModuleInfo {
	return info("strict_mode", func() caddy.Module { return new(StrictMode) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	strict-mode on|off
func (a *StrictMode) UnmarshalHAProxy(d *cfg.Dispenser) error {
	if !d.Args(&a.Mode) {
		return d.Errf("expects exactly 1 arguments.")
	}
	return nil
}

// Compile implements Action.
func (a *StrictMode) Compile(*sample.Env) error {
	if a.Mode != "on" && a.Mode != "off" {
		return fmt.Errorf("Unexpected value '%s'. Only 'on' and 'off' are supported", a.Mode) //nolint:staticcheck // HAProxy's words
	}
	return nil
}

// Exec implements Action.
func (a *StrictMode) Exec(t *txn.Txn) txn.Verdict {
	t.Lax = a.Mode == "off"
	return txn.Continue
}

var _ Unmarshaler = (*StrictMode)(nil)
