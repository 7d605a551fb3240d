package action

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/sample"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

func init() { register(HTTPRequest, new(Auth)) }

// Auth asks for a user and a password (configuration.txt 4.2 "http-request auth").
type Auth struct {
	// Realm is what the browser shows. Default: the proxy's name.
	Realm string `json:"realm,omitempty"`

	challenge []byte
}

// CaddyModule returns the Caddy module information.
func (*Auth) CaddyModule() caddy.ModuleInfo {
	return info("auth", func() caddy.Module { return new(Auth) })
}

// UnmarshalHAProxy reads the rule's words. Syntax:
//
//	auth [realm <realm>]
func (a *Auth) UnmarshalHAProxy(d *cfg.Dispenser) error {
	if d.Accept("realm") && !d.Args(&a.Realm) {
		return d.Errf("missing realm value.")
	}
	return nil
}

// Compile implements Action.
func (a *Auth) Compile(env *sample.Env) error {
	realm := a.Realm
	if realm == "" {
		realm = env.Proxy
	}
	a.challenge = []byte(`Basic realm="` + realm + `"`)
	return nil
}

// Exec implements Action. The answer is the error page for 401 with a challenge in it.
func (a *Auth) Exec(t *txn.Txn) txn.Verdict {
	ErrorPage(t, 401)
	t.Res.Headers.Set(nameAuthenticate, a.challenge)
	return txn.Answer
}

var nameAuthenticate = []byte("www-authenticate")

var _ Unmarshaler = (*Auth)(nil)
