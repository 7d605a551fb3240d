package hunt

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"time"
)

// head is a message head, read strictly: the engine writes nothing else.
type head struct {
	first  string
	fields map[string]string
}

var errForm = errors.New("malformed")

// readHead gives io.EOF only when nothing came.
func readHead(r *bufio.Reader) (*head, error) {
	h := &head{fields: make(map[string]string)}
	for n := 0; ; n++ {
		line, err := r.ReadString('\n')
		if err != nil {
			if err == io.EOF && (n > 0 || line != "") {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, err
		}
		text, ok := strings.CutSuffix(line, "\r\n")
		switch {
		case !ok:
			return nil, fmt.Errorf("%w line %q", errForm, line)
		case n == 0:
			h.first = text
			continue
		case text == "":
			return h, nil
		}
		name, value, ok := strings.Cut(text, ": ")
		if !ok || strings.ContainsAny(name, " \t") {
			return nil, fmt.Errorf("%w field %q", errForm, line)
		}
		name = strings.ToLower(name)
		if _, twice := h.fields[name]; twice && (name == "content-length" || strings.HasPrefix(name, "x-")) {
			return nil, fmt.Errorf("%w: second %q", errForm, line)
		}
		h.fields[name] = value
	}
}

// readBody reads a body as its head frames it; the trailers go into h. What it read comes with an error, too.
func (h *head) readBody(r *bufio.Reader, none, untilClose bool) ([]byte, error) {
	length, hasLength := h.fields["content-length"]
	coding, chunked := h.fields["transfer-encoding"]
	switch {
	case none:
		return nil, nil
	case chunked && hasLength, chunked && coding != "chunked":
		return nil, fmt.Errorf("%w framing: %q, %q", errForm, length, coding)
	case chunked:
		return h.readChunks(r)
	case hasLength:
		n, err := strconv.Atoi(length)
		if err != nil {
			return nil, fmt.Errorf("%w length %q", errForm, length)
		}
		b := make([]byte, n)
		m, err := io.ReadFull(r, b)
		return b[:m], err
	case untilClose:
		return io.ReadAll(r)
	}
	return nil, nil
}

func (h *head) readChunks(r *bufio.Reader) ([]byte, error) {
	var body []byte
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return body, err
		}
		size, ok := strings.CutSuffix(line, "\r\n")
		n, err := strconv.ParseUint(size, 16, 32)
		if err != nil || !ok {
			return body, fmt.Errorf("%w chunk size %q", errForm, line)
		}
		if n == 0 {
			break
		}
		b := make([]byte, n+2)
		m, err := io.ReadFull(r, b)
		body = append(body, b[:min(m, int(n))]...)
		if err != nil {
			return body, err
		}
		if string(b[n:]) != "\r\n" {
			return body, fmt.Errorf("%w end of a chunk %q", errForm, b[n:])
		}
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == "\r\n" {
			return body, err
		}
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\r\n"), ": ")
		if !ok {
			return body, fmt.Errorf("%w trailer %q", errForm, line)
		}
		h.fields["trailer "+strings.ToLower(name)] = value
	}
}

// chunks frames a body in pieces of random size, sometimes with extensions and oddly written sizes.
func chunks(rng *rand.Rand, body []byte, trailer string) []byte {
	var out []byte
	for len(body) > 0 {
		n := 1 + rng.IntN(len(body))
		if rng.IntN(3) == 0 {
			n = min(n, 1+rng.IntN(20))
		}
		switch rng.IntN(4) {
		case 0:
			out = fmt.Appendf(out, "%x;a=b;c=\"d\"\r\n", n)
		case 1:
			out = fmt.Appendf(out, "000%X\r\n", n)
		default:
			out = fmt.Appendf(out, "%x\r\n", n)
		}
		out = append(append(out, body[:n]...), "\r\n"...)
		body = body[n:]
	}
	return append(out, "0\r\n"+trailer+"\r\n"...)
}

// send writes b whole, in random pieces, or byte by byte.
func send(rng *rand.Rand, c net.Conn, b []byte) error {
	switch style := rng.IntN(12); {
	case style == 0 && len(b) < 600:
		for i := range b {
			if _, err := c.Write(b[i : i+1]); err != nil {
				return err
			}
		}
		return nil
	case style < 4:
		for len(b) > 0 {
			n := 1 + rng.IntN(len(b))
			if _, err := c.Write(b[:n]); err != nil {
				return err
			}
			b = b[n:]
			if rng.IntN(3) == 0 {
				time.Sleep(time.Duration(rng.IntN(3)) * time.Millisecond)
			}
		}
		return nil
	}
	_, err := c.Write(b)
	return err
}

// reset closes c with a RST.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.Close()
}
