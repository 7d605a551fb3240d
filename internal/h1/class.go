package h1

import "encoding/binary"

// token maps a byte allowed in a field name or a method (RFC 9110 5.6.2) to its lower-case form, others to 0.
var token = func() (t [256]byte) {
	for c := 'a'; c <= 'z'; c++ {
		t[c] = byte(c)
		t[c-'a'+'A'] = byte(c)
	}
	for _, c := range "0123456789!#$%&'*+-.^_`|~" {
		t[c] = byte(c)
	}
	return t
}()

// targetByte marks the bytes HAProxy takes in a request target without accept-invalid-http-request.
var targetByte = func() (t [256]bool) {
	for c := 0x21; c < 0x7f; c++ {
		t[c] = c != '#'
	}
	return t
}()

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// lineEnd gives the index of the first CR or LF of b at or after i, or len(b). It looks at eight bytes at a time:
// most field values are too short to pay for two calls of bytes.IndexByte.
func lineEnd(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		// a set high bit where a byte is below 0x0e; false hits above it are settled by the byte loop
		if (w-ones*0x0e)&^w&highs == 0 {
			continue
		}
		for j := i; j < i+8; j++ {
			if b[j] == '\n' || b[j] == '\r' {
				return j
			}
		}
	}
	for ; i < len(b); i++ {
		if b[i] == '\n' || b[i] == '\r' {
			return i
		}
	}
	return i
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// equalFold compares b with s, which is lower case.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// trimBlanks cuts spaces and tabs off both ends.
func trimBlanks(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// nextToken cuts the first element off a comma-separated list, without its blanks.
func nextToken(list []byte) (tok, rest []byte) {
	for i := range list {
		if list[i] == ',' {
			return trimBlanks(list[:i]), list[i+1:]
		}
	}
	return trimBlanks(list), nil
}
