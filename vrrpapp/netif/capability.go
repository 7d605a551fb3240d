package netif

import "strings"

// CapabilityError says which capabilities the process lacks and how systemd gives them.
type CapabilityError struct {
	// Missing are the kernel's names, "CAP_NET_RAW" and "CAP_NET_ADMIN".
	Missing []string
}

func (e *CapabilityError) Error() string {
	list := strings.Join(e.Missing, " and ")
	return "VRRP needs " + list + "; run as root, or add to the [Service] section of the systemd unit:\n" +
		"AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW CAP_NET_BIND_SERVICE\n" +
		"CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_NET_BIND_SERVICE"
}
