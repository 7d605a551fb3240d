package sample

import (
	"bytes"
	"math"
	"strconv"
	"unsafe"
)

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func untilNUL(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

// leadingInt reads an optional sign and the digits that b begins with; what does not fit saturates.
func leadingInt(b []byte) int64 {
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	var n uint64
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		if n > (math.MaxInt64-uint64(c-'0'))/10 {
			if neg {
				return math.MinInt64
			}
			return math.MaxInt64
		}
		n = n*10 + uint64(c-'0')
	}
	if neg {
		return -int64(n)
	}
	return int64(n)
}

// looseInt is the reading of hdr_val, cook_val and urlp_val: 32 bits that wrap, and every byte below ':' counts as a digit
// of its distance from '0', so that "1.5" is 1*100-2*10+5.
func looseInt(b []byte) int64 {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	var n int32
	for _, c := range b {
		d := int32(int8(c)) - '0'
		if d > 9 {
			break
		}
		n = n*10 + d
	}
	if neg {
		n = -n
	}
	return int64(n)
}

// text views b as a string for the length of one call of a function that does not keep it.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// constBytes views s as bytes that nobody writes to: converters make their results in scratch memory.
func constBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
