package h1

// Where Chunked stands.
const (
	ckSize uint8 = iota
	ckDigits
	ckExtension
	ckSizeLF
	ckData
	ckDataCR
	ckDataLF
	ckTrailers
	ckDone
)

// Chunked decodes a chunked body (RFC 9112 7.1). The zero value is ready.
type Chunked struct {
	state uint8
	left  int64 // of the current chunk: the size read so far, or the bytes still to come
	trail scanner
	field Headers
	// Limits bounds the trailers; nil means the defaults.
	Limits *Limits
	// Response makes a refusal a 502 instead of a 400.
	Response bool
}

// Reset readies c for the next body and keeps the array of trailers.
func (c *Chunked) Reset() {
	*c = Chunked{field: c.field[:0], Limits: c.Limits, Response: c.Response}
}

// Trailers are the trailer fields, once Decode said done; they point into the buffer given to that call.
func (c *Chunked) Trailers() Headers { return c.field }

func (c *Chunked) fail(pos int, msg string) error {
	if c.Response {
		return c.trail.fail(502, pos, msg)
	}
	return c.trail.fail(400, pos, msg)
}

// maxChunk is the largest chunk size taken: more would overflow what HAProxy keeps.
const maxChunk = 1<<52 - 1

// Decode takes the next bytes of the body, moves the payload found in them to buf[:data] and says how many bytes it
// used; those after consumed stay where they are and are given again, in front of new ones, with the next call.
// Trailers are consumed only when they are complete, so the caller must keep them together in one buffer.
func (c *Chunked) Decode(buf []byte) (data, consumed int, done bool, err error) {
	i, n := 0, len(buf)
	for i < n {
		switch c.state {
		case ckData:
			m := n - i
			if int64(m) > c.left {
				m = int(c.left)
			}
			if data != i {
				copy(buf[data:], buf[i:i+m])
			}
			data += m
			i += m
			c.left -= int64(m)
			if c.left == 0 {
				c.state = ckDataCR
			}
		case ckTrailers:
			used, err := c.trailers(buf[i:], i)
			if err != nil {
				return data, i, false, err
			}
			if used == 0 {
				return data, i, false, nil
			}
			c.state = ckDone
			return data, i + used, true, nil
		case ckDone:
			return data, i, true, nil
		default:
			if msg := c.frame(buf[i]); msg != "" {
				return data, i, false, c.fail(i, msg)
			}
			i++
		}
	}
	return data, i, c.state == ckDone, nil
}

// frame takes one byte outside payload and trailers.
func (c *Chunked) frame(b byte) string {
	switch c.state {
	case ckSize, ckDigits:
		if d := hexDigit[b]; d != 0xff {
			if c.left > maxChunk>>4 {
				return "chunk size too large"
			}
			c.left = c.left<<4 | int64(d)
			c.state = ckDigits
			return ""
		}
		if c.state == ckSize {
			return "chunk without size"
		}
		return c.afterSize(b)
	case ckExtension:
		if b == '\r' {
			c.state = ckSizeLF
		} else if b == '\n' {
			c.sizeDone()
		}
	case ckSizeLF:
		if b != '\n' {
			return "CR without LF after a chunk size"
		}
		c.sizeDone()
	case ckDataCR:
		if b == '\r' {
			c.state = ckDataLF
			return ""
		}
		fallthrough
	case ckDataLF:
		if b != '\n' {
			return "no line end after a chunk"
		}
		c.state = ckSize
	}
	return ""
}

func (c *Chunked) afterSize(b byte) string {
	switch b {
	case '\r':
		c.state = ckSizeLF
	case '\n':
		c.sizeDone()
	case ';', ' ', '\t':
		c.state = ckExtension
	default:
		return "bad byte in a chunk size"
	}
	return ""
}

func (c *Chunked) sizeDone() {
	if c.left > 0 {
		c.state = ckData
		return
	}
	c.state = ckTrailers
	c.trail = scanner{state: stFieldStart}
}

// trailers reads the trailer section and gives its length, 0 while it is incomplete.
func (c *Chunked) trailers(buf []byte, at int) (int, error) {
	// the caller may have moved the bytes since the last call
	c.field = c.field[:0]
	c.trail = scanner{state: stFieldStart, buf: buf}
	status := 400
	if c.Response {
		status = 502
	}
	if err := c.trail.fields(&c.field, c.Limits, status); err != nil {
		c.trail.err.Pos += at
		return 0, err
	}
	if c.trail.state != stDone {
		return 0, nil
	}
	return c.trail.pos, nil
}

// hexDigit maps a byte to its value as a hexadecimal digit, others to 0xff.
var hexDigit = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range 10 {
		t['0'+i] = byte(i)
	}
	for i := range 6 {
		t['a'+i] = byte(10 + i)
		t['A'+i] = byte(10 + i)
	}
	return t
}()
