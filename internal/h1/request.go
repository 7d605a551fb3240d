package h1

// Request is a request head. Its slices point into the buffer given to Parse until the caller replaces them.
// Use one value per connection and Reset it between messages: it keeps the array of fields.
type Request struct {
	// Method is as received, never empty.
	Method []byte
	// Target is as received, in origin, absolute, authority or asterisk form, except that an absolute one has lost a
	// port that is empty or its scheme's default.
	Target []byte
	// Version is the version as received ("HTTP/1.1", "HTTP/2.0"), empty in HTTP/0.9. Rules see it; AppendRequest writes
	// it only for Minor 0.
	Version []byte
	// Minor is 1 for any version at or above 1.1, else 0.
	Minor int
	// HTTP09 is a request line without version, taken only with accept-invalid-http-request.
	HTTP09 bool
	// Headers are the field lines as rules see them, normalised as HAProxy does: names in lower case, close and keep-alive
	// gone from Connection, repeated Content-Length or Host lines that agree made one, Content-Length gone beside
	// Transfer-Encoding, Upgrade gone beside a body.
	Headers Headers
	// ContentLength is the value of Content-Length, -1 without one.
	ContentLength int64
	// Chunked says that the body is chunked.
	Chunked bool
	// MustClose says that neither the client's nor the server's connection may be used again, whatever the message says:
	// Content-Length beside Transfer-Encoding, or Transfer-Encoding in HTTP/1.0 (RFC 9112 6.1).
	MustClose bool
	// Conn is what the Connection field asked for, before it was normalised.
	Conn ConnFlags
	// Upgrade is the last Upgrade field's value, when Connection says upgrade and there is no body.
	Upgrade []byte
	// Expect100 says that the client waits for "100 Continue". HAProxy passes the field on and leaves the answer to the
	// server, unless it buffers the body itself.
	Expect100 bool
	// IsConnect says that the method is CONNECT.
	IsConnect bool

	scan  scanner
	frame framing
}

// Reset readies r for the next message and keeps the array of fields.
func (r *Request) Reset() {
	h := r.Headers[:0]
	*r = Request{Headers: h, ContentLength: -1, frame: framing{length: -1}}
}

// Parse reads a head from buf, which it may modify: names become lower case, folded lines are joined, lists shortened.
// It gives the head's length, leading empty lines included, when it is complete; 0, nil when more bytes are needed; or
// an *Error, valid until the next call. After 0, nil it is called again with the same buffer grown, and goes on where
// it stopped; a buffer that was moved meanwhile is read again from the start.
func (r *Request) Parse(buf []byte, lim *Limits) (int, error) {
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
		if err := r.scan.fields(&r.Headers, lim, 400); err != nil {
			return 0, err
		}
		if msg := r.frame.see(r.Headers, true); msg != "" {
			return 0, r.scan.fail(400, r.scan.pos, msg)
		}
	}
	if r.scan.state != stDone {
		return 0, nil
	}
	if status, msg := r.finish(lim); status != 0 {
		err := r.scan.fail(status, r.scan.pos, msg)
		r.scan.err.Page = msg == preface
		return 0, err
	}
	return r.scan.pos, nil
}

// startLine scans as much of the request line as there is (RFC 9112 3; HAProxy takes several blanks between its parts).
func (r *Request) startLine(lim *Limits) error {
	s := &r.scan
	buf := s.buf
	for s.pos < len(buf) && s.state < stFieldStart {
		var msg string
		switch c := buf[s.pos]; s.state {
		case stLeading, stLeadingLF:
			msg = s.leading(c, stMethod)
		case stMethod:
			msg = r.method()
		case stMethodSpace:
			if isBlank(c) {
				s.pos++
				continue
			}
			s.start = s.pos
			s.state = stTarget
		case stTarget:
			msg = r.target(lim)
		case stTargetSpace:
			msg = r.targetSpace(c)
		case stVersion:
			msg = r.version(lim)
		case stLineLF:
			if c != '\n' {
				msg = "CR without LF in the request line"
			}
			s.state = stFieldStart
			s.pos++
		case stLineLF09:
			msg = r.end09(c, lim)
		}
		if msg != "" {
			return s.fail(400, s.pos, msg)
		}
	}
	return nil
}

// leading skips an empty line in front of the start line, as RFC 9112 2.2 asks for.
func (s *scanner) leading(c byte, next uint8) string {
	switch {
	case c == '\n':
		s.state = stLeading
	case s.state == stLeadingLF:
		return "CR without LF before the start line"
	case c == '\r':
		s.state = stLeadingLF
	default:
		s.start = s.pos
		s.state = next
		return ""
	}
	s.pos++
	return ""
}

func (r *Request) method() string {
	s := &r.scan
	i := s.pos
	for i < len(s.buf) && token[s.buf[i]] != 0 {
		i++
	}
	s.pos = i
	if i == len(s.buf) {
		return ""
	}
	if !isBlank(s.buf[i]) || i == s.start {
		return "bad byte in the method"
	}
	r.Method = s.buf[s.start:i:i]
	s.state = stMethodSpace
	return ""
}

func (r *Request) target(lim *Limits) string {
	s := &r.scan
	least := targetStrict
	if lim.acceptInvalid() {
		least = targetLax
	}
	i := s.pos
	for i < len(s.buf) && targetByte[s.buf[i]] >= least {
		i++
	}
	s.pos = i
	if i == len(s.buf) {
		return ""
	}
	if i == s.start {
		return "empty target"
	}
	switch s.buf[i] {
	case ' ', '\t':
		s.state = stTargetSpace
	case '\r', '\n':
		s.state = stLineLF09
	default:
		return "bad byte in the target"
	}
	r.Target = s.buf[s.start:i:i]
	return ""
}

func (r *Request) targetSpace(c byte) string {
	s := &r.scan
	switch c {
	case ' ', '\t':
		s.pos++
	case '\r', '\n':
		s.state = stLineLF09
	default:
		s.start = s.pos
		s.state = stVersion
	}
	return ""
}

func (r *Request) version(lim *Limits) string {
	s := &r.scan
	i := s.pos
	for i < len(s.buf) && versionByte[s.buf[i]] {
		i++
	}
	s.pos = i
	if i == len(s.buf) {
		return ""
	}
	switch s.buf[i] {
	case '\r':
		s.state = stLineLF
	case '\n':
		s.state = stFieldStart
	default:
		return "bad byte in the version"
	}
	r.Version = s.buf[s.start:i:i]
	if !lim.acceptInvalid() && !requestVersion(r.Version) {
		return "bad version"
	}
	r.Minor = minorOf(r.Version)
	s.pos++
	return ""
}

// end09 takes the end of a request line without version: HTTP/0.9, which only accept-invalid-http-request lets through.
func (r *Request) end09(c byte, lim *Limits) string {
	s := &r.scan
	switch {
	case c == '\r' && !r.HTTP09:
		r.HTTP09 = true // and an LF must follow
		s.pos++
	case c != '\n':
		return "CR without LF in the request line"
	case !lim.acceptInvalid():
		return "request line without version"
	case string(r.Method) != "GET":
		return "HTTP/0.9 request with another method than GET"
	default:
		r.HTTP09 = true
		s.state = stDone
		s.pos++
	}
	return ""
}

const preface = "HTTP/2 preface"

// finish draws the conclusions from a complete head. A status other than 0 refuses it.
func (r *Request) finish(lim *Limits) (status int, msg string) {
	f := &r.frame
	if f.te && !f.chunked {
		return 400, "transfer-encoding does not end in chunked"
	}
	body := f.chunked || f.length > 0
	if body && r.Minor == 0 && bodyless(r.Method) {
		// a server of that age would take the body for the next request
		return 413, "body in an HTTP/1.0 request that should have none"
	}
	if f.unknown {
		return 422, "unknown transfer coding"
	}
	if isFold(r.Method, "pri") {
		return 400, preface
	}
	r.IsConnect = string(r.Method) == "CONNECT"
	if msg := r.authority(lim.acceptInvalid()); msg != "" {
		return 400, msg
	}
	f.normalise(&r.Headers)
	if body && f.upgradeFields && f.conn&ConnUpgrade != 0 {
		r.Headers.Del("upgrade")
	}
	r.ContentLength, r.Chunked, r.Conn = f.length, f.chunked, f.conn
	r.MustClose = f.te && f.cl || f.chunked && r.Minor == 0
	r.Expect100 = f.expect100
	if f.conn&ConnUpgrade != 0 && !body {
		if f.websocket && !f.key {
			return 400, "websocket request without a valid key"
		}
		r.Upgrade = f.upgrade
	}
	return 0, ""
}

// bodyless says which methods may not have a body in HTTP/1.0.
func bodyless(method []byte) bool {
	switch string(method) {
	case "GET", "HEAD", "DELETE":
		return true
	}
	return false
}
