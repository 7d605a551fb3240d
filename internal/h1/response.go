package h1

// Response is a response head. Its slices point into the buffer given to Parse until the caller replaces them.
// Use one value per connection and Reset it between messages: it keeps the array of fields.
type Response struct {
	// Status is the status code. HAProxy takes any number of digits and writes them back as they are; so does
	// AppendResponse, unless Status was changed. Numbers above a billion read as that.
	Status int
	// Reason is the rest of the status line, possibly empty.
	Reason []byte
	// Version is the version as received; AppendResponse writes it only for Minor 0.
	Version []byte
	// Minor is 1 for any version at or above 1.1, else 0.
	Minor int
	// Headers are the field lines, normalised as in Request; Content-Length and Transfer-Encoding are gone below status
	// 200 and in 204.
	Headers Headers
	// ContentLength is the value of Content-Length, -1 without one or where it means nothing. A response to HEAD has one
	// and no body: see Body.
	ContentLength int64
	// Chunked says that the body is chunked, or would be if there were one.
	Chunked bool
	// MustClose says that the server's connection may not be used again: Content-Length beside Transfer-Encoding, or
	// Transfer-Encoding in HTTP/1.0.
	MustClose bool
	// Conn is what the Connection field said, before it was normalised.
	Conn ConnFlags
	// Upgrade is the last Upgrade field's value, when Connection says upgrade.
	Upgrade []byte

	code       []byte // the digits of the status line
	codeStatus int    // and their value
	scan       scanner
	frame      framing
}

// Reset readies r for the next message and keeps the array of fields.
func (r *Response) Reset() {
	h := r.Headers[:0]
	*r = Response{Headers: h, ContentLength: -1, frame: framing{length: -1}}
}

// Parse reads a head from buf. It works as Request.Parse does; the method is the request's: what HAProxy makes of
// the head itself does not depend on it, what Body, KeepClient and KeepServer say does. Every refusal is a 502.
func (r *Response) Parse(buf []byte, lim *Limits, _ []byte) (int, error) {
	if r.scan.pos == 0 || !r.scan.resume(buf) {
		r.Reset()
		r.scan.buf = buf
	}
	if r.scan.state < stFieldStart {
		if err := r.startLine(lim); err != nil {
			return 0, err
		}
	}
	if r.scan.state >= stFieldStart && r.scan.state != stDone {
		if err := r.scan.fields(&r.Headers, lim, 502); err != nil {
			return 0, err
		}
		if msg := r.frame.see(r.Headers, false); msg != "" {
			return 0, r.scan.fail(502, r.scan.pos, msg)
		}
	}
	if r.scan.state != stDone {
		return 0, nil
	}
	if msg := r.finish(); msg != "" {
		return 0, r.scan.fail(502, r.scan.pos, msg)
	}
	return r.scan.pos, nil
}

// startLine scans as much of the status line as there is (RFC 9112 4).
func (r *Response) startLine(lim *Limits) error {
	s := &r.scan
	buf := s.buf
	for s.pos < len(buf) && s.state < stFieldStart {
		var msg string
		switch c := buf[s.pos]; s.state {
		case stLeading, stLeadingLF:
			msg = s.leading(c, stVersion)
		case stVersion:
			msg = r.version(lim)
		case stVersionSpace:
			if isBlank(c) {
				s.pos++
				continue
			}
			s.start = s.pos
			s.state = stStatus
		case stStatus:
			msg = r.status()
		case stStatusSpace:
			if isBlank(c) {
				s.pos++
				continue
			}
			s.start = s.pos
			s.state = stReason
		case stReason:
			r.reason()
		case stLineLF:
			if c != '\n' {
				msg = "CR without LF in the status line"
			}
			s.state = stFieldStart
			s.pos++
		}
		if msg != "" {
			return s.fail(502, s.pos, msg)
		}
	}
	return nil
}

func (r *Response) version(lim *Limits) string {
	s := &r.scan
	i := s.pos
	for i < len(s.buf) && versionByte[s.buf[i]] {
		i++
	}
	s.pos = i
	if i == len(s.buf) {
		return ""
	}
	if !isBlank(s.buf[i]) || i == s.start {
		return "bad byte in the version"
	}
	r.Version = s.buf[s.start:i:i]
	if !lim.acceptInvalid() && !responseVersion(r.Version) {
		return "bad version"
	}
	r.Minor = minorOf(r.Version)
	s.state = stVersionSpace
	return ""
}

func (r *Response) status() string {
	s := &r.scan
	i := s.pos
	for i < len(s.buf) && isDigit(s.buf[i]) {
		r.Status = min(r.Status*10+int(s.buf[i]-'0'), 1e9)
		i++
	}
	s.pos = i
	if i == len(s.buf) {
		return ""
	}
	c := s.buf[i]
	if i == s.start || !isBlank(c) && c != '\r' && c != '\n' {
		return "bad byte in the status"
	}
	r.code, r.codeStatus = s.buf[s.start:i:i], r.Status
	s.state = stStatusSpace
	return ""
}

// reason takes every byte up to the end of the line, as a field value does.
func (r *Response) reason() {
	s := &r.scan
	i := lineEnd(s.buf, s.pos)
	s.pos = i
	if i == len(s.buf) {
		return
	}
	r.Reason = s.buf[s.start:i:i]
	s.state = stFieldStart
	if s.buf[i] == '\r' {
		s.state = stLineLF
	}
	s.pos++
}

// finish draws the conclusions from a complete head. A non-empty answer refuses it.
func (r *Response) finish() string {
	f := &r.frame
	if f.unknown {
		return "unknown transfer coding"
	}
	if r.Status == 101 && f.conn&ConnUpgrade != 0 && f.websocket && !f.key {
		return "websocket response without sec-websocket-accept"
	}
	f.normalise(&r.Headers)
	r.ContentLength, r.Chunked, r.Conn = f.length, f.chunked, f.conn
	r.MustClose = f.te && f.cl || f.chunked && r.Minor == 0
	if r.Status < 100 && f.chunked {
		// HAProxy takes the field away and the chunks apart, and leaves the client to guess
		return "chunked response of status below 100"
	}
	if (f.cl || f.te) && (r.Status < 200 || r.Status == 204) {
		r.Headers.Del("content-length")
		r.Headers.Del("transfer-encoding")
		r.Chunked = false
		if r.Status >= 100 {
			r.ContentLength = -1
		}
	}
	if f.conn&ConnUpgrade != 0 {
		r.Upgrade = f.upgrade
	}
	return ""
}
