package txn

import (
	"net/netip"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
)

// Txn is one HTTP request with its response. The session's goroutine owns it; it is reused for the next request of the
// connection after Reset.
type Txn struct {
	Conn *Conn

	// Req and Res are the heads as the rules have left them. Res is also where rules and errors build an own answer.
	Req h1.Request
	Res h1.Response
	// InResponse is set once the response head (or an own answer) is there: what hdr() and scope res mean depends on it.
	InResponse bool
	// Body is what is buffered of the request's body; BodyComplete says that it is all of it (req.body, wait-for-body).
	Body         []byte
	BodyComplete bool

	Frontend Proxy
	Backend  Backend // the frontend's own while no other was chosen and it is a listen section; else nil
	Server   Server  // nil until one was chosen

	// FrontendErrors and BackendErrors are the error pages of both, nil for none. Backend's go first.
	FrontendErrors, BackendErrors ErrorPages

	// ServerConn is the address pair of the connection to the server (%bi %bp %si %sp).
	ServerLocal, ServerRemote netip.AddrPort

	// Captures by slot; nil means nothing was captured (configuration.txt 8.8).
	ReqCaptures, ResCaptures [][]byte
	// ReqCaptureLens and ResCaptureLens are the longest values that the frontend's slots keep; the engine sets them.
	ReqCaptureLens, ResCaptureLens []int
	// CookieCapture are the values of `capture cookie` (%CC, %CS).
	ReqCookie, ResCookie []byte
	// UniqueID is set by unique-id-format, nil before.
	UniqueID []byte

	// Rule results, see Verdict.
	DenyStatus      int      // status of Deny and Tarpit; 0 takes the default (403; tarpit 500)
	Reply           Reply    // own answer of Answer
	Wait            WaitBody // parameters of VerdictWaitBody
	Offload         func()   // VerdictOffload: something slow to run outside the loop before the same rule is run again
	LogLevel        int8     // http-request set-log-level: -1 unset, 0..7, 8 silent
	Nice, Tos, Mark int      // reserved for set-nice, set-tos, set-mark
	Lax             bool     // strict-mode off: a rewrite that fails is skipped; ends with the rule set
	NoL7Retry       bool     // disable-l7-retry: only a failed connect may be retried

	Log Record

	vars, reqVars Vars
	mem           scratch
	works         works
	buffer        []byte
}

// LogSilent is the LogLevel of a transaction that is not logged (http-request set-log-level silent).
const LogSilent = 8

// Verdict is what a rule's action means for the rest of the rule set.
type Verdict uint8

// Verdicts of an action. The engine performs them; actions never do I/O.
const (
	Continue    Verdict = iota // go on with the next rule
	Stop                       // allow: leave this rule set
	Deny                       // answer DenyStatus from the proxy's error files, flags PR
	Tarpit                     // as Deny after timeout tarpit, flags PT
	Answer                     // Res and Reply hold the answer (return, redirect, auth), flags LR
	Reject                     // close without an answer, flags PR
	NeedBody                   // read more of the body as Wait says, then go on with the next rule
	NeedOffload                // run Offload outside the loop, then run this same rule again
	Failed                     // internal error: 500, flags PR
)

// Reply is the body that goes with an own answer in Res.
type Reply struct {
	Body []byte
	// KeepRequestBody: do not close although the request body was not read. HAProxy closes then.
	Redirect bool // flags LR, counted as a redirect
	// Ready goes with Deny and Tarpit: Res and Body hold the answer already, the error pages are not asked.
	Ready bool
	// Chunked sends Body as chunks, with a Transfer-Encoding header behind all others (the stats page).
	Chunked bool
	// Silent is an answer from an empty errorfile: the connection closes without one.
	Silent bool
}

// WaitBody says how much of a body is wanted (http-request wait-for-body, option http-buffer-request).
type WaitBody struct {
	Timeout time.Duration
	AtLeast int64 // bytes, 0 means all or a full buffer
}

// Reset prepares t for the next request of the same connection. Memory is kept.
func (t *Txn) Reset() {
	t.Req.Reset()
	t.Res.Reset()
	t.InResponse = false
	t.Body, t.BodyComplete = nil, false
	t.Backend, t.Server, t.BackendErrors = nil, nil, nil
	t.ServerLocal, t.ServerRemote = netip.AddrPort{}, netip.AddrPort{}
	clear(t.ReqCaptures)
	clear(t.ResCaptures)
	t.ReqCookie, t.ResCookie, t.UniqueID = nil, nil, nil
	t.DenyStatus, t.Reply, t.Wait, t.Offload = 0, Reply{}, WaitBody{}, nil
	t.LogLevel = -1
	t.Log = Record{}
	t.vars.Reset()
	t.reqVars.Reset()
	t.mem.off = 0
	t.works.used = 0
	t.Lax, t.NoL7Retry = false, false
}

// StartResponse switches t from its request to its response half: variables of scope req end here.
func (t *Txn) StartResponse() {
	if !t.InResponse {
		t.reqVars.Reset()
		t.InResponse = true
	}
}
