// Command caddy is Caddy with the haproxy suite compiled in.
package main

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/caddy-haproxy/caddy-haproxy"
	_ "github.com/mholt/caddy-l4"
)

func main() { caddycmd.Main() }
