package action

import (
	"errors"
	"strconv"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(responses, new(SetStatus)) }

// SetStatus replaces the status of a response and its reason (configuration.txt 4.2 "http-response set-status").
type SetStatus struct {
	// Status is 100 to 999.
	Status int `json:"status"`
	// Reason is the reason phrase. Default: the usual one of the status.
	Reason string `json:"reason,omitempty"`

	reason []byte
}

// CaddyModule returns the Caddy module information.
func (*SetStatus) CaddyModule() caddy.ModuleInfo {
	return info("set_status", func() caddy.Module { return new(SetStatus) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	set-status <status> [reason <str>]
func (a *SetStatus) UnmarshalHAProxy(d *cfg.Dispenser) error {
	var word string
	if !d.Args(&word) {
		return d.Errf("expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>.")
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < 100 || n > 999 {
		return d.Errf("expects an integer status code between 100 and 999.")
	}
	a.Status = n
	if next, _ := d.Peek(); next == "reason" && d.Count() > 1 {
		d.Next()
		d.Args(&a.Reason)
	}
	return nil
}

// Compile implements Action.
func (a *SetStatus) Compile(*sample.Env) error {
	if a.Status < 100 || a.Status > 999 {
		return errors.New("expects an integer status code between 100 and 999")
	}
	a.reason = []byte(a.Reason)
	if a.Reason == "" {
		a.reason = []byte(reason(a.Status))
	}
	return nil
}

// Exec implements Action.
func (a *SetStatus) Exec(t *txn.Txn) txn.Verdict {
	t.Res.Status, t.Res.Reason = a.Status, a.reason
	return txn.Continue
}

var _ Unmarshaler = (*SetStatus)(nil)
