package haproxy

import "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

// StatsSocket is one `stats socket` line: a place where commands are taken (configuration.txt 3.1 "stats socket").
type StatsSocket struct {
	// Address is the place to listen on.
	Address []Address `json:"address"`
	BindOptions

	Pos cfg.Pos `json:"-"`
}
