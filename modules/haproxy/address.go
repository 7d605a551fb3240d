package haproxy

import (
	"fmt"
	"net"
	"strconv"
)

// Address is one place to listen on (configuration.txt 4.2 "bind", 11). Exactly one of Port, Unix, Abstract and FD is set.
type Address struct {
	// Host is an IPv4 or IPv6 address or a host name. Empty means every address of Family.
	Host string `json:"host,omitempty"`
	// Family is "ipv4" or "ipv6": what an empty Host means and what a host name resolves to. Default: ipv4 for an empty Host,
	// else what the host is.
	Family string `json:"family,omitempty"`
	// Port is the TCP port, EndPort the last one when it is a range.
	Port    int `json:"port,omitempty"`
	EndPort int `json:"end_port,omitempty"`
	// Unix is the path of a unix socket.
	Unix string `json:"unix,omitempty"`
	// Abstract is the name of a socket in Linux's abstract namespace.
	Abstract string `json:"abstract,omitempty"`
	// FD is the number of an inherited listening descriptor.
	FD *int `json:"fd,omitempty"`
}

// String is the address in HAProxy's spelling.
func (a *Address) String() string {
	switch {
	case a.FD != nil:
		return "fd@" + strconv.Itoa(*a.FD)
	case a.Unix != "":
		return a.Unix
	case a.Abstract != "":
		return "abns@" + a.Abstract
	}
	host := a.Host
	if host == "" {
		host = "*"
		if a.Family == "ipv6" {
			host = "::"
		}
	}
	if a.EndPort > a.Port {
		return fmt.Sprintf("%s:%d-%d", host, a.Port, a.EndPort)
	}
	return host + ":" + strconv.Itoa(a.Port)
}

// Ports calls yield for each port of the range, and once with 0 for sockets without ports.
func (a *Address) Ports(yield func(port int) bool) {
	last := max(a.Port, a.EndPort)
	for p := a.Port; p <= last; p++ {
		if !yield(p) {
			return
		}
	}
}

// NetworkAddress is the address with one of its ports in the form of Caddy's network addresses ("tcp4/0.0.0.0:80",
// "unix//run/x", "unix/@name", "fd/3"). dual makes an IPv6 wildcard take IPv4 clients too (bind option v4v6).
func (a *Address) NetworkAddress(port int, dual bool) string {
	switch {
	case a.FD != nil:
		return "fd/" + strconv.Itoa(*a.FD)
	case a.Unix != "":
		return "unix/" + a.Unix
	case a.Abstract != "":
		return "unix/@" + a.Abstract
	}
	host, network := a.Host, "tcp4/"
	ip6 := a.Family == "ipv6" || (a.Family == "" && net.ParseIP(host) != nil && net.ParseIP(host).To4() == nil)
	if ip6 {
		network = "tcp6/"
		if dual {
			network = "tcp/"
		}
		if host == "" {
			host = "::"
		}
	}
	if host == "" {
		host = "0.0.0.0"
	}
	return network + net.JoinHostPort(host, strconv.Itoa(port))
}
