package haproxy

import "github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"

// Captures are what a frontend keeps of requests and responses for logs and rules (configuration.txt 4.2 "capture ...",
// "declare capture"). The slots are numbered from 0 in their order.
type Captures struct {
	// Cookie is one cookie to keep of both directions.
	Cookie *CaptureCookie `json:"cookie,omitempty"`
	// Request and Response are the slots.
	Request  []CaptureSlot `json:"request,omitempty"`
	Response []CaptureSlot `json:"response,omitempty"`
}

// CaptureCookie keeps a cookie whose name begins with, or is, Name.
type CaptureCookie struct {
	// Name is the name without the "=" that marks an exact match in the file.
	Name string `json:"name"`
	// Exact wants the whole name to match; else Name is a prefix.
	Exact bool `json:"exact,omitempty"`
	// Len is the number of characters that are kept.
	Len int `json:"len"`
}

// CaptureSlot keeps one header, or nothing by itself when it has no header ("declare capture"): rules fill it.
type CaptureSlot struct {
	// Header is the header's name; its last occurrence is kept.
	Header string `json:"header,omitempty"`
	// Len is the number of characters that are kept.
	Len int `json:"len"`

	Pos cfg.Pos `json:"-"`
}
