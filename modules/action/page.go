package action

import (
	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// page is one ready answer. It does not change once made.
type page struct {
	status  int
	reason  []byte
	minor   int
	headers h1.Headers
	conn    h1.ConnFlags
	length  int64 // of Content-Length, -1 without one
	body    []byte
	silent  bool   // an empty errorfile: no answer at all
	reply   *Reply // http-error: made for each request; the fields above are not used
}

// fill makes p the answer of t.
func (p *page) fill(t *txn.Txn) {
	if p.reply != nil {
		p.reply.fill(t)
		return
	}
	t.Res.Reset()
	t.Reply.Body, t.Reply.Silent = p.body, p.silent
	if p.silent {
		return
	}
	t.Res.Status, t.Res.Reason, t.Res.Minor = p.status, p.reason, p.minor
	t.Res.ContentLength, t.Res.Conn = p.length, p.conn
	t.Res.Headers = append(t.Res.Headers, p.headers...)
}

// ErrorPage makes the error page for status the answer of t, in t.Res and t.Reply.Body: the backend's own, else the
// frontend's, else the built-in one. When t.Reply.Silent is set afterwards the connection closes without an answer (an
// empty errorfile). A status without a page takes that of 500.
func ErrorPage(t *txn.Txn, status int) {
	switch {
	case t.BackendErrors != nil && t.BackendErrors.Fill(t, status):
	case t.FrontendErrors != nil && t.FrontendErrors.Fill(t, status):
	default:
		i := statusIndex(status)
		if i < 0 {
			i = statusIndex(500)
		}
		defaults[i].fill(t)
	}
}
