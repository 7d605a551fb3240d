package guard

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A message is a line of JSON. These bound what one may cost the reader; 255 routers of 255 addresses each stay below.
const (
	mostBytes  = 16 << 20
	mostValues = 1 << 20 // members and elements in all
	mostOuter  = 1 << 15 // of them down to the elements of the outermost list, which are large structs
	outerDepth = 3
)

var (
	errTooLong = fmt.Errorf("a message of more than %d bytes", mostBytes)
	errTooMany = errors.New("a message of too many values")
)

// frames reads messages.
type frames struct {
	r    *bufio.Reader
	line []byte
}

func newFrames(r io.Reader) *frames { return &frames{r: bufio.NewReaderSize(r, 8<<10)} }

// next reads one message into m, which is zero before. Memory grows with what arrives, not with what is announced.
func (f *frames) next(m any) error {
	if cap(f.line) > 1<<16 {
		f.line = nil // a configuration, which does not come often
	}
	f.line = f.line[:0]
	for {
		part, err := f.r.ReadSlice('\n')
		if len(f.line)+len(part) > mostBytes {
			return errTooLong
		}
		f.line = append(f.line, part...)
		switch {
		case err == nil:
			return decode(f.line, m)
		case err == io.EOF && len(f.line) > 0:
			return io.ErrUnexpectedEOF
		case err != bufio.ErrBufferFull:
			return err
		}
	}
}

func decode(line []byte, m any) error {
	if err := affordable(line); err != nil {
		return err
	}
	if err := json.Unmarshal(line, m); err != nil {
		return fmt.Errorf("a message that is no JSON of ours: %w", err)
	}
	return nil
}

// encode is the message with its end, or the reason why the other side would not take it.
func encode(m any) ([]byte, error) {
	line, err := json.Marshal(m)
	switch {
	case err != nil:
		return nil, err
	case len(line) >= mostBytes:
		return nil, errTooLong
	}
	return append(line, '\n'), affordable(line)
}

// affordable counts the values of a message before it is decoded: two bytes can become an element of a kilobyte.
func affordable(line []byte) error {
	var depth, outer, all int
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '}' || c == ']':
			depth--
		case c == '{' || c == '[' || c == ',':
			if c != ',' {
				depth++
			}
			if all++; depth <= outerDepth {
				outer++
			}
			if all > mostValues || outer > mostOuter {
				return errTooMany
			}
		}
	}
	return nil
}
