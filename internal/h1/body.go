package h1

// Body says where a message's body ends.
type Body uint8

const (
	// BodyNone has no byte.
	BodyNone Body = iota
	// BodyLength has ContentLength bytes.
	BodyLength
	// BodyChunked ends with the last chunk and the trailers.
	BodyChunked
	// BodyUntilClose ends when the sender closes; the connection cannot be used again.
	BodyUntilClose
	// BodyTunnel is no body: from here on bytes go both ways until either side closes.
	BodyTunnel
)

// Body says how the request's body ends (RFC 9112 6.3). A request without framing fields has none. What follows a
// CONNECT is decided by its response.
func (r *Request) Body() Body {
	switch {
	case r.Chunked:
		return BodyChunked
	case r.ContentLength > 0:
		return BodyLength
	}
	return BodyNone
}

// Body says how the response's body ends, given the request's method (RFC 9112 6.3).
func (r *Response) Body(method []byte) Body {
	switch {
	case r.Status == 101, r.Status >= 200 && r.Status < 300 && string(method) == "CONNECT":
		return BodyTunnel
	case r.Status >= 100 && r.Status < 200, r.Status == 204, r.Status == 304, string(method) == "HEAD":
		return BodyNone
	case r.Chunked:
		return BodyChunked
	case r.ContentLength > 0:
		return BodyLength
	case r.ContentLength == 0:
		return BodyNone
	}
	return BodyUntilClose
}

// Interim says that another response to the same request follows: 100, 102, 103 and the like, not 101.
func (r *Response) Interim() bool { return r.Status >= 100 && r.Status < 200 && r.Status != 101 }
