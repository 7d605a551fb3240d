package haproxy

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// lookupTime bounds the lookup of a host name on a bind line.
const lookupTime = 5 * time.Second

// ParseAddresses reads the comma-separated places of a `bind` or `stats socket` line (configuration.txt 4.2 "bind", 11).
// Syntax:
//
//	[ipv4@|ipv6@|tcp@|tcp4@|tcp6@][<host>|*]:<port>[-<end>] | [unix@]/<path> | abns@<name> | fd@<number>
func ParseAddresses(text string) ([]Address, error) {
	var list []Address
	for item := range strings.SplitSeq(text, ",") {
		if item == "" {
			continue
		}
		a, err := parseAddress(item)
		if err != nil {
			return list, err
		}
		list = append(list, a)
	}
	return list, nil
}

func parseAddress(text string) (Address, error) {
	prefix, rest, ok := strings.Cut(text, "@")
	if !ok {
		prefix, rest = "", text
	}
	switch prefix {
	case "", "tcp":
		if strings.HasPrefix(rest, "/") && prefix == "" {
			return Address{Unix: rest}, nil
		}
		return parseTCP(text, rest, "")
	case "ipv4", "tcp4":
		return parseTCP(text, rest, "ipv4")
	case "ipv6", "tcp6":
		return parseTCP(text, rest, "ipv6")
	case "unix", "uxst", "abns", "fd":
		return parseSocket(prefix, text, rest)
	case "sockpair", "quic4", "quic6":
		return Address{}, fmt.Errorf("address '%s': '%s@' is not supported yet", text, prefix)
	case "udp", "udp4", "udp6", "uxdg":
		return Address{}, fmt.Errorf("dgram-type address not acceptable in '%s'", text)
	}
	return Address{}, fmt.Errorf("invalid address: '%s@' in '%s'", prefix, text)
}

func parseSocket(prefix, text, rest string) (Address, error) {
	if rest == "" {
		return Address{}, fmt.Errorf("'%s' resolves to an empty address (environment variable missing?)", text)
	}
	switch prefix {
	case "abns":
		return Address{Abstract: rest}, nil
	case "fd":
		n, err := strconv.Atoi(rest)
		if err != nil || n < 0 {
			return Address{}, fmt.Errorf("file descriptor '%s' is not a valid integer in '%s'", rest, text)
		}
		return Address{FD: &n}, nil
	}
	return Address{Unix: rest}, nil
}

func parseTCP(text, rest, family string) (Address, error) {
	colon := strings.LastIndexByte(rest, ':')
	if colon < 0 {
		return Address{}, fmt.Errorf("missing port specification in '%s'", text)
	}
	a := Address{Family: family}
	host := strings.TrimSuffix(strings.TrimPrefix(rest[:colon], "["), "]")
	if err := a.setHost(host, text); err != nil {
		return Address{}, err
	}
	return a, a.setPorts(rest[colon+1:], text)
}

// setHost stores the host: "" and * are all addresses, "::" all IPv6 addresses.
func (a *Address) setHost(host, text string) error {
	invalid := fmt.Errorf("invalid address: '%s' in '%s'", host, text)
	switch host {
	case "", "*":
		return nil
	case "::":
		if a.Family == "ipv4" {
			return invalid
		}
		a.Family = "ipv6"
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if a.Family == "ipv4" && !ip.Is4() || a.Family == "ipv6" && !ip.Is6() || ip.Zone() != "" {
			return invalid
		}
		a.Host, a.Family = host, ""
		if ip.Is4() && ip.IsUnspecified() {
			a.Host = ""
		}
		return nil
	}
	if !hostName(host) || !resolves(host) {
		return invalid
	}
	a.Host = host
	return nil
}

func hostName(host string) bool {
	for i := range len(host) {
		c := host[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_') {
			return false
		}
	}
	return host != ""
}

func resolves(host string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), lookupTime)
	defer cancel()
	ips, err := net.DefaultResolver.LookupHost(ctx, host)
	return err == nil && len(ips) > 0
}

func (a *Address) setPorts(text, whole string) error {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		return fmt.Errorf("port offset not permitted here in '%s'", whole)
	}
	first, last, isRange := strings.Cut(text, "-")
	var err error
	if a.Port, err = portNumber(first, whole); err != nil {
		return err
	}
	if !isRange {
		return nil
	}
	if a.EndPort, err = portNumber(last, whole); err != nil {
		return err
	}
	if a.EndPort < a.Port {
		return fmt.Errorf("invalid port range '%s'", text)
	}
	if a.EndPort == a.Port {
		a.EndPort = 0
	}
	return nil
}

func portNumber(s, whole string) (int, error) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, fmt.Errorf("invalid character '%c' in port number '%s' in '%s'", s[i], s, whole)
		}
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 65535 {
		return 0, fmt.Errorf("invalid port '%s'", s)
	}
	return n, nil
}
