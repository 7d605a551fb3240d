package sample

import (
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// localMaxAge is how long the list of the host's own addresses is trusted.
const localMaxAge = time.Second

type hostAddrs struct {
	read time.Time
	list []netip.Addr
}

var host atomic.Pointer[hostAddrs]

// isLocal says whether a is an address of this host.
func isLocal(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.IsLoopback() {
		return true
	}
	h := host.Load()
	if h == nil || time.Since(h.read) > localMaxAge {
		h = readHostAddrs()
		host.Store(h)
	}
	for _, l := range h.list {
		if l == a {
			return true
		}
	}
	return false
}

func readHostAddrs() *hostAddrs {
	h := &hostAddrs{read: time.Now()}
	list, err := net.InterfaceAddrs()
	if err != nil {
		return h
	}
	for _, l := range list {
		if n, ok := l.(*net.IPNet); ok {
			if a, ok := netip.AddrFromSlice(n.IP); ok {
				h.list = append(h.list, a.Unmap())
			}
		}
	}
	return h
}
