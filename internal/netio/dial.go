package netio

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Addr is where to connect to: a TCP address, or the path of a unix socket.
type Addr struct {
	TCP  netip.AddrPort
	Unix string // wins over TCP; an abstract name begins with @
}

// Dial opens a connection to a, in at most timeout (0: the system's own limit).
func (t *Task) Dial(a Addr, timeout time.Duration) (*Conn, error) {
	if t.on.lp != nil {
		return t.loopDial(a, timeout)
	}
	ctx, ok := t.dial.begin(timeout)
	if !ok {
		return nil, ErrAborted
	}
	defer t.dial.end()
	network, addr := "tcp", ""
	if a.Unix != "" {
		network, addr = "unix", a.Unix
	} else {
		addr = a.TCP.String()
	}
	nc, err := dialer.DialContext(ctx, network, addr)
	if err == nil {
		c := NewConn(nc)
		c.To = a
		return c, nil
	}
	switch ne, ok := err.(net.Error); {
	case ctx.Err() == context.Canceled:
		return nil, ErrAborted
	case ctx.Err() != nil, ok && ne.Timeout():
		return nil, ErrTimeout
	}
	return nil, sysErr(err)
}

// dialer leaves TCP keep-alives to `option srvtcpka`, as HAProxy does.
var dialer = &net.Dialer{KeepAlive: -1, KeepAliveConfig: net.KeepAliveConfig{Enable: false}}

// Interrupt makes the Dial that t waits in, and all later ones, return ErrAborted. Any goroutine may call it as long as
// the task runs.
func (t *Task) Interrupt() {
	d := &t.dial
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	if t.on.lp != nil {
		t.on.lp.post(note{task: t})
	}
	if d.cancel != nil {
		d.cancel()
	}
}

// dialing is what Interrupt needs to know of a connect.
type dialing struct {
	mu     sync.Mutex
	cancel context.CancelFunc // nil when no Dial runs
	over   bool
}

func (d *dialing) begin(timeout time.Duration) (context.Context, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		return nil, false
	}
	var ctx context.Context
	if timeout > 0 {
		ctx, d.cancel = context.WithTimeout(context.Background(), timeout)
	} else {
		ctx, d.cancel = context.WithCancel(context.Background())
	}
	return ctx, true
}

func (d *dialing) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cancel()
	d.cancel = nil
}

func (d *dialing) reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = false
}
