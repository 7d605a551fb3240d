package h1

import "bytes"

// Request is a request head. Its slices point into the buffer given to Parse until the caller replaces them.
// Use one value per connection and Reset it between messages: it keeps the array of fields.
type Request struct {
	// Method and Target are as received. Target may be in origin, absolute, authority or asterisk form.
	Method, Target []byte
	// Minor is 0 for HTTP/1.0 and HTTP/0.9, 1 for anything higher.
	Minor int
	// HTTP09 is a request line without version, taken only with accept-invalid-http-request.
	HTTP09 bool
	// Headers are the field lines after HAProxy's normalisation: repeated equal Content-Length lines are one, and
	// Content-Length is gone beside Transfer-Encoding.
	Headers Headers
	// ContentLength is the length of the body, -1 when there is no Content-Length. It is 0 without a body.
	ContentLength int64
	// Chunked says that the body is chunked.
	Chunked bool
	// MustClose says that the message may not be followed by another on the same connection, whatever it says itself:
	// Content-Length beside Transfer-Encoding, or Transfer-Encoding in HTTP/1.0 (RFC 9112 6.1).
	MustClose bool
	// Conn is what the Connection field asks for.
	Conn ConnFlags
	// Upgrade is the Upgrade field's value, when Connection says upgrade.
	Upgrade []byte
	// Expect100 says that the client waits for "100 Continue".
	Expect100 bool
	// IsConnect says that the method is CONNECT.
	IsConnect bool

	scan scanner
}

// Reset readies r for the next message and keeps the array of fields.
func (r *Request) Reset() {
	h := r.Headers[:0]
	*r = Request{Headers: h, ContentLength: -1}
}

// Parse reads a head from buf, which it may modify: names become lower case, folded lines are joined. It gives the
// head's length (leading empty lines included) when it is complete; 0, nil when more bytes are needed; or an *Error,
// valid until the next call. After 0, nil it is called again with the same buffer grown, and goes on where it stopped.
func (r *Request) Parse(buf []byte, lim *Limits) (int, error) {
	if !r.scan.resume(buf) {
		r.Reset()
		r.scan.buf = buf
	}
	if r.scan.state < stFieldStart {
		if err := r.startLine(lim); err != nil {
			return 0, err
		}
	}
	if r.scan.state >= stFieldStart && r.scan.state != stDone {
		if err := r.scan.fields(&r.Headers, lim, 400); err != nil {
			return 0, err
		}
	}
	if r.scan.state != stDone {
		return 0, nil
	}
	if err := r.finish(lim); err != nil {
		return 0, err
	}
	return r.scan.pos, nil
}

// startLine scans as much of the request line as there is (RFC 9112 3; HAProxy takes several spaces between its parts).
func (r *Request) startLine(lim *Limits) error {
	s := &r.scan
	buf, i, n := s.buf, s.pos, len(s.buf)
	for i < n && s.state < stFieldStart {
		switch s.state {
		case stLeading:
			if buf[i] == '\r' || buf[i] == '\n' {
				i++
				continue
			}
			s.start = i
			s.state = stMethod
		case stMethod:
			for i < n && token[buf[i]] != 0 {
				i++
			}
			if i == n {
				continue
			}
			if !isBlank(buf[i]) || i == s.start {
				return s.fail(400, i, "bad byte in the method")
			}
			r.Method = buf[s.start:i:i]
			s.state = stMethodSpace
		case stMethodSpace:
			if isBlank(buf[i]) {
				i++
				continue
			}
			s.start = i
			s.state = stTarget
		case stTarget:
			i = r.scanTarget(i, lim)
			if i == n {
				continue
			}
			if err := r.endTarget(i, lim); err != nil {
				return err
			}
			i++
		case stTargetSpace:
			if isBlank(buf[i]) {
				i++
				continue
			}
			s.start = i
			s.state = stVersion
		case stVersion:
			for i < n && (token[buf[i]] != 0 || buf[i] == '/') {
				i++
			}
			if i == n {
				continue
			}
			if err := r.version(buf[s.start:i], i, lim); err != nil {
				return err
			}
			switch buf[i] {
			case '\r':
				s.state = stLineLF
			case '\n':
				s.state = stFieldStart
			default:
				return s.fail(400, i, "bad byte in the version")
			}
			i++
		case stLineLF:
			if buf[i] != '\n' {
				return s.fail(400, i, "CR without LF in the request line")
			}
			s.state = stFieldStart
			i++
		case stLineLF09:
			if buf[i] != '\n' {
				return s.fail(400, i, "CR without LF in the request line")
			}
			s.state = stDone
			i++
		}
	}
	s.pos = i
	return nil
}

// scanTarget moves over the bytes a target may have.
func (r *Request) scanTarget(i int, lim *Limits) int {
	buf := r.scan.buf
	if lim.acceptInvalid() {
		for i < len(buf) && (buf[i] > ' ' && buf[i] != 0x7f) {
			i++
		}
		return i
	}
	for i < len(buf) && targetByte[buf[i]] {
		i++
	}
	return i
}

// endTarget looks at the byte after the target.
func (r *Request) endTarget(i int, lim *Limits) error {
	s := &r.scan
	c := s.buf[i]
	switch {
	case isBlank(c):
		r.Target = s.buf[s.start:i:i]
		s.state = stTargetSpace
		return nil
	case c != '\r' && c != '\n':
		return s.fail(400, i, "bad byte in the target")
	case !lim.acceptInvalid():
		return s.fail(400, i, "request line without version")
	}
	r.Target = s.buf[s.start:i:i]
	r.HTTP09 = true
	s.state = stLineLF09
	if c == '\n' {
		s.state = stDone
	}
	return nil
}

var http11 = []byte("HTTP/1.1")

// version reads "HTTP/x.y". HAProxy treats every version above 1.0 as 1.1.
func (r *Request) version(v []byte, pos int, lim *Limits) error {
	if bytes.Equal(v, http11) {
		r.Minor = 1
		return nil
	}
	minor, ok := parseVersion(v)
	if !ok {
		return r.scan.fail(400, pos, "bad version")
	}
	r.Minor = minor
	return nil
}

func parseVersion(v []byte) (minor int, ok bool) {
	if len(v) != 8 || string(v[:5]) != "HTTP/" || v[6] != '.' || !isDigit(v[5]) || !isDigit(v[7]) {
		return 0, false
	}
	if v[5] > '1' || v[5] == '1' && v[7] >= '1' {
		return 1, true
	}
	return 0, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// finish draws the conclusions from a complete head.
func (r *Request) finish(lim *Limits) error {
	r.IsConnect = string(r.Method) == "CONNECT"
	var f framing
	if msg := f.read(&r.Headers, true); msg != "" {
		return r.scan.fail(f.status, r.scan.pos, msg)
	}
	r.ContentLength, r.Chunked = f.length, f.chunked
	r.Conn = f.conn
	r.MustClose = f.both || f.chunked && r.Minor == 0
	r.Expect100 = f.expect100 && r.Minor == 1
	if f.conn&ConnUpgrade != 0 {
		r.Upgrade = f.upgrade
	}
	return nil
}
