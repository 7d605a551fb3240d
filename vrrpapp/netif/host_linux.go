package netif

import (
	"errors"
	"fmt"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Host changes the addresses, routes, rules and macvlans of the namespace it was opened in. Its methods may be called
// from any goroutine, one waits for the other. They wait too while somebody else holds the kernel's lock on networking;
// that is out of reach of any timeout.
type Host struct {
	links *netlink.Handle
	// What the library has no words for is sent over a socket of its own.
	sockets map[int]*nl.SocketHandle
	loans   loans
}

// answerTimeout bounds the wait for the kernel's answer, which it normally has ready when the request returns.
const answerTimeout = 2 * time.Second

// OpenHost opens the host of the calling thread's namespace.
func OpenHost() (*Host, error) {
	links, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("netif: netlink: %w", explain(err))
	}
	h := &Host{links: links}
	if err := h.open(); err != nil {
		h.Close()
		return nil, fmt.Errorf("netif: netlink: %w", explain(err))
	}
	return h, nil
}

func (h *Host) open() error {
	s, err := nl.Subscribe(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	h.sockets = map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: s}}
	tv := unix.NsecToTimeval(int64(answerTimeout))
	// With strict checking a dump of one interface's addresses is not a dump of all; before Linux 4.20 it is.
	_ = unix.SetsockoptInt(s.GetFd(), unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)
	// Errors come with the kernel's own words.
	_ = s.SetExtAck(true)
	return errors.Join(s.SetReceiveTimeout(&tv), s.SetSendTimeout(&tv), h.links.SetSocketTimeout(answerTimeout))
}

// Close closes its sockets; what was added stays.
func (h *Host) Close() error {
	h.links.Close()
	for _, s := range h.sockets {
		s.Close()
	}
	return nil
}

func (h *Host) request(message, flags int) *nl.NetlinkRequest {
	r := nl.NewNetlinkRequest(message, flags)
	r.Sockets = h.sockets
	return r
}

// do sends a request that is only acknowledged.
func (h *Host) do(r *nl.NetlinkRequest) error {
	_, err := r.Execute(unix.NETLINK_ROUTE, 0)
	return err
}

// dump collects what a request lists, from the start again while others change the list.
func (h *Host) dump(fill func() *nl.NetlinkRequest, kind uint16, each func(m []byte) bool) error {
	var err error
	for range 10 {
		if err = fill().ExecuteIter(unix.NETLINK_ROUTE, kind, each); !errors.Is(err, nl.ErrDumpInterrupted) {
			return err
		}
	}
	return err
}

func u32(v uint32) []byte { return nl.Uint32Attr(v) }
