package h1

// Where Chunked stands.
const (
	ckSize uint8 = iota
	ckDigits
	ckBlank
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
	// Limits bounds the trailers; nil means the defaults.
	Limits *Limits
	// Response makes a refusal a 502 instead of a 400.
	Response bool

	state uint8
	left  int64 // the size read so far, then the bytes of the chunk still to come
	trail scanner
	field Headers
}

// Reset readies c for the next body and keeps the array of trailers.
func (c *Chunked) Reset() {
	*c = Chunked{field: c.field[:0], Limits: c.Limits, Response: c.Response}
}

// Trailers are the trailer fields, once Decode said done; they point into the buffer given to that call. HAProxy
// forwards all of them, framing fields too.
func (c *Chunked) Trailers() Headers { return c.field }

// Left is how many bytes of the current chunk are still to come: so many may be moved without looking (splice).
func (c *Chunked) Left() int64 {
	if c.state == ckData {
		return c.left
	}
	return 0
}

// Skip tells c that n of the Left bytes went past it.
func (c *Chunked) Skip(n int64) {
	if c.state == ckData && n > 0 && n <= c.left {
		c.took(n)
	}
}

func (c *Chunked) took(n int64) {
	c.left -= n
	if c.left == 0 {
		c.state = ckDataCR
	}
}

func (c *Chunked) status() int {
	if c.Response {
		return 502
	}
	return 400
}

// maxChunk is the largest chunk size HAProxy takes, 13 digits.
const maxChunk = 1<<52 - 1

// Decode takes the next bytes of the body, moves the payload found in them to buf[:data] and says how many bytes it
// used; those after consumed stay where they are and are given again, in front of new ones, with the next call.
// Trailers are consumed only when they are complete, so the caller must have room for all of them in one buffer.
func (c *Chunked) Decode(buf []byte) (data, consumed int, done bool, err error) {
	i := 0
	for i < len(buf) {
		switch c.state {
		case ckData:
			m := min(len(buf)-i, int(min(c.left, int64(len(buf)))))
			if data != i {
				copy(buf[data:], buf[i:i+m])
			}
			data += m
			i += m
			c.took(int64(m))
		case ckTrailers:
			used, err := c.trailers(buf[i:], i)
			if used > 0 {
				c.state = ckDone
			}
			return data, i + used, used > 0, err
		case ckDone:
			return data, i, true, nil
		default:
			if msg := c.frame(buf[i]); msg != "" {
				return data, i, false, c.trail.fail(c.status(), i, msg)
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
		return c.size(b)
	case ckBlank:
		return c.afterSize(b)
	case ckExtension:
		c.extension(b)
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

func (c *Chunked) size(b byte) string {
	if d := hexDigit[b]; d != notHex {
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
}

// afterSize takes what may stand between the size and the end of its line: blanks, then an extension.
func (c *Chunked) afterSize(b byte) string {
	switch b {
	case '\r':
		c.state = ckSizeLF
	case '\n':
		c.sizeDone()
	case ';':
		c.state = ckExtension
	case ' ', '\t':
		c.state = ckBlank
	default:
		return "bad byte after a chunk size"
	}
	return ""
}

// extension ignores everything up to the end of the line.
func (c *Chunked) extension(b byte) {
	switch b {
	case '\r':
		c.state = ckSizeLF
	case '\n':
		c.sizeDone()
	}
}

func (c *Chunked) sizeDone() {
	c.state = ckData
	if c.left == 0 {
		c.state = ckTrailers
	}
}

// trailers reads the trailer section and gives its length, 0 while it is incomplete. It goes on where it stopped, or
// starts over when the caller moved the bytes.
func (c *Chunked) trailers(buf []byte, at int) (int, error) {
	if c.trail.pos == 0 || !c.trail.resume(buf) {
		c.field = c.field[:0]
		c.trail = scanner{state: stFieldStart, buf: buf}
	}
	if err := c.trail.fields(&c.field, c.Limits, c.status()); err != nil {
		c.trail.err.Pos += at
		return 0, err
	}
	if c.trail.state != stDone {
		return 0, nil
	}
	return c.trail.pos, nil
}

const notHex = 0xff

// hexDigit maps a byte to its value as a hexadecimal digit, others to notHex.
var hexDigit = func() (t [256]byte) {
	for i := range t {
		t[i] = notHex
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
