package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(Reject)) }

// Reject closes the connection without an answer (configuration.txt 4.2 "http-request reject").
type Reject struct{}

// CaddyModule returns the Caddy module information.
func (*Reject) CaddyModule() caddy.ModuleInfo {
	return info("reject", func() caddy.Module { return new(Reject) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	reject
func (*Reject) UnmarshalHAProxy(*cfg.Dispenser) error { return nil }

// Compile implements Action.
func (*Reject) Compile(*sample.Env) error { return nil }

// Exec implements Action.
func (*Reject) Exec(*txn.Txn) txn.Verdict { return txn.Reject }

var _ Unmarshaler = (*Reject)(nil)
