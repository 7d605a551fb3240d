package haproxy

// Forwardfor adds the client's address as a header to requests (configuration.txt 4.2 "option forwardfor").
type Forwardfor struct {
	// Except is an address or network in CIDR form whose clients get no header.
	Except string `json:"except,omitempty"`
	// Header is the header's name. Default: X-Forwarded-For.
	Header string `json:"header,omitempty"`
	// IfNone leaves requests alone that have the header already.
	IfNone bool `json:"if_none,omitempty"`
}

// Originalto adds the address that the client connected to as a header (configuration.txt 4.2 "option originalto").
type Originalto struct {
	// Except is an address or network in CIDR form: no header when the client connected to it.
	Except string `json:"except,omitempty"`
	// Header is the header's name. Default: X-Original-To.
	Header string `json:"header,omitempty"`
}
