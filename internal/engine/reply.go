package engine

import (
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/action"
)

// answerStatus sends the proxy's own answer of a status: its error page. 0 sends nothing and ends the connection.
func (s *session) answerStatus(status int) {
	t := &s.t
	t.Log.Status = status
	if status == 0 {
		s.keep = false
		return
	}
	action.ErrorPage(t, status)
	page := t.Res.Status
	s.answer()
	if t.Log.Status == page {
		t.Log.Status = status // an error page with another status is logged as the error it stands for
	}
}

// answer sends the own answer in t.Res and t.Reply.Body.
func (s *session) answer() {
	t := &s.t
	if t.Reply.Silent {
		s.keep = false
		return
	}
	t.StartResponse()
	t.Log.Status = t.Res.Status
	if t.Log.ServerName == "" && t.Server == nil {
		t.Log.ServerName = "<NOSRV>"
	}
	s.afterResponse()
	t.Log.Status = t.Res.Status
	if !s.body.done || s.stop.Load() {
		s.keep = false
	}
	body := t.Reply.Body
	if t.Reply.Redirect && !s.body.done {
		t.Res.Headers.Add(nameConnection, valueClose)
		t.Res.Conn |= h1.ConnClose
	}
	t.Log.BytesOut += headSize(8+len(strconv.Itoa(t.Res.Status))+len(t.Res.Reason), t.Res.Headers)
	if t.Res.Conn&h1.ConnClose != 0 {
		if t.Res.Headers.Find("connection", 0) < 0 { // a page from a file: the field was read already, but it counts
			t.Log.BytesOut += int64(len(nameConnection) + len(valueClose))
		}
		t.Res.Headers.Del("connection")
		s.keep = false
	}
	if s.headOnly() {
		body = nil
	} else {
		t.Log.BytesOut += int64(len(body))
	}
	if s.fe.Mode == Close {
		s.keep = false
	}
	chunked := t.Reply.Chunked && body != nil
	if chunked && t.Req.Minor > 0 { // behind Connection for a client of HTTP/1.0, as seen with 2.6.12
		t.Res.Headers.Add(nameTransferEncoding, valueChunked)
	}
	s.keep = t.Res.SetConnection(&t.Req, s.keep)
	s.logHead()
	if chunked {
		if t.Req.Minor == 0 {
			t.Res.Headers.Add(nameTransferEncoding, valueChunked)
		}
		body = oneChunk(body)
	}
	s.take(&s.out)
	head := h1.AppendResponse((*s.out.b)[:0], &t.Res)
	s.sent = true
	if _, err := s.c.Write(head, body, s.fe.Timeouts.Client); err != nil {
		s.clientWriteFailed(err)
	}
}

// oneChunk is body as a chunked message body (RFC 9112 7.1). HAProxy sends its own pages so, to HTTP/1.0 clients too.
func oneChunk(body []byte) []byte {
	if len(body) == 0 {
		return lastChunk
	}
	out := make([]byte, 0, len(body)+32)
	out = strconv.AppendInt(out, int64(len(body)), 16)
	out = append(out, "\r\n"...)
	out = append(out, body...)
	out = append(out, "\r\n"...)
	return append(out, lastChunk...)
}

var (
	nameTransferEncoding = []byte("transfer-encoding")
	valueChunked         = []byte("chunked")
	lastChunk            = []byte("0\r\n\r\n")
)

// headOnly tells whether the request's answer has no body.
func (s *session) headOnly() bool {
	return string(s.t.Req.Method) == "HEAD" || string(s.t.Log.Method) == "HEAD"
}

// answer422 is the one text that is no error page: errorfile does not know the status.
var answer422 = []byte("HTTP/1.1 422 Unprocessable Content\r\nContent-length: 116\r\nCache-Control: no-cache\r\nContent-Type: text/html\r\n\r\n" +
	"<html><body><h1>422 Unprocessable Content</h1>\nThe server cannot process the contained instructions.\n</body></html>\n")

// answerRaw sends the answer to a connection that has no request: the error page with its own Connection header, as
// it stands in the page.
func (s *session) answerRaw(status int) {
	t := &s.t
	if status == 422 {
		s.c.Write(answer422, nil, s.fe.Timeouts.Client)
		return
	}
	t.FrontendErrors = nil // at this point only the built-in pages are used
	action.ErrorPage(t, status)
	s.take(&s.out)
	out := append((*s.out.b)[:0], "HTTP/1.1 "...)
	out = strconv.AppendInt(out, int64(t.Res.Status), 10)
	out = append(out, ' ')
	out = append(out, t.Res.Reason...)
	out = append(out, "\r\n"...)
	seen := status != 400 && status != 408 // the texts of the others do not say it
	for _, h := range t.Res.Headers {
		if string(h.Name) == "connection" {
			continue
		}
		if !seen && string(h.Name) == "content-type" {
			out = append(out, "Connection: close\r\n"...)
			seen = true
		}
		out = appendCanonical(out, h.Name)
		out = append(out, ": "...)
		out = append(out, h.Value...)
		out = append(out, "\r\n"...)
	}
	if !seen {
		out = append(out, "Connection: close\r\n"...)
	}
	out = append(out, "\r\n"...)
	s.c.Write(out, t.Reply.Body, s.fe.Timeouts.Client)
}

// appendCanonical writes a header name as HAProxy's built-in error texts spell it.
func appendCanonical(dst, name []byte) []byte {
	switch string(name) {
	case "content-length":
		return append(dst, "Content-length"...)
	case "cache-control":
		return append(dst, "Cache-Control"...)
	case "content-type":
		return append(dst, "Content-Type"...)
	}
	return append(dst, name...)
}

var (
	nameConnection = []byte("connection")
	valueClose     = []byte("close")
)
