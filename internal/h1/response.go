package h1

// Response is a response head. Its slices point into the buffer given to Parse until the caller replaces them.
// Use one value per connection and Reset it between messages: it keeps the array of fields.
type Response struct {
	// Status is the three-digit status.
	Status int
	// Reason is the rest of the status line, possibly empty.
	Reason []byte
	// Minor is 0 for HTTP/1.0, 1 for anything higher.
	Minor int
	// Headers are the field lines after HAProxy's normalisation, see Request.
	Headers Headers
	// ContentLength is the value of Content-Length, -1 without one. A response to HEAD has one and no body: see Body.
	ContentLength int64
	// Chunked says that Transfer-Encoding ends in chunked.
	Chunked bool
	// MustClose is as in Request.
	MustClose bool
	// Conn is what the Connection field says.
	Conn ConnFlags
	// Upgrade is the Upgrade field's value, when Connection says upgrade.
	Upgrade []byte

	scan scanner
}

// Reset readies r for the next message and keeps the array of fields.
func (r *Response) Reset() {
	h := r.Headers[:0]
	*r = Response{Headers: h, ContentLength: -1}
}

// Parse reads a head from buf. It works as Request.Parse does. The method is the request's.
func (r *Response) Parse(buf []byte, lim *Limits, method []byte) (int, error) {
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
		if err := r.scan.fields(&r.Headers, lim, 502); err != nil {
			return 0, err
		}
	}
	if r.scan.state != stDone {
		return 0, nil
	}
	if err := r.finish(method); err != nil {
		return 0, err
	}
	return r.scan.pos, nil
}

// startLine scans as much of the status line as there is.
func (r *Response) startLine(lim *Limits) error {
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
			s.state = stVersion
		case stVersion:
			for i < n && (token[buf[i]] != 0 || buf[i] == '/') {
				i++
			}
			if i == n {
				continue
			}
			minor, ok := parseVersion(buf[s.start:i])
			if !ok || !isBlank(buf[i]) {
				return s.fail(502, i, "bad version in the status line")
			}
			r.Minor = minor
			s.state = stStatusSpace
		case stStatusSpace:
			if isBlank(buf[i]) {
				i++
				continue
			}
			s.start = i
			s.state = stStatus
		case stStatus:
			for i < n && isDigit(buf[i]) {
				i++
			}
			if i == n {
				continue
			}
			if err := r.endStatus(i); err != nil {
				return err
			}
		case stReason:
			// every byte goes, as in a field value
			if isBlank(buf[i]) && s.start == i {
				i++
				s.start = i
				continue
			}
			i = lineEnd(buf, i)
			if i == n {
				continue
			}
			r.Reason = buf[s.start:i:i]
			s.state = stLineLF
			if buf[i] == '\n' {
				s.state = stFieldStart
			}
			i++
		case stLineLF:
			if buf[i] != '\n' {
				return s.fail(502, i, "CR without LF in the status line")
			}
			s.state = stFieldStart
			i++
		}
	}
	s.pos = i
	return nil
}

// endStatus reads the status code that ends at i.
func (r *Response) endStatus(i int) error {
	s := &r.scan
	d := s.buf[s.start:i]
	if len(d) != 3 {
		return s.fail(502, i, "bad status code")
	}
	r.Status = int(d[0]-'0')*100 + int(d[1]-'0')*10 + int(d[2]-'0')
	switch c := s.buf[i]; {
	case isBlank(c), c == '\r', c == '\n':
		s.start = i
		s.state = stReason
		return nil
	default:
		return s.fail(502, i, "bad byte after the status code")
	}
}

// finish draws the conclusions from a complete head.
func (r *Response) finish(method []byte) error {
	var f framing
	if msg := f.read(&r.Headers, false); msg != "" {
		return r.scan.fail(502, r.scan.pos, msg)
	}
	r.ContentLength, r.Chunked = f.length, f.chunked
	r.Conn = f.conn
	r.MustClose = f.both || f.chunked && r.Minor == 0
	if f.conn&ConnUpgrade != 0 {
		r.Upgrade = f.upgrade
	}
	return nil
}
