package logtarget

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// address is a parsed destination. It is comparable: destinations that are equal share a descriptor.
type address struct {
	kind kind
	ip   netip.AddrPort // of ipKind
	host string         // of hostKind; with port and family
	port uint16
	fam  byte   // '4', '6' or 0 for any, of hostKind
	path string // of unixKind; begins with NUL in the abstract name space
	fd   int    // of fdKind
}

type kind byte

const (
	ipKind kind = iota
	hostKind
	unixKind
	fdKind
)

const syslogPort = 514

// hostBytes are what a host name, and an IPv6 address with its zone, consist of.
const hostBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%"

// later are address forms of HAProxy that are known but not supported yet.
var later = []string{"ring@", "tcp@", "tcp4@", "tcp6@", "uxst@", "sockpair@", "quic4@", "quic6@"}

// parseAddress reads the address forms of configuration.txt 11 that `log` takes.
func parseAddress(text string) (address, error) {
	for _, p := range later {
		if strings.HasPrefix(text, p) {
			return address{}, fmt.Errorf("address '%s' : '%s' is not supported yet", text, p)
		}
	}
	switch text {
	case "stdout":
		return address{kind: fdKind, fd: 1}, nil
	case "stderr":
		return address{kind: fdKind, fd: 2}, nil
	}
	if n, ok := strings.CutPrefix(text, "fd@"); ok {
		fd, err := strconv.Atoi(n)
		if err != nil || fd < 0 {
			return address{}, fmt.Errorf("file descriptor '%s' is not a valid integer in '%s'", n, text)
		}
		return address{kind: fdKind, fd: fd}, nil
	}
	for _, p := range []string{"unix@", "uxdg@"} {
		if path, ok := strings.CutPrefix(text, p); ok {
			return unixAddress(path, text)
		}
	}
	if name, ok := strings.CutPrefix(text, "abns@"); ok {
		// HAProxy fills abstract names with NUL to the full length of the address.
		if name == "" || len(name) > 107 || !utf8.ValidString(name) {
			return address{}, fmt.Errorf("invalid abstract name in '%s'", text)
		}
		return address{kind: unixKind, path: "\x00" + name + strings.Repeat("\x00", 107-len(name))}, nil
	}
	if strings.HasPrefix(text, "/") {
		return unixAddress(text, text)
	}
	return inetAddress(text)
}

func unixAddress(path, text string) (address, error) {
	switch {
	case path == "" || path[0] != '/' || !utf8.ValidString(path):
		return address{}, fmt.Errorf("invalid socket path in '%s'", text)
	case len(path) > 107:
		return address{}, fmt.Errorf("socket path too long (max 107) in '%s'", text)
	}
	return address{kind: unixKind, path: path}, nil
}

// inetAddress reads "[ipv4@|ipv6@|udp@|udp4@|udp6@]host[:port]". The last colon separates the port, also in IPv6.
func inetAddress(text string) (address, error) {
	rest, fam := text, byte(0)
	for p, f := range map[string]byte{"ipv4@": '4', "udp4@": '4', "ipv6@": '6', "udp6@": '6', "udp@": 0} {
		if r, ok := strings.CutPrefix(text, p); ok {
			rest, fam = r, f
		}
	}
	host, portText := rest, ""
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && !strings.HasSuffix(rest, "]") {
		host, portText = rest[:i], rest[i+1:]
	}
	port, err := parsePort(portText, text)
	if err != nil {
		return address{}, err
	}
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		host, fam = host[1:len(host)-1], '6'
	}
	switch {
	case host == "" || host == "*":
		ip := netip.IPv4Unspecified()
		if fam == '6' {
			ip = netip.IPv6Unspecified()
		}
		return address{ip: netip.AddrPortFrom(ip, port)}, nil
	case strings.IndexFunc(host, func(r rune) bool { return !strings.ContainsRune(hostBytes, r) }) >= 0:
		return address{}, fmt.Errorf("invalid address: '%s' in '%s'", host, text)
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && (fam == '4' && !ip.Is4() || fam == '6' && ip.Is4()):
		return address{}, fmt.Errorf("invalid address: '%s' in '%s'", host, text)
	case err == nil:
		return address{ip: netip.AddrPortFrom(ip, port)}, nil
	case fam == '6' && strings.HasPrefix(rest, "[") || strings.Contains(host, ":"):
		return address{}, fmt.Errorf("invalid address: '%s' in '%s'", host, text)
	}
	return address{kind: hostKind, host: host, port: port, fam: fam}, nil
}

func parsePort(port, text string) (uint16, error) {
	switch {
	case port == "":
		return syslogPort, nil
	case port[0] == '+' || port[0] == '-':
		return 0, fmt.Errorf("port offset not permitted here in '%s'", text)
	case strings.Contains(port, "-"):
		return 0, fmt.Errorf("port range not permitted here in '%s'", text)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("invalid port '%s' in '%s'", port, text)
	}
	if n == 0 {
		n = syslogPort
	}
	return uint16(n), nil
}
