//go:build !linux

package haproxy

import (
	"net"
	"syscall"
)

// socket has nothing to catch: sessions run on goroutines.
type socket struct{}

func (*socket) control(o *BindOptions) func(network, addr string, rc syscall.RawConn) error {
	return o.control
}

func (*socket) close() {}

func (*socket) wrap(ln net.Listener, _ string) net.Listener { return ln }
