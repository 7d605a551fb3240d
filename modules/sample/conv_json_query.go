package sample

import (
	"errors"
	"math"
	"strconv"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// Values of a JSON text (configuration.txt 7.3.1, "json_query").
func init() {
	RegisterConv(Conv{Name: "json_query", Args: "string[,string]", In: txn.Str, Out: Any, Compile: compileJSONQuery})
}

func compileJSONQuery(_ *Env, args []Arg) (ConvFunc, error) {
	path := firstArg(args)
	if path == "" {
		return nil, errors.New("json_path must not be empty")
	}
	asInt := len(args) > 1
	if asInt && args[1].Str != "int" {
		return nil, errors.New(`output_type only supports "int" as argument`)
	}
	return func(t *txn.Txn, s *Sample) bool {
		if path[0] != '$' {
			return false
		}
		c := jsonCursor{text: s.Bytes, path: path[1:]}
		if !c.find(0) {
			return false
		}
		return c.value(t, s, asInt)
	}, nil
}

// jsonDepth is how deep HAProxy's parser follows arrays and objects.
const jsonDepth = 20

// jsonCursor looks for the first value that path names. It reads no further: what follows may be wrong.
type jsonCursor struct {
	text []byte
	pos  int
	path string
}

func (c *jsonCursor) space() {
	for c.pos < len(c.text) {
		switch c.text[c.pos] {
		case ' ', '\t', '\n', '\r':
			c.pos++
		default:
			return
		}
	}
}

// next is the byte after white space, 0 at the end.
func (c *jsonCursor) next() byte {
	c.space()
	if c.pos >= len(c.text) {
		return 0
	}
	return c.text[c.pos]
}

// find moves to the value that the rest of the path names; false when there is none.
func (c *jsonCursor) find(depth int) bool {
	if c.path == "" {
		return true
	}
	switch b := c.next(); {
	case b == '{' && c.path[0] == '.':
		return depth < jsonDepth && c.findKey(depth)
	case b == '[' && c.path[0] == '[':
		return depth < jsonDepth && c.findIndex(depth)
	}
	return false
}

func (c *jsonCursor) findKey(depth int) bool {
	end := 1
	for end < len(c.path) && c.path[end] != '.' && c.path[end] != '[' {
		if c.path[end] == '\\' && end+1 < len(c.path) {
			end++
		}
		end++
	}
	name := c.path[1:end]
	c.pos++
	for {
		if c.next() != '"' {
			return false
		}
		start := c.pos + 1
		if !c.skipString() {
			return false
		}
		key := c.text[start : c.pos-1]
		if c.next() != ':' {
			return false
		}
		c.pos++
		if sameKey(key, name) {
			c.path = c.path[end:]
			return c.find(depth + 1)
		}
		if !c.skip(depth+1) || c.next() != ',' {
			return false
		}
		c.pos++
	}
}

// sameKey compares a key, as it stands in the text, with a name in which a backslash protects the next byte.
func sameKey(key []byte, name string) bool {
	for i := 0; i < len(name); i++ {
		if name[i] == '\\' && i+1 < len(name) {
			i++
		}
		if len(key) == 0 || key[0] != name[i] {
			return false
		}
		key = key[1:]
	}
	return len(key) == 0
}

func (c *jsonCursor) findIndex(depth int) bool {
	end, index := 1, 0
	for ; end < len(c.path) && c.path[end] != ']'; end++ {
		if d := c.path[end]; d >= '0' && d <= '9' && index < 1e6 {
			index = index*10 + int(d-'0')
		} else if d == '-' || d == '"' || index >= 1e6 {
			return false
		}
	}
	if end == len(c.path) && index > 0 { // HAProxy takes an index without its bracket only when it is 0
		return false
	}
	c.path = c.path[min(end+1, len(c.path)):]
	c.pos++
	for ; ; index-- {
		if c.next() == ']' {
			return false
		}
		if index == 0 {
			return c.find(depth + 1)
		}
		if !c.skip(depth+1) || c.next() != ',' {
			return false
		}
		c.pos++
	}
}

// skipString moves behind the string that begins here.
func (c *jsonCursor) skipString() bool {
	for c.pos++; c.pos < len(c.text); c.pos++ {
		switch c.text[c.pos] {
		case '\\':
			c.pos++
		case '"':
			c.pos++
			return true
		}
	}
	return false
}

// skip moves behind the value that begins here.
func (c *jsonCursor) skip(depth int) bool {
	switch b := c.next(); {
	case b == '"':
		return c.skipString()
	case b == '{' || b == '[':
		return depth < jsonDepth && c.skipNested(b, depth)
	case b == '-' || b >= '0' && b <= '9':
		n, _ := jsonNumber(c.text[c.pos:])
		c.pos += n
		return n > 0
	}
	for _, word := range []string{"true", "false", "null"} {
		if c.word(word) {
			c.pos += len(word)
			return true
		}
	}
	return false
}

func (c *jsonCursor) word(word string) bool {
	return len(c.text)-c.pos >= len(word) && string(c.text[c.pos:c.pos+len(word)]) == word
}

func (c *jsonCursor) skipNested(open byte, depth int) bool {
	closer := open + 2 // the ASCII distance of both pairs
	for c.pos++; ; c.pos++ {
		if c.next() == closer {
			c.pos++
			return true
		}
		if open == '{' {
			if c.next() != '"' || !c.skipString() || c.next() != ':' {
				return false
			}
			c.pos++
		}
		if !c.skip(depth + 1) {
			return false
		}
		switch c.next() {
		case closer:
			c.pos++
			return true
		case ',':
		default:
			return false
		}
	}
}

// jsonNumber is the length of the number that b begins with (0 without a digit), and of its integer part.
func jsonNumber(b []byte) (n, whole int) {
	digits := func() (any bool) {
		for n < len(b) && b[n] >= '0' && b[n] <= '9' {
			n++
			any = true
		}
		return any
	}
	if b[0] == '-' {
		n++
	}
	if !digits() {
		return 0, 0
	}
	whole = n
	if n < len(b) && b[n] == '.' {
		n++
		digits()
	}
	if n < len(b) && (b[n] == 'e' || b[n] == 'E') {
		n++
		if n < len(b) && (b[n] == '+' || b[n] == '-') {
			n++
		}
		digits()
	}
	return n, whole
}

// value makes s the value that begins here. Null, arrays and objects have none.
func (c *jsonCursor) value(t *txn.Txn, s *Sample, asInt bool) bool {
	switch b := c.next(); {
	case b == '"':
		start := c.pos + 1
		if !c.skipString() {
			return false
		}
		text, ok := unescapeJSON(t, c.text[start:c.pos-1])
		s.SetStr(text)
		return ok
	case b == '-' || b >= '0' && b <= '9':
		n, whole := jsonNumber(c.text[c.pos:])
		if asInt {
			return setWhole(s, c.text[c.pos:c.pos+whole])
		}
		s.SetStr(t.Keep(appendJSONNumber(t.Room(32), c.text[c.pos:c.pos+n])))
		return true
	case c.word("true"), c.word("false"):
		s.SetBool(b == 't')
		return true
	}
	return false
}

// setWhole makes s the integer; the largest and the smallest count as an overflow.
func setWhole(s *Sample, digits []byte) bool {
	n := int64(0)
	if len(digits) > 0 {
		n = leadingInt(digits)
	}
	s.SetInt(n)
	return n != math.MaxInt64 && n != math.MinInt64
}

// unescapeJSON is a string's value. HAProxy knows \u only up to \u00ff, and no \/.
func unescapeJSON(t *txn.Txn, in []byte) ([]byte, bool) {
	out := t.Room(len(in))
	for i := 0; i < len(in); i++ {
		c := in[i]
		if c == '\\' {
			i++
			if i >= len(in) {
				return nil, false
			}
			switch c = in[i]; c {
			case '"', '\\':
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'u':
				if i+4 >= len(in) || in[i+1] != '0' || in[i+2] != '0' {
					return nil, false
				}
				c = looseHex(in[i+3])<<4 | looseHex(in[i+4])
				i += 4
			default:
				return nil, false
			}
		}
		out = append(out, c)
	}
	return t.Keep(out), true
}

// looseHex is the value of a hexadecimal digit; of another letter it is whatever the arithmetic gives.
func looseHex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// appendJSONNumber prints a number as C's %g does.
func appendJSONNumber(dst, number []byte) []byte {
	for len(number) > 0 {
		switch number[len(number)-1] {
		case 'e', 'E', '+', '-', '.':
			number = number[:len(number)-1]
			continue
		}
		break
	}
	v := 0.0
	if len(number) > 0 {
		v, _ = strconv.ParseFloat(text(number), 64)
	}
	if math.IsInf(v, 0) || math.Abs(v) >= math.MaxFloat64 {
		if v < 0 {
			return append(dst, "-inf"...)
		}
		return append(dst, "inf"...)
	}
	return strconv.AppendFloat(dst, v, 'g', 6, 64)
}
