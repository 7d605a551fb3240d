package h1

import (
	"bytes"
	"testing"
)

func TestLineEnd(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			b := bytes.Repeat([]byte{'x', 0, '\t', 0x0e, 0xff}, 4)
			b[at] = byte(c)
			want := len(b)
			if c == '\r' || c == '\n' {
				want = at
			}
			if got := lineEnd(b, 0); got != want {
				t.Fatalf("byte %#x at %d: %d, want %d", c, at, got, want)
			}
		}
	}
}
