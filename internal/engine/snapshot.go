package engine

import (
	"net/netip"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logformat"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Snapshot is one compiled configuration. Nothing in it changes once it is pushed.
type Snapshot struct {
	Global    Global
	Proxies   []*Proxy
	Listeners []*Listener
}

// Global holds the limits of the process (configuration.txt 3.1, 3.2).
type Global struct {
	// Maxconn is how many client connections are served at once, 0 for no limit.
	Maxconn int
	// Bufsize and Maxrewrite are tune.bufsize (16384) and tune.maxrewrite (1024).
	Bufsize, Maxrewrite int
	// MaxHdr is tune.http.maxhdr (101).
	MaxHdr int
	// LogURILen is tune.http.logurilen (1024).
	LogURILen int
	// HardStopAfter is how long a stopping engine lets sessions finish; 0 leaves it to the caller.
	HardStopAfter time.Duration
	// StartTime is used for stats; set by the engine.
	Node string

	// Threads is how many event loops serve connections, 0 for GOMAXPROCS (nbthread).
	Threads int
	// NoEpoll serves sessions on goroutines over Go's poller instead of own loops (noepoll).
	NoEpoll bool
	// NoSplice copies all bodies (nosplice).
	NoSplice bool
	// MaxPipes is how many pipes there may be for splice(2), 0 for no limit (maxpipes).
	MaxPipes int
	// PipeSize is their size in bytes, 0 for the system's (tune.pipesize).
	PipeSize int
	// IdlePoolShared lets a loop take idle server connections of another one (tune.idle-pool.shared, on by default).
	IdlePoolShared bool
	// MaxAccept is how many connections a loop accepts in a row, 0 for the built-in number, negative for no limit
	// (tune.maxaccept).
	MaxAccept int
}

// ConnMode says what happens to connections after a response (configuration.txt 4: the four modes).
type ConnMode uint8

// The connection modes.
const (
	KeepAlive   ConnMode = iota // option http-keep-alive
	ServerClose                 // option http-server-close
	Close                       // option httpclose
)

// ReuseMode is http-reuse.
type ReuseMode uint8

// The reuse modes.
const (
	ReuseSafe ReuseMode = iota
	ReuseNever
	ReuseAggressive
	ReuseAlways
)

// RetryOn are the conditions of retry-on, as bits.
type RetryOn uint16

// The conditions of configuration.txt 4.2 "retry-on"; statuses have a bit each.
const (
	RetryConnFailure RetryOn = 1 << iota
	RetryEmptyResponse
	RetryJunkResponse
	RetryResponseTimeout
	Retry0RTTRejected
	Retry401
	Retry403
	Retry404
	Retry408
	Retry425
	Retry500
	Retry501
	Retry502
	Retry503
	Retry504
)

// RetryStatus is the bit of a status, 0 when retry-on cannot name it.
func RetryStatus(status int) RetryOn {
	switch status {
	case 401:
		return Retry401
	case 403:
		return Retry403
	case 404:
		return Retry404
	case 408:
		return Retry408
	case 425:
		return Retry425
	case 500:
		return Retry500
	case 501:
		return Retry501
	case 502:
		return Retry502
	case 503:
		return Retry503
	case 504:
		return Retry504
	}
	return 0
}

// Timeouts are a proxy's timeouts with their fall-backs applied; 0 never expires (configuration.txt 4.2 "timeout").
type Timeouts struct {
	Client, Server, Connect, HTTPRequest, KeepAlive, Queue, Tunnel, ClientFin, ServerFin, Tarpit time.Duration
}

// UseBackend is one compiled use_backend line.
type UseBackend struct {
	Cond    *acl.Cond
	Backend *Proxy            // nil when the name is dynamic
	Name    *logformat.Format // the dynamic name
}

// ForwardFor is option forwardfor or option originalto.
type ForwardFor struct {
	Header []byte // lower case
	Except netip.Prefix
	IfNone bool
}

// HeaderCapture is one slot of `capture request|response header`; an empty Name is a slot that only rules fill.
type HeaderCapture struct {
	Name string // lower case
	Len  int
}

// CookieCapture is `capture cookie`.
type CookieCapture struct {
	Name  string
	Exact bool
	Len   int
}

// Cookie is cookie persistence of a backend; passive mode only reads.
type Cookie struct {
	Name string
}

// LogSink is one `log` line of a proxy, opened. Send must not block; it drops what is above its level.
type LogSink interface {
	Wants(level int) bool
	WantsSD() bool
	Send(level int, tag, hostname, sd, msg []byte)
}

// Log is what a proxy logs where.
type Log struct {
	Sinks       []LogSink
	Tag, Host   []byte            // log-tag, log-send-hostname
	Format      *logformat.Format // nil: the short default format
	SD          *logformat.Format
	ErrorFormat *logformat.Format
	Policy      logformat.Policy
	Asap        bool // option logasap
}

// Service answers a request inside of the process (the stats page). It writes the answer into t.Res and t.Reply.
type Service interface {
	// Match tells whether the request is the service's.
	Match(t *txn.Txn) bool
	// Name is what the log shows instead of a server, such as <STATS>.
	Name() string
	// NeedBody tells whether the request's body is wanted first (the admin form).
	NeedBody(t *txn.Txn) bool
	// Serve builds the answer.
	Serve(t *txn.Txn) txn.Verdict
}

// Proxy is a compiled frontend, backend or listen section.
type Proxy struct {
	Name     string
	ID       int
	HTTP     bool // mode http
	Disabled bool
	IsListen bool

	// FE and BE are the run-time halves; nil for the half that the proxy does not have.
	FE *server.Frontend
	BE *server.Backend

	Timeouts Timeouts
	Mode     ConnMode
	Log      Log
	// Errors are the proxy's own error pages, nil for the built-in ones only.
	Errors txn.ErrorPages

	HTTPRequest, HTTPResponse, HTTPAfterResponse, Redirect *action.Program

	// frontend half
	MaxConn        int
	MonitorURI     []byte
	MonitorFail    []*acl.Cond
	MonitorNet     []netip.Prefix
	ReqCaptures    []HeaderCapture
	ResCaptures    []HeaderCapture
	CookieCapture  *CookieCapture
	ReqCaptureLens []int // longest value of each slot, as rules want them
	ResCaptureLens []int
	UseBackend     []UseBackend
	DefaultBackend *Proxy
	ByName         map[string]*Proxy // backends that a dynamic use_backend may name
	UniqueID       *logformat.Format
	UniqueIDHeader []byte
	IgnoreProbes   bool
	ReqLimits      h1.Limits
	NameChars      NamePolicy

	// both halves
	ForwardFor, OriginalTo *ForwardFor
	Filters                []Filter // stages for response bodies
	BufferRequest          bool
	AbortOnClose           bool
	Stats                  Service
	ClientKA, ServerKA     bool
	// option splice-auto, -request, -response: each counts when the frontend or the backend has it.
	SpliceAuto, SpliceRequest, SpliceResponse bool

	// backend half
	Cookie     *Cookie
	Retries    int
	RetryOn    RetryOn
	Redispatch int // option redispatch N; 0 off, -1 the last retry
	Reuse      ReuseMode
	ResLimits  h1.Limits
	PretendKA  bool
	PreferLast bool
}

// NamePolicy is option http-restrict-req-hdr-names.
type NamePolicy uint8

// What is done with request headers that have unusual names.
const (
	NamePreserve NamePolicy = iota
	NameDelete
	NameReject
)
