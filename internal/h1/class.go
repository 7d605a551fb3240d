package h1

import (
	"encoding/binary"
	"math/bits"
)

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

// targetByte says which bytes a request target may have: targetStrict, or only with accept-invalid-http-request.
var targetByte = func() (t [256]uint8) {
	for c := 0x21; c < 0x7f; c++ {
		t[c] = targetStrict
	}
	for c := 0x80; c < 0x100; c++ {
		t[c] = targetLax
	}
	t['#'] = targetLax
	return t
}()

const (
	targetNever uint8 = iota
	targetLax
	targetStrict
)

// versionByte says which bytes HAProxy takes as part of a version before it looks at the whole of it.
var versionByte = func() (t [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./" {
		t[c] = true
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
	for i+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[i:])
		// the lowest set bit belongs to the first byte below 0x0e: borrows only go up
		m := (w - ones*0x0e) &^ w & highs
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) / 8
		if b[i] == '\n' || b[i] == '\r' {
			return i
		}
		i++
	}
	for ; i < len(b); i++ {
		if b[i] == '\n' || b[i] == '\r' {
			return i
		}
	}
	return i
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlpha(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c |= 0x20
	}
	return c
}

// isFold compares b with s, which is lower case, without regard to ASCII case.
func isFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		if lower(b[i]) != s[i] {
			return false
		}
	}
	return true
}

// sameFold compares a and b without regard to ASCII case.
func sameFold(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}
