package haproxy

// Timeouts are the timeouts of a proxy (configuration.txt 4.2 "timeout ..."). All count inactivity. An absent one never
// expires, unless its comment names what it falls back to.
type Timeouts struct {
	// Check bounds the answer of a health check once connected. Default: the interval of the check.
	Check Duration `json:"check,omitempty"`
	// Client bounds the silence of a client.
	Client Duration `json:"client,omitempty"`
	// ClientFin replaces Client once one direction is closed. Default: Client.
	ClientFin Duration `json:"client_fin,omitempty"`
	// Connect bounds the connect to a server.
	Connect Duration `json:"connect,omitempty"`
	// HTTPKeepAlive bounds the wait for the next request. Default: HTTPRequest, then Client.
	HTTPKeepAlive Duration `json:"http_keep_alive,omitempty"`
	// HTTPRequest bounds the time to receive a whole request head. Default: Client.
	HTTPRequest Duration `json:"http_request,omitempty"`
	// Queue bounds the wait for a free server. Default: Connect.
	Queue Duration `json:"queue,omitempty"`
	// Server bounds the silence of a server.
	Server Duration `json:"server,omitempty"`
	// ServerFin replaces Server once one direction is closed. Default: Server.
	ServerFin Duration `json:"server_fin,omitempty"`
	// Tarpit is how long a tarpit holds a client. Default: Connect.
	Tarpit Duration `json:"tarpit,omitempty"`
	// Tunnel replaces Client and Server once a connection is a tunnel. Default: both stay.
	Tunnel Duration `json:"tunnel,omitempty"`
}
