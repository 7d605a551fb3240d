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
	IP     netip.Addr // fixed address
	Unix   string     // as Endpoint.Unix
	Port   int        // port, or the offset when Mapped
	Mapped bool       // the port is the client's destination port plus Port
	Family string     // "", "ipv4" or "ipv6": what a host name may resolve to
}

// ParseTarget reads a server's address as HAProxy does.
func ParseTarget(text string) (Target, error) {
	s, fam := text, ""
	switch {
	case strings.HasPrefix(s, "ipv4@"), strings.HasPrefix(s, "ipv6@"):
		fam, s = s[:4], s[5:]
	case strings.HasPrefix(s, "unix@"):
		return Target{Unix: s[5:]}, nil
	case strings.HasPrefix(s, "abns@"):
		return Target{Unix: "@" + s[5:]}, nil
	case strings.HasPrefix(s, "/"):
		return Target{Unix: s}, nil
	}
	t := Target{Family: fam}
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		host, port = s[:i], s[i+1:]
	}
	if err := t.setPort(text, port); err != nil {
		return Target{}, err
	}
	return t, t.setHost(text, host)
}

func (t *Target) setPort(text, port string) error {
	if port == "" {
		t.Mapped = true
		return nil
	}
	digits := port
	if port[0] == '+' || port[0] == '-' {
		t.Mapped, digits = true, port[1:]
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return fmt.Errorf("invalid port %q in address %q", port, text)
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
	if ip, err := netip.ParseAddr(bare); err == nil {
		t.IP = ip
		return nil
	}
	if host == "" || strings.ContainsAny(host, "[]:/ ") {
		return fmt.Errorf("invalid address %q", text)
	}
	t.Host = host
	return nil
}

// at is the endpoint of t with the given IP address and the port the client connected to.
func (t *Target) at(ip netip.Addr, client uint16) Endpoint {
	if t.Unix != "" {
		return Endpoint{Unix: t.Unix}
	}
	port := t.Port
	if t.Mapped {
		port += int(client)
	}
	return Endpoint{Addr: netip.AddrPortFrom(ip, uint16(port))}
}
