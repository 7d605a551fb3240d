package server

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Endpoint is a place to connect to.
type Endpoint struct {
	Addr netip.AddrPort // valid for TCP
	Unix string         // path of a unix socket; "@name" for the abstract name space
}

// IsUnix says that e is a unix socket.
func (e Endpoint) IsUnix() bool { return e.Unix != "" }

// String is the address as HAProxy prints it in statistics: ip:port, [ip6]:port or unix.
func (e Endpoint) String() string {
	if e.IsUnix() {
		return "unix"
	}
	if !e.Addr.IsValid() {
		return ""
	}
	return e.Addr.String()
}

// Target is a parsed server address (configuration.txt 11): fixed, or a host name to resolve.
type Target struct {
	Host   string     // host name, empty when IP or Unix is set
	IP     netip.Addr // fixed address; unspecified: the address that the client connected to
	Unix   string     // as Endpoint.Unix
	Port   int        // port, or the offset when Mapped
	Mapped bool       // the port is the one the client connected to plus Port
	Family string     // "", "ipv4" or "ipv6": what a host name may resolve to
}

// families are the address prefixes of configuration.txt 11.2 and 11.3 with the family they force.
var families = []struct{ prefix, family string }{
	{"ipv4@", "ipv4"}, {"ipv6@", "ipv6"}, {"ip@", ""}, {"tcp@", ""}, {"tcp4@", "ipv4"}, {"tcp6@", "ipv6"},
	{"unix@", "unix"}, {"uxst@", "unix"}, {"abns@", "abns"},
	{"udp@", "dgram"}, {"udp4@", "dgram"}, {"udp6@", "dgram"}, {"uxdg@", "dgram"}, {"dgram+", "dgram"},
	{"quic4@", "quic"}, {"quic6@", "quic"}, {"fd@", "fd"}, {"sockpair@", "sockpair"},
}

// ParseTarget reads a server's address as HAProxy does.
func ParseTarget(text string) (Target, error) {
	s, family := strings.TrimPrefix(text, "stream+"), ""
	if strings.HasPrefix(s, "/") {
		family = "unix"
	}
	for _, f := range families {
		if rest, ok := strings.CutPrefix(s, f.prefix); ok {
			s, family = rest, f.family
			break
		}
	}
	switch family {
	case "unix", "abns":
		if s == "" {
			return Target{}, fmt.Errorf("invalid address '%s': the path is missing", text)
		}
		if family == "abns" {
			s = "@" + s
		}
		return Target{Unix: s}, nil
	case "dgram":
		return Target{}, fmt.Errorf("dgram-type address not acceptable in '%s'", text)
	case "fd":
		return Target{}, fmt.Errorf("a file descriptor is not acceptable here in '%s'", text)
	case "quic", "sockpair":
		return Target{}, fmt.Errorf("address type of '%s' is not supported yet", text)
	}
	t := Target{Family: family}
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port = s[:i], s[i+1:]
	}
	if err := t.setPort(text, port); err != nil {
		return Target{}, err
	}
	return t, t.setHost(text, host)
}

func (t *Target) setPort(text, port string) error {
	digits := port
	if port != "" && (port[0] == '+' || port[0] == '-') {
		t.Mapped, digits = true, port[1:]
	}
	for i := 0; i < len(digits); i++ {
		if digits[i] == '-' && i > 0 {
			return fmt.Errorf("port range not permitted here in '%s'", text)
		}
		if digits[i] < '0' || digits[i] > '9' {
			return fmt.Errorf("invalid character '%c' in port number '%s' in '%s'", digits[i], port, text)
		}
	}
	if digits == "" || strings.Trim(digits, "0") == "" && !t.Mapped {
		t.Mapped = true // no port, and port 0 too: the one the client connected to
		return nil
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return fmt.Errorf("invalid port '%s'", port)
	}
	t.Port = int(n)
	if port[0] == '-' {
		t.Port = -t.Port
	}
	return nil
}

func (t *Target) setHost(text, host string) error {
	bare := host
	if n := len(host); n > 1 && host[0] == '[' && host[n-1] == ']' {
		bare = host[1 : n-1]
	}
	if host == "" || host == "*" {
		t.IP = netip.IPv4Unspecified()
		if t.Family == "ipv6" {
			t.IP = netip.IPv6Unspecified()
		}
		return nil
	}
	if ip, err := netip.ParseAddr(bare); err == nil && ip.Zone() == "" {
		if t.Family == "ipv4" && !ip.Is4() || t.Family == "ipv6" && ip.Is4() {
			return fmt.Errorf("could not resolve address '%s'", host)
		}
		t.IP = ip
		return nil
	}
	if strings.ContainsAny(host, "[]:/@% ") {
		return fmt.Errorf("could not resolve address '%s'", host)
	}
	t.Host = host
	return nil
}

// at is the endpoint of t with the given IP address for a client that connected to dst.
func (t *Target) at(ip netip.Addr, dst netip.AddrPort) Endpoint {
	if t.Unix != "" {
		return Endpoint{Unix: t.Unix}
	}
	port := t.Port
	if t.Mapped {
		port += int(dst.Port())
	}
	if ip.IsUnspecified() && dst.IsValid() {
		ip = dst.Addr()
	}
	return t.atPort(ip, port)
}

func (t *Target) atPort(ip netip.Addr, port int) Endpoint {
	if t.Unix != "" {
		return Endpoint{Unix: t.Unix}
	}
	return Endpoint{Addr: netip.AddrPortFrom(ip, uint16(port))}
}
