//go:build !linux

package guard

import (
	"net"
	"os"
	"sync/atomic"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

type process struct {
	conn    net.Conn
	stderr  *os.File
	stuck   atomic.Bool
	refused error
}

func (*process) pid() int        { return 0 }
func (*process) kill()           {}
func (*process) end(error) error { return netif.ErrUnsupported }

func (*Guard) spawn() (*process, error) { return nil, netif.ErrUnsupported }
func (*Guard) sweep()                   {}
func takePrivileges(setup) []string     { return nil }

// Main is the guard's program, where there is Linux.
func Main() int { settle(); return 2 }
