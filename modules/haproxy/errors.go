package haproxy

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
)

// ErrorPage replaces one of the answers that HAProxy makes itself (configuration.txt 4.2 "errorfile", "errorloc",
// "errorfiles", "http-error"). Later pages win over earlier ones of the same status.
type ErrorPage struct {
	// Status is which answer is replaced: 200 400 401 403 404 405 407 408 410 413 425 429 500 501 502 503 504. With Group it
	// may be 0: all statuses of the group.
	Status int `json:"status,omitempty"`
	// File holds a raw HTTP response, head and body ("errorfile"). An empty file means: no answer at all.
	File string `json:"file,omitempty"`
	// Location redirects instead, with Code 302 or 303 ("errorloc302", "errorloc303").
	Location string `json:"location,omitempty"`
	Code     int    `json:"code,omitempty"`
	// Group is the name of a group of HTTPErrors ("errorfiles").
	Group string `json:"group,omitempty"`
	// Reply is an answer in the form of the action return ("http-error").
	Reply *action.Reply `json:"reply,omitempty"`

	Pos cfg.Pos `json:"-"`
}

// HTTPErrors is a named group of error pages (configuration.txt 3.8).
type HTTPErrors struct {
	// Name is what ErrorPage.Group refers to.
	Name string `json:"name"`
	// Error are the pages: Status and File only.
	Error []ErrorPage `json:"error,omitempty"`

	Pos cfg.Pos `json:"-"`
}
