package logtarget

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

const (
	resolveStart = 500 * time.Millisecond // how long opening waits for the name
	resolveRetry = 5 * time.Second
)

// hosted is a destination whose name is resolved once, in the background when that takes time. Messages before that are
// lost. HAProxy resolves at its start and refuses to run when it cannot; here a name server never stops a start.
type hosted struct {
	to     atomic.Pointer[destination]
	cancel context.CancelFunc
	done   chan struct{}
}

func resolve(a address) *hosted {
	ctx, cancel := context.WithCancel(context.Background())
	h := &hosted{cancel: cancel, done: make(chan struct{})}
	go h.run(ctx, a)
	select {
	case <-h.done:
	case <-time.After(resolveStart):
	}
	return h
}

func (h *hosted) run(ctx context.Context, a address) {
	defer close(h.done)
	network := map[byte]string{'4': "ip4", '6': "ip6", 0: "ip"}[a.fam]
	for ctx.Err() == nil {
		if ips, err := net.DefaultResolver.LookupNetIP(ctx, network, a.host); err == nil && len(ips) > 0 {
			d, err := openDatagram(address{ip: netip.AddrPortFrom(ips[0].Unmap(), a.port)}, nil)
			if err == nil {
				h.to.Store(&d)
				return
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(resolveRetry):
		}
	}
}

func (h *hosted) send(msg []byte) bool {
	d := h.to.Load()
	return d != nil && (*d).send(msg)
}

func (h *hosted) close() {
	h.cancel()
	<-h.done
	if d := h.to.Load(); d != nil {
		(*d).close()
	}
}
