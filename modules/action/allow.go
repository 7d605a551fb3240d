package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(everySet, new(Allow)) }

// Allow ends the rule list and lets the message pass (configuration.txt 4.2 "http-request allow").
type Allow struct{}

// CaddyModule returns the Caddy module information.
func (*Allow) CaddyModule() caddy.ModuleInfo {
	return info("allow", func() caddy.Module { return new(Allow) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	allow
func (*Allow) UnmarshalHAProxy(*cfg.Dispenser) error { return nil }

// Compile implements Action.
func (*Allow) Compile(*sample.Env) error { return nil }

// Exec implements Action.
func (*Allow) Exec(*txn.Txn) txn.Verdict { return txn.Stop }

var _ Unmarshaler = (*Allow)(nil)
