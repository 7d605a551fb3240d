package check

import (
	"net"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

func init() { caddy.RegisterModule(new(TCP)) }

// TCP is the check without any option: a server is fine when it accepts a connection (configuration.txt 5.2 "check").
type TCP struct{}

// CaddyModule registers the check.
func (*TCP) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "haproxy.checks.tcp", New: func() caddy.Module { return new(TCP) }}
}

// Talk says nothing: the connection is there.
func (*TCP) Talk(conn net.Conn, _ *server.Server) server.CheckResult {
	if c, ok := conn.(*net.TCPConn); ok {
		c.SetLinger(0) // no TIME-WAIT for each check
	}
	return server.CheckResult{Status: server.CheckL4OK}
}

var _ Checker = (*TCP)(nil)
