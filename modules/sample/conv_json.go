//lint:file-ignore ST1005 the texts are HAProxy's, word for word

package sample

import (
	"fmt"

	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// JSON strings (configuration.txt 7.3.1, "json").
func init() {
	RegisterConv(Conv{Name: "json", Args: "string", In: txn.Str, Out: txn.Str, Compile: compileJSON})
}

// jsonInput is how the input is decoded.
type jsonInput struct {
	utf8       bool
	permissive bool // overlong forms are taken for what they encode
	silent     bool // what is wrong is left out
}

var jsonInputs = map[string]jsonInput{
	"": {}, "ascii": {}, "utf8": {utf8: true}, "utf8s": {utf8: true, silent: true},
	"utf8p": {utf8: true, permissive: true}, "utf8ps": {utf8: true, permissive: true, silent: true},
}

func compileJSON(_ *Env, args []Arg) (ConvFunc, error) {
	in, ok := jsonInputs[firstArg(args)]
	if !ok {
		return nil, fmt.Errorf("Unexpected input code type. Allowed value are 'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'")
	}
	return func(t *txn.Txn, s *Sample) bool {
		out, ok := in.escape(t.Room(6*len(s.Bytes)), s.Bytes)
		s.SetStr(t.Keep(out))
		return ok
	}, nil
}

func (in jsonInput) escape(out, b []byte) ([]byte, bool) {
	for len(b) > 0 {
		c, size, fault := rune(b[0]), 1, decodeFine
		if in.utf8 {
			c, size, fault = decodeUTF8(b)
		}
		if fault == decodeOverlong && in.permissive {
			fault = decodeFine
		}
		b = b[size:]
		if c > 0xffff && fault == decodeFine {
			fault = decodeRange // \u has four digits only
		}
		switch {
		case fault == decodeFine:
			out = appendJSONRune(out, c)
		case !in.silent:
			return out, false
		}
	}
	return out, true
}

func appendJSONRune(out []byte, c rune) []byte {
	switch c {
	case '"', '\\', '/':
		return append(out, '\\', byte(c))
	case '\b':
		return append(out, `\b`...)
	case '\f':
		return append(out, `\f`...)
	case '\n':
		return append(out, `\n`...)
	case '\r':
		return append(out, `\r`...)
	case '\t':
		return append(out, `\t`...)
	}
	if c >= ' ' && c < 0x7f {
		return append(out, byte(c))
	}
	const digits = "0123456789abcdef"
	return append(out, '\\', 'u', digits[c>>12&15], digits[c>>8&15], digits[c>>4&15], digits[c&15])
}

// decodeFault says what is wrong with a UTF-8 sequence.
type decodeFault uint8

const (
	decodeFine decodeFault = iota
	decodeBad
	decodeRange
	decodeOverlong
)

// decodeUTF8 reads one character and how many bytes it takes, also when something is wrong with it.
func decodeUTF8(b []byte) (c rune, size int, fault decodeFault) {
	first := b[0]
	switch {
	case first < 0x80:
		return rune(first), 1, decodeFine
	case first < 0xc0 || first >= 0xfe:
		return 0, 1, decodeBad
	}
	n := 1
	for mask := byte(0x20); first&mask != 0; mask >>= 1 {
		n++
	}
	c = rune(first & (0x3f >> n))
	for size = 1; size <= n; size++ {
		if size >= len(b) || b[size]&0xc0 != 0x80 {
			return 0, size, decodeBad
		}
		c = c<<6 | rune(b[size]&0x3f)
	}
	least := [...]rune{1: 0x80, 2: 0x800, 3: 0x10000, 4: 0x200000, 5: 0x4000000}
	switch {
	case c < least[n]:
		fault = decodeOverlong
	case c >= 0xd800 && c <= 0xdfff || c == 0xfffe || c == 0xffff || c > 0x10ffff:
		fault = decodeRange
	}
	return c, size, fault
}
