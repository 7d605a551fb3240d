package h1

import "bytes"

// seeConnection collects the tokens of one Connection line.
func (f *framing) seeConnection(rest []byte) {
	for more := true; more; {
		var piece []byte
		piece, rest, more = cutComma(rest)
		piece = TrimBlanks(piece)
		flag := connToken(piece)
		f.conn |= flag
		// an empty element may vanish too
		f.shorten = f.shorten || flag&(ConnClose|ConnKeepAlive) != 0 || len(piece) == 0
	}
}

func connToken(tok []byte) ConnFlags {
	switch len(tok) {
	case 5:
		if isFold(tok, "close") {
			return ConnClose
		}
	case 7:
		if isFold(tok, "upgrade") {
			return ConnUpgrade
		}
	case 10:
		if isFold(tok, "keep-alive") {
			return ConnKeepAlive
		}
	}
	return 0
}

// stripConnection takes close and keep-alive out of every Connection line, and drops the lines that end up empty. It
// works in place when the values are the parser's own; those a rule wrote may belong to the configuration.
func (h *Headers) stripConnection(own bool) {
	for i := h.Find("connection", 0); i >= 0; {
		v := (*h)[i].Value
		switch {
		case connToken(v)&(ConnClose|ConnKeepAlive) != 0:
			v = nil
		case own:
			v = shortenConnection(v)
		default:
			v = shortenConnection(bytes.Clone(v))
		}
		(*h)[i].Value = v
		next := i + 1
		if len(v) == 0 {
			h.DelAt(i)
			next = i
		}
		i = h.Find("connection", next)
	}
}

// shortenConnection works in place, byte for byte as HAProxy: blanks stay as they are in front of the first removed
// token and vanish after it, and an empty element at the end goes with its comma.
func shortenConnection(v []byte) []byte {
	out, removed, drop := 0, false, -1
	for at := 0; at < len(v); {
		end := at
		for end < len(v) && v[end] != ',' {
			end++
		}
		word := TrimBlanks(v[at:end])
		if connToken(word)&(ConnClose|ConnKeepAlive) != 0 {
			removed = true
			at = end + 1
			continue
		}
		mark := out
		if removed {
			if out > 0 {
				v[out] = ','
				out++
			}
			out += copy(v[out:], word)
		} else {
			mark = max(at-1, 0)
			out = end
		}
		drop = -1
		if len(word) == 0 {
			drop = mark
		}
		at = end + 1
	}
	if drop >= 0 {
		out = drop
	}
	return v[:out:out]
}

var (
	nameConnection = []byte("connection")
	valueClose     = []byte("close")
	valueKeepAlive = []byte("keep-alive")
)

// SetConnection readies the request for the server, as the last step before AppendRequest. keep says that the
// connection may carry another request afterwards: false under "option http-server-close" and "option httpclose" of
// either side (configuration.txt 4.2), whatever the client asked for. The answer is keep, or false where a rule wrote
// "Connection: close" or the request leaves no choice.
//
//	request         keep              close
//	HTTP/1.1        nothing           connection: close
//	HTTP/1.0        connection: keep-alive (not with a chunked body)   nothing
//	Connection: upgrade   nothing     nothing
//	CONNECT, chunked      connection: close
//
// Other Connection tokens stay as they are. Of TE only "trailers" is left.
func (r *Request) SetConnection(keep bool) bool {
	if r.IsConnect && r.ContentLength > 0 {
		// what follows the head is the tunnel's
		r.Headers.Del("content-length")
	}
	r.Headers.limitTE()
	said := r.Headers.takeConnection()
	if said&ConnClose != 0 || r.MustClose || r.IsConnect && r.Chunked {
		keep = false
	}
	// nothing is said to a server about a close that only the framing asks for
	asked := keep || r.MustClose && said&ConnClose == 0 && !r.IsConnect
	switch {
	case said&ConnUpgrade != 0:
	case r.Minor == 0 && keep:
		r.Headers.Add(nameConnection, valueKeepAlive)
	case r.Minor == 1 && !asked:
		r.Headers.Add(nameConnection, valueClose)
	}
	return keep
}

// SetConnection readies the response for the client, as the last step before AppendResponse. keep is what KeepClient
// said; the answer is keep, or false where a rule wrote "Connection: close". The response keeps its own version, so an
// HTTP/1.1 client may be sent an HTTP/1.0 response.
//
//	response           keep                              close
//	HTTP/1.1           connection: keep-alive to an HTTP/1.0 client, else nothing    connection: close
//	HTTP/1.0           connection: keep-alive            nothing
//	1xx, tunnel, Connection: upgrade    nothing          nothing
func (r *Response) SetConnection(req *Request, keep bool) bool {
	r.Headers.limitTE()
	said := r.Headers.takeConnection()
	if said&ConnClose != 0 {
		keep = false
	}
	if r.Status < 200 || said&ConnUpgrade != 0 || r.Body(req.Method) == BodyTunnel {
		return keep
	}
	switch {
	case keep && (r.Minor == 0 || req.Minor == 0):
		r.Headers.Add(nameConnection, valueKeepAlive)
	case !keep && r.Minor == 1:
		r.Headers.Add(nameConnection, valueClose)
	}
	return keep
}

// takeConnection reads the Connection lines as the rules left them, and takes close and keep-alive out.
func (h *Headers) takeConnection() ConnFlags {
	i := h.Find("connection", 0)
	if i < 0 {
		return 0
	}
	var f framing
	for ; i >= 0; i = h.Find("connection", i+1) {
		f.seeConnection((*h)[i].Value)
	}
	if f.conn&(ConnClose|ConnKeepAlive) != 0 {
		h.stripConnection(false)
	}
	return f.conn
}

var valueTrailers = []byte("trailers")

// limitTE leaves of every TE line the word "trailers", and drops the lines that do not have it: the proxy takes
// transfer codings apart itself (RFC 9110 10.1.4).
func (h *Headers) limitTE() {
	for i := h.Find("te", 0); i >= 0; {
		next := i + 1
		if hasTrailers((*h)[i].Value) {
			(*h)[i].Value = valueTrailers
		} else {
			h.DelAt(i)
			next = i
		}
		i = h.Find("te", next)
	}
}

// hasTrailers looks for an element that is "trailers", or ends in that word, in lower case as HAProxy wants it.
func hasTrailers(list []byte) bool {
	for more := true; more; {
		var piece []byte
		piece, list, more = cutComma(list)
		piece = TrimBlanks(piece)
		if n := len(piece) - len(valueTrailers); n >= 0 && bytes.Equal(piece[n:], valueTrailers) && (n == 0 || isBlank(piece[n-1])) {
			return true
		}
	}
	return false
}

// WantsKeepAlive says whether the client wants to send another request: what Connection says, else what the version
// says (RFC 9112 9.3). Close wins over keep-alive.
func (r *Request) WantsKeepAlive() bool {
	return !r.MustClose && r.Conn.keep(r.Minor)
}

func (c ConnFlags) keep(minor int) bool {
	return c&ConnClose == 0 && (minor == 1 || c&ConnKeepAlive != 0)
}

// KeepClient says whether the client's connection takes another request after this response. closing is "option
// httpclose" of the frontend.
func (r *Response) KeepClient(req *Request, closing bool) bool {
	switch r.Body(req.Method) {
	case BodyTunnel, BodyUntilClose:
		return false
	}
	return !closing && req.WantsKeepAlive() && !(r.Chunked && r.Minor == 0)
}

// KeepServer says whether the server's connection can take another request after this response; keep is what
// Request.SetConnection answered. Ask for each response, the interim ones too; one no is enough. Bytes that follow the
// final response on the wire also end the connection.
func (r *Response) KeepServer(req *Request, keep bool) bool {
	switch r.Body(req.Method) {
	case BodyTunnel, BodyUntilClose:
		return false
	}
	return keep && !r.MustClose && r.Conn.keep(r.Minor)
}

// AcceptsUpgrade says whether the server may answer with 101: the request said "Connection: upgrade" and has no body.
func (r *Request) AcceptsUpgrade() bool {
	return r.Conn&ConnUpgrade != 0 && r.Body() == BodyNone
}

// AcceptedBy says whether a 101 response is one the request allows; HAProxy answers 502 otherwise.
func (r *Response) AcceptedBy(req *Request) bool {
	return r.Status != 101 || req.AcceptsUpgrade() && r.Conn&ConnUpgrade != 0
}
