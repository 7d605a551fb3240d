package haproxy

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// control sets the socket options of a bind line before the socket is bound.
func (o *BindOptions) control(network, _ string, rc syscall.RawConn) error {
	var err error
	set := func(fd uintptr) {
		try := func(e error) {
			if err == nil {
				err = e
			}
		}
		f := int(fd)
		if o.Interface != "" {
			try(unix.SetsockoptString(f, unix.SOL_SOCKET, unix.SO_BINDTODEVICE, o.Interface))
		}
		if o.V6Only {
			try(unix.SetsockoptInt(f, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1))
		}
		if o.Tfo {
			try(unix.SetsockoptInt(f, unix.IPPROTO_TCP, unix.TCP_FASTOPEN, 1024))
		}
		if o.MSS > 0 {
			try(unix.SetsockoptInt(f, unix.IPPROTO_TCP, unix.TCP_MAXSEG, o.MSS))
		}
		if o.DeferAccept {
			try(unix.SetsockoptInt(f, unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, 1))
		}
		if o.Transparent {
			try(transparent(f))
		}
	}
	if e := rc.Control(set); e != nil {
		return e
	}
	return err
}

// transparent lets a socket bind to any address. Without CAP_NET_ADMIN and CAP_NET_RAW it is IP_FREEBIND, as in HAProxy: the address can
// come later, but packets for addresses of others cannot be taken. Both options are common to IPv4 and IPv6.
func transparent(fd int) error {
	if unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_TRANSPARENT, 1) == nil {
		return nil
	}
	return unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_FREEBIND, 1)
}
