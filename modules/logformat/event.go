package logformat

import (
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Messages of connections that fail before a request, for AppendConnError (configuration.txt 8.2.5).
const (
	ProxyTruncated   = "Truncated PROXY protocol header received"
	ProxyInvalid     = "Received an invalid PROXY protocol header"
	ProxyUnhandled   = "Received an unhandled protocol in the PROXY protocol header"
	ProxyNone        = "Received something which does not look like a PROXY protocol header"
	ProxyClosed      = "Connection closed while waiting for PROXY protocol header"
	ProxyError       = "Connection error while waiting for PROXY protocol header"
	ProxyTimeout     = "Timeout while waiting for PROXY protocol header"
	HandshakeFailure = "SSL handshake failure"
)

// AppendConnError appends the line of a connection that failed before its first request, when the frontend has no
// error-log-format: "127.0.0.1:46858 [22/Nov/2026:13:04:13.349] f1/2: Truncated PROXY protocol header received". With
// option dontlognull ProxyClosed is not logged.
func AppendConnError(dst []byte, frontend txn.Proxy, c *txn.Conn, msg string) []byte {
	dst = appendClient(dst, c)
	dst = append(appendDate(append(dst, " ["...), c.Accepted), "] "...)
	dst = append(append(dst, frontend.Name()...), '/')
	if l := c.Listener; l != nil && l.Name != "" {
		dst = append(dst, l.Name...)
	} else {
		dst = strconv.AppendInt(dst, int64(listenerID(c)), 10)
	}
	return append(append(dst, ": "...), msg...)
}

// AppendConnect appends the line of a frontend without any format (8.2.1): "Connect from 127.0.0.1:32960 to
// 127.0.0.1:60645 (f1/HTTP)". HAProxy writes it with level info for each valid request in mode http (once its head is
// complete), for each connection in mode tcp, whatever option dontlog-normal says.
func AppendConnect(dst []byte, frontend txn.Proxy, c *txn.Conn, tcp bool) []byte {
	if c.Unix {
		dst = append(dst, "Connect to unix:"...)
		dst = strconv.AppendInt(dst, int64(listenerID(c)), 10)
	} else {
		dst = appendClient(append(dst, "Connect from "...), c)
		dst = append(dst, " to "...)
		dst = append(c.Dst.Addr().Unmap().AppendTo(dst), ':')
		dst = strconv.AppendUint(dst, uint64(c.Dst.Port()), 10)
	}
	dst = append(append(dst, " ("...), frontend.Name()...)
	if tcp {
		return append(dst, "/TCP)"...)
	}
	return append(dst, "/HTTP)"...)
}

func appendClient(dst []byte, c *txn.Conn) []byte {
	if c.Unix {
		return strconv.AppendInt(append(dst, "unix:"...), int64(listenerID(c)), 10)
	}
	dst = append(c.Src.Addr().Unmap().AppendTo(dst), ':')
	return strconv.AppendUint(dst, uint64(c.Src.Port()), 10)
}

func listenerID(c *txn.Conn) int {
	if c.Listener == nil {
		return 0
	}
	return c.Listener.ID
}
