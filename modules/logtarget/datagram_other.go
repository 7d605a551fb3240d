//go:build !linux

package logtarget

import (
	"fmt"
	"net"
)

// connWriter writes datagrams through the standard library: one Write for each message.
type connWriter struct{ conn net.Conn }

type netDatagram struct {
	*stream
	conn net.Conn
}

// openDatagram hands the messages to a goroutine. A unix socket must exist when it is opened here.
func openDatagram(a address, d *shared) (destination, error) {
	network, name := "udp", a.ip.String()
	if a.kind == unixKind {
		network, name = "unixgram", a.path
	}
	conn, err := net.Dial(network, name)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	lost := func(n uint64) { dropped.Add(n) }
	if d != nil {
		lost = d.lost
	}
	return &netDatagram{newStream(connWriter{conn}, lost), conn}, nil
}

func (w connWriter) write(b *batch, _ func() bool) (lost int) {
	start := 0
	for _, end := range b.ends {
		if _, err := w.conn.Write(b.bytes[start:end]); err != nil {
			lost++
		}
		start = end
	}
	return lost
}

func (d *netDatagram) close() {
	d.stream.close()
	d.conn.Close()
}
