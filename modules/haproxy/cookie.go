package haproxy

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// Cookie is cookie-based persistence (configuration.txt 4.2 "cookie").
type Cookie struct {
	// Name is the cookie's name.
	Name string `json:"name"`
	// Mode is rewrite, insert or prefix; empty is passive: the cookie is read and never changed.
	Mode string `json:"mode,omitempty"`
	// Indirect hides the cookie from servers.
	Indirect bool `json:"indirect,omitempty"`
	// Nocache marks responses that set the cookie as not cacheable.
	Nocache bool `json:"nocache,omitempty"`
	// Postonly sets the cookie only in answers to POST.
	Postonly bool `json:"postonly,omitempty"`
	// Preserve leaves a cookie alone that the server sets itself.
	Preserve bool `json:"preserve,omitempty"`
	// Httponly and Secure add the attributes of these names.
	Httponly bool `json:"httponly,omitempty"`
	Secure   bool `json:"secure,omitempty"`
	// Domain are values of the attribute Domain.
	Domain []string `json:"domain,omitempty"`
	// Maxidle and Maxlife bound how long the cookie is believed.
	Maxidle Duration `json:"maxidle,omitempty"`
	Maxlife Duration `json:"maxlife,omitempty"`
	// Dynamic computes the servers' values from their addresses.
	Dynamic bool `json:"dynamic,omitempty"`
	// Attr are further attributes.
	Attr []string `json:"attr,omitempty"`

	Pos cfg.Pos `json:"-"`
}
