package track

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/internal/duration"
)

func init() { caddy.RegisterModule(new(Listener)) }

// Listener is track_listener: it is up while a connection to an address can be made. The connection is closed at once, without
// a byte; what listens sees a client that says nothing. keepalived has no such word; people write a script with nc.
type Listener struct {
	Weighing
	// Address is "host:port", ":port" (127.0.0.1, else ::1) or "unix//path", as Caddy writes addresses.
	Address string `json:"address"`
	// Interval is between two connections (interval). Default 1s.
	Interval duration.Duration `json:"interval,omitempty"`
	// Timeout is how long a connection may take (timeout). Default Interval.
	Timeout duration.Duration `json:"timeout,omitempty"`
	// Rise and Fall are how many must succeed or fail in a row to make a change (rise, fall). Default 1.
	Rise int `json:"rise,omitempty"`
	Fall int `json:"fall,omitempty"`
	// InitFailed takes it for down until it has been connected to (init_fail).
	InitFailed bool `json:"init_fail,omitempty"`

	network, dial string
}

// CaddyModule registers the tracker.
func (*Listener) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "vrrp.trackers.listener", New: func() caddy.Module { return new(Listener) }}
}

// Provision reads the address.
func (l *Listener) Provision(caddy.Context) error {
	atLeast(&l.Interval, time.Second)
	if l.Timeout == 0 {
		l.Timeout = l.Interval
	}
	l.Rise, l.Fall = max(1, l.Rise), max(1, l.Fall)
	a, err := caddy.ParseNetworkAddress(l.Address)
	if err != nil {
		return err
	}
	l.network = a.Network
	switch {
	case a.IsUnixNetwork():
		l.dial = a.Host
	case a.PortRangeSize() != 1 || a.StartPort == 0:
		return errors.New("a listener tracker needs an address with one port: " + l.Address)
	default:
		l.dial = a.JoinHostPort(0) // no host: package net takes the loopback address
	}
	return nil
}

// Validate refuses what cannot be connected to.
func (l *Listener) Validate() error {
	switch l.network {
	case "tcp", "tcp4", "tcp6", "unix", "unixpacket":
	default:
		return errors.New("a listener tracker connects; it cannot with network " + l.network)
	}
	if l.Interval < 0 || l.Timeout < 0 {
		return errors.New("negative interval or timeout")
	}
	return nil
}

// DefaultWeight is weight and reverse.
func (l *Listener) DefaultWeight() (int, bool) { return l.or(0) }

// InitFail is init_fail.
func (l *Listener) InitFail() bool { return l.InitFailed }

// Run connects until ctx is done.
func (l *Listener) Run(ctx context.Context, tell func(Verdict)) {
	c := counter{rise: l.Rise, fall: l.Fall, tell: tell}
	dialer := net.Dialer{Timeout: time.Duration(l.Timeout)}
	every(ctx, time.Duration(l.Interval), func() {
		conn, err := dialer.DialContext(ctx, l.network, l.dial)
		if ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return
		}
		if err != nil {
			c.count(false, err.Error())
			return
		}
		if t, ok := conn.(*net.TCPConn); ok {
			t.SetLinger(0) // no TIME-WAIT for each look
		}
		conn.Close()
		c.count(true, l.Address+" accepts connections")
	})
}

var (
	_ Tracker           = (*Listener)(nil)
	_ Weigher           = (*Listener)(nil)
	_ InitFailer        = (*Listener)(nil)
	_ caddy.Provisioner = (*Listener)(nil)
	_ caddy.Validator   = (*Listener)(nil)
)
