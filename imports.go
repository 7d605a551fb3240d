// Package caddyhaproxy brings the whole suite into a Caddy build: import it for its side effects only.
package caddyhaproxy

import (
	_ "github.com/caddy-haproxy/caddy-haproxy/caddyfile"
	_ "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter"
	_ "github.com/caddy-haproxy/caddy-haproxy/haproxycmd"
	_ "github.com/caddy-haproxy/caddy-haproxy/modules/action"
	_ "github.com/caddy-haproxy/caddy-haproxy/modules/balance"
	_ "github.com/caddy-haproxy/caddy-haproxy/modules/check"
	_ "github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
	_ "github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	_ "github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf"
)
