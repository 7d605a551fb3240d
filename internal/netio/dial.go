package netio

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// Addr is where to connect to: a TCP address, or the path of a unix socket.
type Addr struct {
	TCP  netip.AddrPort
	Unix string // wins over TCP; an abstract name begins with @
}

// Dial opens a connection to a, in at most timeout (0: the system's own limit).
func (t *Task) Dial(a Addr, timeout time.Duration) (*Conn, error) {
	ctx := context.Background()
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	network, addr := "tcp", ""
	if a.Unix != "" {
		network, addr = "unix", a.Unix
	} else {
		addr = a.TCP.String()
	}
	nc, err := dialer.DialContext(ctx, network, addr)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ErrTimeout
		}
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			return nil, ErrTimeout
		}
		return nil, sysErr(err)
	}
	return NewConn(nc), nil
}

// dialer leaves TCP keep-alives to `option srvtcpka`, as HAProxy does.
var dialer = &net.Dialer{KeepAlive: -1, KeepAliveConfig: net.KeepAliveConfig{Enable: false}}
