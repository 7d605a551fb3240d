package action

import (
	"errors"
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest|HTTPResponse, new(SetLogLevel)) }

// SetLogLevel changes the level of the transaction's log line (configuration.txt 4.2 "http-request set-log-level").
type SetLogLevel struct {
	// Level is a syslog level, or silent for no line at all.
	Level string `json:"level"`

	level int8
}

// CaddyModule returns the Caddy module information.
func (*SetLogLevel) CaddyModule() caddy.ModuleInfo {
	return info("set_log_level", func() caddy.Module { return new(SetLogLevel) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-log-level emerg|alert|crit|err|warning|notice|info|debug|silent
func (a *SetLogLevel) UnmarshalHAProxy(d *cfg.Dispenser) error {
	if !d.Args(&a.Level) || !slices.Contains(levels, a.Level) {
		return d.Errf("expects exactly 1 argument (log level name or 'silent').")
	}
	return nil
}

// Compile implements Action.
func (a *SetLogLevel) Compile(*sample.Env) error {
	i := slices.Index(levels, a.Level)
	if i < 0 {
		return errors.New("expects exactly 1 argument (log level name or 'silent')")
	}
	a.level = int8(i)
	return nil
}

// Exec implements Action.
func (a *SetLogLevel) Exec(t *txn.Txn) txn.Verdict {
	t.LogLevel = a.level
	return txn.Continue
}

// levels are the levels by number; the last one means that nothing is logged.
var levels = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "silent"}

var _ Unmarshaler = (*SetLogLevel)(nil)
