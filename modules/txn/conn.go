package txn

import (
	"net/netip"
	"time"
)

// Conn is the client's connection, shared by all transactions that it carries.
type Conn struct {
	Src, Dst netip.AddrPort // zero for unix sockets
	Unix     bool           // accepted on a unix socket
	Accepted time.Time      // when accept returned, wall and monotonic
	// Handshake is the time PROXY and TLS handshakes took (%Th).
	Handshake time.Duration
	SSL       bool
	SSLVer    string // TLSv1.3, empty without TLS (%sslv)
	SSLCipher string // (%sslc)
	Listener  *Listener
	Vars      Vars // scope sess
	// Requests counts the requests that were read on this connection, this one included.
	Requests uint32
	// ActConn is the process's number of connections as sessions saw it last (%ac); maintained by the engine.
}

// Listener is the bind line that accepted a connection.
type Listener struct {
	ID   int    // so_id
	Name string // so_name: the bind option `name`
	Addr string // as configured
	// Process-wide data for addresses in logs of unix listeners.
	Port int
}
