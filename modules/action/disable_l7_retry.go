package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(DisableL7Retry)) }

// DisableL7Retry forbids to repeat the request after anything but a failed connect (configuration.txt 4.2 "http-request
// disable-l7-retry").
type DisableL7Retry struct{}

// CaddyModule returns the Caddy module information.
func (*DisableL7Retry) CaddyModule() caddy.ModuleInfo {
	return info("disable_l7_retry", func() caddy.Module { return new(DisableL7Retry) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	disable-l7-retry
func (*DisableL7Retry) UnmarshalHAProxy(*cfg.Dispenser) error { return nil }

// Compile implements Action.
func (*DisableL7Retry) Compile(*sample.Env) error { return nil }

// Exec implements Action.
func (*DisableL7Retry) Exec(t *txn.Txn) txn.Verdict {
	t.NoL7Retry = true
	return txn.Continue
}

var _ Unmarshaler = (*DisableL7Retry)(nil)
