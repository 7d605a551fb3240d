package netif

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// freebindNetwork leaves sockets alone that have no address (unix).
func freebindNetwork(network string, fd int) error {
	if !strings.HasPrefix(network, "tcp") && !strings.HasPrefix(network, "udp") && !strings.HasPrefix(network, "ip") {
		return nil
	}
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return fmt.Errorf("netif: free bind: %w", err)
	}
	return freebind(fd, domain == unix.AF_INET6)
}

// freebind sets the option of the family; an IPv6 socket that also takes IPv4 needs no second one, they share a bit.
func freebind(fd int, v6 bool) error {
	level, name := unix.IPPROTO_IP, unix.IP_FREEBIND
	if v6 {
		level, name = unix.IPPROTO_IPV6, unix.IPV6_FREEBIND
	}
	if err := unix.SetsockoptInt(fd, level, name, 1); err != nil {
		return fmt.Errorf("netif: free bind: %w", err)
	}
	return nil
}
