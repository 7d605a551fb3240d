package haproxy

import (
	"encoding/json"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/acl"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
	"github.com/caddy-haproxy/caddy-haproxy/modules/logtarget"
	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

// ProxyType says which halves a proxy has.
type ProxyType string

// The types of a proxy, named as the sections of the file are.
const (
	TypeFrontend ProxyType = "frontend" // accepts connections
	TypeBackend  ProxyType = "backend"  // has servers
	TypeListen   ProxyType = "listen"   // both
	// TypeDefaults is never in a JSON config: the adapter keeps defaults sections in the same structure.
	TypeDefaults ProxyType = "defaults"
)

// HasFrontend tells whether the type accepts connections.
func (t ProxyType) HasFrontend() bool { return t == TypeFrontend || t == TypeListen }

// HasBackend tells whether the type has servers.
func (t ProxyType) HasBackend() bool { return t == TypeBackend || t == TypeListen }

// Mode is the protocol that a proxy speaks.
type Mode string

// The modes of configuration.txt 4.2 "mode".
const (
	ModeTCP  Mode = "tcp"
	ModeHTTP Mode = "http"
)

// Proxy is one frontend, backend or listen section (configuration.txt 4). Settings of the half that a proxy does not have
// are an error.
type Proxy struct {
	// Name is the section's name: letters, digits and - _ . : only.
	Name string `json:"name"`
	// Type is frontend, backend or listen.
	Type ProxyType `json:"type"`
	// Mode is http or tcp. Default: tcp, as in HAProxy.
	Mode Mode `json:"mode,omitempty"`
	// ID is the number that stats and CLI show. Default: its place in the file, counted from 1, or from 2 with a stats socket.
	ID int `json:"id,omitempty"`
	// Description is shown on the stats page ("description").
	Description string `json:"description,omitempty"`
	// Disabled proxies are checked but neither listen nor balance ("disabled").
	Disabled bool `json:"disabled,omitempty"`

	// Bind are the addresses to listen on ("bind"). Frontends only.
	Bind []*Bind `json:"bind,omitempty"`
	// Maxconn is how many connections are served at once; further ones wait in the kernel's backlog ("maxconn").
	// Default: the global limit.
	Maxconn int `json:"maxconn,omitempty"`

	// Timeout holds all timeouts of the proxy ("timeout").
	Timeout Timeouts `json:"timeout,omitzero"`
	// Option holds the switches of the proxy ("option").
	Option Options `json:"option,omitzero"`
	// HTTPConnectionMode says when connections are closed: "http-keep-alive", "http-server-close" or "httpclose" (the options
	// of these names; the last one wins). Default: http-keep-alive.
	HTTPConnectionMode string `json:"http_connection_mode,omitempty"`
	// Forwardfor adds the client's address to requests ("option forwardfor").
	Forwardfor *Forwardfor `json:"forwardfor,omitempty"`
	// Originalto adds the address that the client connected to ("option originalto").
	Originalto *Originalto `json:"originalto,omitempty"`

	// Log are the targets of the log lines ("log").
	Log []logtarget.Target `json:"log,omitempty"`
	// LogFormat is a format of configuration.txt 8.2.4, or one of the names "httplog", "clf", "tcplog" for the built-in ones
	// ("log-format", "option httplog", "option httplog clf", "option tcplog"). Default: the short format of 8.2.1.
	LogFormat string `json:"log_format,omitempty"`
	// LogFormatSD is the structured data of RFC 5424 log lines ("log-format-sd").
	LogFormatSD string `json:"log_format_sd,omitempty"`
	// ErrorLogFormat is the format for connections that end before there is a request ("error-log-format").
	ErrorLogFormat string `json:"error_log_format,omitempty"`
	// LogTag replaces "haproxy" in log lines ("log-tag"). Default: the global one.
	LogTag string `json:"log_tag,omitempty"`
	// UniqueIDFormat and UniqueIDHeader give each request an identifier ("unique-id-format", "unique-id-header").
	UniqueIDFormat string `json:"unique_id_format,omitempty"`
	UniqueIDHeader string `json:"unique_id_header,omitempty"`
	// Capture are the headers and the cookie that are kept for the log ("capture", "declare capture").
	Capture Captures `json:"capture,omitzero"`

	// MonitorURI is answered with 200 before any rule runs ("monitor-uri").
	MonitorURI string `json:"monitor_uri,omitempty"`
	// MonitorFail are the conditions under which MonitorURI is answered with 503 ("monitor fail").
	MonitorFail []*acl.Condition `json:"monitor_fail,omitempty"`
	// MonitorNet are networks whose requests are all answered with 200 and never logged (HAProxy 1.x "monitor-net").
	MonitorNet []string `json:"monitor_net,omitempty"`

	// ACL are the named conditions ("acl"); several of one name are one condition that any of them satisfies.
	ACL []acl.Named `json:"acl,omitempty"`
	// HTTPRequest, HTTPResponse and HTTPAfterResponse are the rules, in their order ("http-request", ...).
	HTTPRequest       action.Rules `json:"http_request,omitempty"`
	HTTPResponse      action.Rules `json:"http_response,omitempty"`
	HTTPAfterResponse action.Rules `json:"http_after_response,omitempty"`
	// Redirect are the rules that run after HTTPRequest ("redirect").
	Redirect action.Rules `json:"redirect,omitempty"`
	// UseBackend chooses the backend: the first rule that matches wins ("use_backend").
	UseBackend []UseBackend `json:"use_backend,omitempty"`
	// DefaultBackend takes what no rule of UseBackend took ("default_backend").
	DefaultBackend string `json:"default_backend,omitempty"`

	// Balance chooses a server. Default: roundrobin ("balance").
	Balance json.RawMessage `json:"balance,omitempty" caddy:"namespace=haproxy.balance inline_key=algorithm"`
	// Cookie binds a client to a server ("cookie").
	Cookie *Cookie `json:"cookie,omitempty"`
	// Server are the servers in their order ("server"; default-server is already merged into them).
	Server []*server.Config `json:"server,omitempty"`
	// Check is how servers with `check` are tested. Default: a connect ("option httpchk" and the other checks).
	Check json.RawMessage `json:"check,omitempty" caddy:"namespace=haproxy.checks inline_key=type"`
	// Fullconn is how many sessions it takes until servers with a minconn get their maxconn ("fullconn"). Default: a tenth of
	// the maxconn of the frontends that lead here.
	Fullconn int `json:"fullconn,omitempty"`
	// Retries is how often a failed connect is repeated ("retries"). Default: 3.
	Retries *int `json:"retries,omitempty"`
	// RetryOn says which failures are worth a retry ("retry-on"). Default: conn-failure.
	RetryOn []string `json:"retry_on,omitempty"`
	// Redispatch lets a retry go to another server ("option redispatch N"): every N-th retry, or for a negative N the N-th
	// from the last. Default: 0, never.
	Redispatch int `json:"redispatch,omitempty"`
	// HTTPReuse says which idle connections to servers may be shared: never, safe, aggressive or always ("http-reuse").
	// Default: safe.
	HTTPReuse string `json:"http_reuse,omitempty"`

	// Error replaces the answers that HAProxy makes itself ("errorfile", "errorloc", "errorfiles", "http-error").
	Error []ErrorPage `json:"error,omitempty"`
	// Stats serves the statistics page ("stats").
	Stats *Stats `json:"stats,omitempty"`

	Pos cfg.Pos `json:"-"`
	// At holds the places of settings that are plain values, by keyword ("default_backend"), for messages.
	At map[string]cfg.Pos `json:"-"`
}

// Where is the place of a keyword of p, or of p itself when the keyword has none.
func (p *Proxy) Where(keyword string) cfg.Pos {
	if pos, ok := p.At[keyword]; ok {
		return pos
	}
	return p.Pos
}

// UseBackend sends requests to a backend (configuration.txt 4.2 "use_backend").
type UseBackend struct {
	// Backend is a name, or a log-format string such as %[req.hdr(host),lower] that yields one.
	Backend string `json:"backend"`
	// If is the condition; without one the rule always matches.
	If *acl.Condition `json:"if,omitempty"`

	Pos cfg.Pos `json:"-"`
}

// Dynamic tells whether the backend's name depends on the request.
func (u *UseBackend) Dynamic() bool {
	for i := 0; i < len(u.Backend); i++ {
		if u.Backend[i] == '%' {
			return true
		}
	}
	return false
}
