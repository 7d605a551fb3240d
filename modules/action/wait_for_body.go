package action

import (
	"errors"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(WaitForBody)) }

// WaitForBody waits for the message's body (configuration.txt 4.2 "http-request wait-for-body").
type WaitForBody struct {
	// Time is how long to wait at most.
	Time caddy.Duration `json:"time"`
	// AtLeast is how many bytes are enough. Default: 0, the whole body, or what fits in a buffer.
	AtLeast int64 `json:"at_least,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (*WaitForBody) CaddyModule() caddy.ModuleInfo {
	return info("wait_for_body", func() caddy.Module { return new(WaitForBody) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	wait-for-body time <time> [at-least <bytes>]
func (a *WaitForBody) UnmarshalHAProxy(d *cfg.Dispenser) error {
	seen := false
	for !ended(d) {
		if !d.Accept("time", "at-least") {
			break
		}
		word := d.Val()
		if !d.Next() {
			return d.Errf("missing argument for '%s'.", word)
		}
		if err := a.set(word, d.Val()); err != nil {
			return d.Errf("%s.", err)
		}
		seen = seen || word == "time"
	}
	if !seen || !ended(d) {
		return d.Errf("expects time <time> [ at-least <bytes> ].")
	}
	return nil
}

// Compile implements Action.
func (a *WaitForBody) Compile(*sample.Env) error {
	if a.Time <= 0 {
		return errors.New("expects time <time> [ at-least <bytes> ]")
	}
	return nil
}

// Exec implements Action.
func (a *WaitForBody) Exec(t *txn.Txn) txn.Verdict {
	t.Wait = txn.WaitBody{Timeout: time.Duration(a.Time), AtLeast: a.AtLeast}
	return txn.NeedBody
}

func (a *WaitForBody) set(word, value string) (err error) {
	if word == "at-least" {
		a.AtLeast, err = cfg.ParseSize(value)
		return err
	}
	d, err := cfg.ParseDuration(value, time.Millisecond)
	a.Time = caddy.Duration(d)
	return err
}

var _ Unmarshaler = (*WaitForBody)(nil)
