package check

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-haproxy/caddy-haproxy/modules/server"
)

func init() { caddy.RegisterModule(new(HTTP)) }

// HTTP sends a request and judges the answer (configuration.txt 4.2 "option httpchk", "http-check").
type HTTP struct {
	// Method is the request's method, default OPTIONS.
	Method string `json:"method,omitempty"`
	// URI is the request's target, default /.
	URI string `json:"uri,omitempty"`
	// Version is HTTP/1.0 (default) or HTTP/1.1.
	Version string `json:"version,omitempty"`
	// Headers are sent as they are written here, names in lower case. Content-Length and Transfer-Encoding are ignored.
	Headers []Header `json:"headers,omitempty"`
	// Body is sent with its Content-Length.
	Body string `json:"body,omitempty"`
	// SendState adds the header x-haproxy-server-state (http-check send-state).
	SendState bool `json:"send_state,omitempty"`
	// DisableOn404 makes a 404 take a running server out of balancing, persistent sessions aside.
	DisableOn404 bool `json:"disable_on_404,omitempty"`
	// Expect is what the answer must fulfil, all of it; default: a status of 200 to 399.
	Expect []Expect `json:"expect,omitempty"`
	// Node is the name in x-haproxy-server-state, default the host's name.
	Node string `json:"node,omitempty"`

	sentMethod, sentURI, sentVersion bool // set by http-check send, which goes before option httpchk
	sends                            int
}

// Header is one header line of a check's request.
type Header struct {
	// Name is sent as it is written.
	Name string `json:"name"`
	// Value is sent as it is written, but for %%, which stands for one %. Expressions are not supported yet.
	Value string `json:"value"`
}

// CaddyModule registers the check.
func (*HTTP) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "haproxy.checks.httpchk", New: func() caddy.Module { return new(HTTP) }}
}

// Provision compiles the expectations.
func (h *HTTP) Provision(caddy.Context) error { return h.Compile() }

// Compile checks the settings and compiles the expectations; Talk needs it.
func (h *HTTP) Compile() error {
	var errs []error
	switch h.Version {
	case "", "HTTP/1.0", "HTTP/1.1":
	default:
		errs = append(errs, fmt.Errorf("'option httpchk' : version '%s' is not supported yet", h.Version))
	}
	for _, w := range []string{h.Method, h.URI} {
		if strings.ContainsFunc(w, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			errs = append(errs, fmt.Errorf("'option httpchk' : invalid character in '%s'", w))
		}
	}
	for _, f := range h.Headers {
		if f.Name == "" || strings.ContainsAny(f.Name, " \t\r\n:") || strings.ContainsAny(f.Value, "\r\n") {
			errs = append(errs, fmt.Errorf("'http-check send' : invalid header '%s'", f.Name))
		}
		if strings.Contains(strings.ReplaceAll(f.Value, "%%", ""), "%") {
			errs = append(errs, fmt.Errorf("'http-check send' : log-format in header '%s' is not supported yet", f.Name))
		}
	}
	for i := range h.Expect {
		if err := h.Expect[i].compile(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// bodyless are the methods that HAProxy sends without content-length when there is no body.
var bodyless = map[string]bool{"GET": true, "HEAD": true, "OPTIONS": true, "DELETE": true}

// request is the bytes of the request; state is the value of x-haproxy-server-state, empty for none.
func (h *HTTP) request(state string) []byte {
	method, uri, version := orText(h.Method, "OPTIONS"), orText(h.URI, "/"), orText(h.Version, "HTTP/1.0")
	var b strings.Builder
	b.WriteString(method + " " + h.authority(uri) + " " + version + "\r\n")
	closes := version == "HTTP/1.1"
	var last string
	for _, f := range h.Headers {
		name := strings.ToLower(f.Name)
		line := name + ": " + strings.ReplaceAll(f.Value, "%%", "%") + "\r\n"
		switch name {
		case "content-length", "transfer-encoding":
		case "connection":
			closes = false
			last += line
		default:
			b.WriteString(line)
		}
	}
	if state != "" {
		b.WriteString("x-haproxy-server-state: " + state + "\r\n")
	}
	if h.Body != "" || !bodyless[method] {
		fmt.Fprintf(&b, "content-length: %d\r\n", len(h.Body))
	}
	b.WriteString(last)
	if closes {
		b.WriteString("connection: close\r\n")
	}
	b.WriteString("\r\n" + h.Body)
	return []byte(b.String())
}

// authority puts the Host header's value into an absolute URI, as HAProxy keeps both the same.
func (h *HTTP) authority(uri string) string {
	at := strings.Index(uri, "://")
	if at < 0 {
		return uri
	}
	for _, f := range h.Headers {
		if strings.EqualFold(f.Name, "host") {
			rest := uri[at+3:]
			path := ""
			if i := strings.IndexByte(rest, '/'); i >= 0 {
				path = rest[i:]
			}
			return uri[:at+3] + f.Value + path
		}
	}
	return uri
}

func orText(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// bufSize bounds what is read of an answer (tune.bufsize).
const bufSize = 16384

// Talk sends the request and judges the answer.
func (h *HTTP) Talk(conn net.Conn, s *server.Server) server.CheckResult {
	state := ""
	if h.SendState {
		state = stateHeader(s, h.Node)
	}
	if _, err := conn.Write(h.request(state)); err != nil {
		return talkFailure(err)
	}
	a := answer{conn: conn, method: []byte(orText(h.Method, "OPTIONS")), buf: make([]byte, 0, bufSize)}
	if res, ok := a.head(); !ok {
		return res
	}
	if a.res.Status == 404 && h.DisableOn404 {
		return server.CheckResult{Status: server.CheckL7OKCond, Code: 404}
	}
	if len(h.Expect) == 0 {
		return success.judge(&a)
	}
	for i := range h.Expect {
		if res := h.Expect[i].judge(&a); res.Status != server.CheckL7OK {
			return res
		}
	}
	return server.CheckResult{Status: server.CheckL7OK, Code: a.res.Status}
}

// talkFailure is the result of a check whose connection failed after it was made.
func talkFailure(err error) server.CheckResult {
	switch {
	case isTimeout(err):
		return server.CheckResult{Status: server.CheckL7Timeout}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return server.CheckResult{Status: server.CheckL7Resp}
	}
	return server.CheckResult{Status: server.CheckSockErr, Info: reason(err)}
}

var _ Checker = (*HTTP)(nil)
var _ caddy.Provisioner = (*HTTP)(nil)
