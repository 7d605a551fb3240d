package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest|HTTPResponse, new(Deny)) }

// Deny refuses a request with 403 or a response with 502 (configuration.txt 4.2 "http-request deny").
type Deny struct{ denial }

// CaddyModule returns the Caddy module information.
func (*Deny) CaddyModule() caddy.ModuleInfo {
	return info("deny", func() caddy.Module { return new(Deny) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	deny [deny_status|status <code>] [content-type <type>]
//	  [default-errorfiles|errorfile <file>|errorfiles <name>|file <file>|lf-file <file>|string <str>|lf-string <fmt>]
//	  [hdr <name> <fmt>]...
func (a *Deny) UnmarshalHAProxy(d *cfg.Dispenser) error { return a.unmarshal(d) }

// Compile implements Action.
func (a *Deny) Compile(env *sample.Env) error {
	if env.Where&(sample.FERes|sample.BERes) != 0 {
		return a.compile(env, 502)
	}
	return a.compile(env, 403)
}

// Exec implements Action.
func (a *Deny) Exec(t *txn.Txn) txn.Verdict {
	a.answer(t)
	return txn.Deny
}

// denial is what deny and tarpit share: a Reply, or the proxy's error page for a status.
type denial struct {
	Reply
	// Empty makes an answer without a body and with no more than Hdr for fields; else, without a body, the proxy's error
	// page for the status is the answer.
	Empty bool `json:"empty,omitempty"`
}

func (a *denial) unmarshal(d *cfg.Dispenser) error {
	plain, err := a.Reply.unmarshal(d, true)
	a.Empty = !plain && len(a.sources()) == 0
	return err
}

func (a *denial) compile(env *sample.Env, status int) error {
	reply := a.Reply
	if !a.Empty && len(a.sources()) == 0 {
		reply.DefaultErrorfiles = true
	}
	err := reply.compile(env, status)
	reply.DefaultErrorfiles = a.DefaultErrorfiles
	a.Reply = reply
	return err
}

// answer readies what the engine sends: the status of an error page, or the whole answer.
func (a *denial) answer(t *txn.Txn) {
	t.DenyStatus = a.Status
	if a.kind == fromPages {
		return
	}
	a.fill(t)
	t.Reply.Ready = true
}

var _ Unmarshaler = (*Deny)(nil)
