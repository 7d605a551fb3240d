package haproxy

import "github.com/caddy-haproxy/caddy-haproxy/modules/server"

// Duration is a time.Duration that JSON shows as "1m30s", as a server's does. A bare JSON number is nanoseconds, as
// everywhere in Caddy.
type Duration = server.Duration
