package netif

import "syscall"

// Freebind lets a listener bind to an address that this host does not have yet, so that a backup listens on the virtual
// address already. It has the form of net.ListenConfig.Control and needs no privilege and no sysctl
// (net.ipv4.ip_nonlocal_bind, net.ipv6.ip_nonlocal_bind).
func Freebind(network, _ string, c syscall.RawConn) error {
	var err error
	if e := c.Control(func(fd uintptr) { err = freebindNetwork(network, int(fd)) }); e != nil {
		return e
	}
	return err
}
