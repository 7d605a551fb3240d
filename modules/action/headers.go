package action

import (
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// headers are the fields that a rule edits: the request's, or the response's once there is one.
func headers(t *txn.Txn) *h1.Headers {
	if t.InResponse {
		return &t.Res.Headers
	}
	return &t.Req.Headers
}

// fieldName is a header's name as the codec keeps it. HAProxy does not check it, and neither do we.
func fieldName(name string) []byte { return []byte(strings.ToLower(name)) }

// headerFormat is what set-header and add-header share.
type headerFormat struct {
	// Header is the field's name.
	Header string `json:"header"`
	// Value is its value, a format string (configuration.txt 8.2.6).
	Value string `json:"value"`

	name  []byte
	value value
}

func (h *headerFormat) unmarshal(d *cfg.Dispenser) error {
	if !d.Args(&h.Header, &h.Value) {
		return d.Errf("expects exactly 2 arguments.")
	}
	return nil
}
