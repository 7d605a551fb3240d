package track

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
)

// longest is how much of a file is looked at.
const longest = 128

// errEmpty is a file that is there and has nothing in it.
var errEmpty = errors.New("empty")

// readNumber is the number that a file begins with, 0 with an error that says why there is none, and before where it is out of
// range.
func readNumber(path string, before int) (value int, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() { // opening a FIFO would wait for its writer
		return 0, errors.New(path + ": not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longest))
	if err != nil {
		return 0, err
	}
	if len(text) == 0 {
		return 0, errEmpty
	}
	value, ok := number(string(text))
	if !ok {
		return before, fmt.Errorf("%s: %q is no 32-bit number", path, text)
	}
	return value, nil
}

// number is what C's strtol makes of a text in base 0, if it fits into 32 bits. No digits are 0.
func number(text string) (n int, ok bool) {
	text = strings.TrimLeft(text, " \t\n\v\f\r")
	digits, negative := strings.CutPrefix(text, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	base := 10
	switch {
	case len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' && digit(digits[2]) < 16:
		base, digits = 16, digits[2:]
	case len(digits) > 1 && digits[0] == '0':
		base = 8
	}
	end := 0
	for end < len(digits) && digit(digits[end]) < base {
		end++
	}
	if end == 0 {
		return 0, true
	}
	u, err := strconv.ParseInt(digits[:end], base, 64)
	if negative {
		u = -u
	}
	return int(u), err == nil && u >= math.MinInt32 && u <= math.MaxInt32
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return 99
}
