package server

import "github.com/caddy-haproxy/caddy-haproxy/internal/duration"

// Duration is a time.Duration that JSON shows as "1m30s".
type Duration = duration.Duration
