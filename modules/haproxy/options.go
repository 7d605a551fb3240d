package haproxy

// Options are the switches of a proxy, all off by default (configuration.txt 4.2 "option ...").
type Options struct {
	// Abortonclose drops requests whose client is gone while they wait.
	Abortonclose bool `json:"abortonclose,omitempty"`
	// AcceptInvalidHTTPRequest and AcceptInvalidHTTPResponse relax the parser.
	AcceptInvalidHTTPRequest  bool `json:"accept_invalid_http_request,omitempty"`
	AcceptInvalidHTTPResponse bool `json:"accept_invalid_http_response,omitempty"`
	// Allbackups balances over all backup servers instead of the first one.
	Allbackups bool `json:"allbackups,omitempty"`
	// Clitcpka and Srvtcpka enable TCP keep-alive towards clients and servers ("option tcpka" is both).
	Clitcpka bool `json:"clitcpka,omitempty"`
	Srvtcpka bool `json:"srvtcpka,omitempty"`
	// DontlogNormal logs only what went wrong.
	DontlogNormal bool `json:"dontlog_normal,omitempty"`
	// Dontlognull does not log connections that carried no data.
	Dontlognull bool `json:"dontlognull,omitempty"`
	// HTTPBufferRequest waits for the whole body before the rules run.
	HTTPBufferRequest bool `json:"http_buffer_request,omitempty"`
	// HTTPIgnoreProbes neither answers nor logs connections that close without a request.
	HTTPIgnoreProbes bool `json:"http_ignore_probes,omitempty"`
	// HTTPPretendKeepalive keeps "connection: close" from servers although the connection is closed.
	HTTPPretendKeepalive bool `json:"http_pretend_keepalive,omitempty"`
	// LogHealthChecks logs each result of a check that changes something.
	LogHealthChecks bool `json:"log_health_checks,omitempty"`
	// LogSeparateErrors raises the level of failed requests' log lines to err.
	LogSeparateErrors bool `json:"log_separate_errors,omitempty"`
	// Logasap logs when the response head is there, before the body ends.
	Logasap bool `json:"logasap,omitempty"`
	// SpliceAuto, SpliceRequest and SpliceResponse let the kernel move bodies with splice(2): in both directions where it
	// looks worth it, or wherever possible from the client or from the server. Each counts when the frontend or the backend
	// has it.
	SpliceAuto     bool `json:"splice_auto,omitempty"`
	SpliceRequest  bool `json:"splice_request,omitempty"`
	SpliceResponse bool `json:"splice_response,omitempty"`
	// HTTPRestrictReqHdrNames says what to do with request headers whose names have other characters than letters, digits
	// and dashes: preserve, delete or reject. Default: preserve.
	HTTPRestrictReqHdrNames string `json:"http_restrict_req_hdr_names,omitempty"`
}
