package haproxy

import "github.com/caddy-haproxy/caddy-haproxy/internal/engine"

func (c *proxyBuilder) statsPage() engine.Service { return nil }
