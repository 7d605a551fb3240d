package engine

import (
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
)

// Rules may have changed the headers that say where a body ends. What goes out then follows the changed headers as far
// as HAProxy was seen to follow them; the body itself is always read as its sender framed it.

// framingOf reads the framing headers as the rules have left them.
func framingOf(h h1.Headers) (length int64, hasLength, chunked bool) {
	if v, ok := h.Value("content-length"); ok {
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err == nil && n >= 0 {
			length, hasLength = n, true
		}
	}
	for i := h.Find("transfer-encoding", 0); i >= 0 && !chunked; i = h.Find("transfer-encoding", i+1) {
		chunked = len(h[i].Value) > 0
	}
	return length, hasLength, chunked
}

// frameRequest decides how the request's body is framed towards the server. closing says that the server's connection
// cannot be used again and is told so; a fault, that the announced length is shorter than the body.
func (s *session) frameRequest() (closing bool, f *fault) {
	r, b := &s.t.Req, &s.body
	b.out = b.kind
	length, hasLength, chunked := framingOf(r.Headers)
	have := int64(b.to - b.from)
	switch {
	case r.IsConnect:
	case b.kind == h1.BodyNone && chunked:
		b.out = h1.BodyChunked
		return true, nil
	case b.kind == h1.BodyNone && hasLength && length > 0:
		r.Headers.Del("content-length")
	case b.kind == h1.BodyNone:
	case hasLength && length < have:
		return false, &faultRule
	case b.kind == h1.BodyChunked:
		if !chunked {
			r.Headers.Add(nameTransferEncoding, valueChunked)
		}
		return hasLength, nil
	case chunked:
		b.out = h1.BodyChunked
		return true, nil
	case !hasLength:
		b.out = h1.BodyChunked
		r.Headers.Add(nameTransferEncoding, valueChunked)
	case length != r.ContentLength:
		s.odd = true
		if length < r.ContentLength {
			return false, &faultRule
		}
	}
	return false, nil
}

// frameResponse decides how the response's body is framed towards the client. False: the answer cannot be sent, because
// the announced length is shorter than the body or the status is an interim one.
func (s *session) frameResponse(kind h1.Body) (out h1.Body, ok bool) {
	r := &s.t.Res
	out = kind
	if kind == h1.BodyTunnel || r.Status < 100 { // HAProxy strips the framing of a status below 100
		return out, true
	}
	s.closeAfter = kind == h1.BodyUntilClose
	if status := r.Status; status != s.serverStatus {
		switch {
		case status < 200:
			return out, false
		case status == 204:
			r.Headers.Del("content-length")
			r.Headers.Del("transfer-encoding")
			return h1.BodyNone, true
		case status == 304:
			return h1.BodyNone, true
		}
	}
	length, hasLength, chunked := framingOf(r.Headers)
	switch kind {
	case h1.BodyNone:
		s.closeAfter = chunked && hasLength // nobody can tell which of them a body would have
		return out, true
	case h1.BodyChunked:
		if hasLength {
			s.closeAfter = true
		}
		if !chunked {
			s.addTE = true
		}
		return out, true
	case h1.BodyLength:
		switch {
		case chunked:
			s.closeAfter = true
			return h1.BodyChunked, true
		case !hasLength:
			s.addTE = true
			return h1.BodyChunked, true
		}
		return out, length >= s.serverLength
	}
	if chunked {
		s.closeAfter = true
		return h1.BodyChunked, true
	}
	if len(s.stages) > 0 {
		s.addTE, s.closeAfter = true, false
		return h1.BodyChunked, true
	}
	return out, !hasLength || length >= int64(len(s.sinData))
}
