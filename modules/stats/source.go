package stats

import (
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// Source is the running process. Its methods may be called from any goroutine.
type Source interface {
	// Proxies are the proxies of the ruling configuration in the order of the file.
	Proxies() []*Proxy
	// Process is what `show info` says.
	Process() Process
	// Sockets are the places where commands are taken.
	Sockets() []Socket
}

// Proxy is a proxy with the run-time halves that it has.
type Proxy struct {
	Name string
	// ID is the number in statistics (iid); ForcedID says that the configuration gave it.
	ID       int
	ForcedID bool
	// Mode is "http" or "tcp".
	Mode string
	// Frontend and Backend are nil for the half that the proxy does not have.
	Frontend *server.Frontend
	Backend  *server.Backend
	// Algo is the balancing algorithm's name, Cookie the name of the persistence cookie.
	Algo, Cookie string
	// Description is shown on the page.
	Description string
	// Disabled proxies are not shown.
	Disabled bool
}

// cap is how the page calls the halves of a proxy.
func (p *Proxy) cap() string {
	switch {
	case p.Backend == nil:
		return "frontend"
	case p.Frontend == nil:
		return "backend"
	}
	return "proxy"
}

// Process is what is known of the process as a whole. A zero limit means that there is none.
type Process struct {
	Pid         int
	Threads     int
	Start       time.Time
	Node        string
	Description string
	Stopping    bool

	UlimitN  int // open files
	Maxconn  int // client connections
	Maxpipes int // pipes for splice(2)

	PipesUsed, PipesFree        int64
	CurrConns, CumConns, CumReq int64
	ConnRate, MaxConnRate       int64
	SessRate, MaxSessRate       int64
	BytesOut, BytesOutRate      int64
	DroppedLogs                 int64
	Listeners                   int
	Tasks                       int // goroutines
	MemLimit                    int64
	MemAlloc, MemUsed           int64 // bytes got from the system, bytes in use
}

// Socket is one `stats socket` for `show cli sockets`.
type Socket struct {
	Name  string // unix@/path, ipv4@address:port
	Level Level
}

// Version is the version of HAProxy whose formats this package writes.
const Version = "2.6.12"

// ReleaseDate is when that version was released.
const ReleaseDate = "2023/03/28"

// Build says what this program really is.
const Build = Version + " caddy-haproxy"
