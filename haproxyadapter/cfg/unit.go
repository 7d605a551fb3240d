package cfg

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// UnitError says why a number with a unit cannot be used.
type UnitError struct {
	// Kind is the sort of flaw.
	Kind UnitFlaw
	// Char is the character that does not belong, for UnexpectedChar and TrailingChar.
	Char byte
	// Limit describes the largest value, for Overflow.
	Limit string
}

// UnitFlaw is a sort of flaw in a number with a unit.
type UnitFlaw int

// The flaws.
const (
	// Missing means that there is no text at all.
	Missing UnitFlaw = iota
	// UnexpectedChar means that a character is neither part of the number nor of a known unit.
	UnexpectedChar
	// Overflow means that the value is too large for HAProxy.
	Overflow
	// TrailingChar means that text follows a complete value. HAProxy 2.6 only warns and uses the value.
	TrailingChar
)

// Error returns the flaw in HAProxy's words.
func (e *UnitError) Error() string {
	switch e.Kind {
	case Missing:
		return "missing value"
	case Overflow:
		return "timer overflow (maximum value is " + e.Limit + ")"
	case TrailingChar:
		return fmt.Sprintf("unexpected character '%s' after the timer value, only "+
			"(us=microseconds,ms=milliseconds,s=seconds,m=minutes,h=hours,d=days) are supported", printable(string([]byte{e.Char})))
	}
	return fmt.Sprintf("unexpected character '%s'", printable(string([]byte{e.Char})))
}

var timeUnits = []struct {
	name string
	unit time.Duration
}{
	// Longer names first: "ms" must not be read as minutes.
	{"us", time.Microsecond}, {"ms", time.Millisecond}, {"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour},
}

// ParseDuration reads a time (configuration.txt 2.5): digits and a unit us, ms, s, m, h or d, case-sensitive. Without a
// unit the number counts defaultUnit, which is also the resolution: smaller times are rounded up to a whole one. At most
// 2147483647 of it are accepted. When only text behind a complete value is wrong, the value is returned together with a
// *UnitError of kind TrailingChar: HAProxy 2.6 warns and goes on.
func ParseDuration(s string, defaultUnit time.Duration) (time.Duration, error) {
	n, rest, err := leadingNumber(s)
	if err != nil {
		return 0, err
	}
	unit, rest, err := timeUnit(rest, defaultUnit)
	if err != nil {
		return 0, err
	}
	count, ok := scale(n, unit, defaultUnit)
	if !ok || count > math.MaxInt32 {
		return 0, &UnitError{Kind: Overflow, Limit: timerLimit(defaultUnit)}
	}
	d := time.Duration(count) * defaultUnit
	if rest != "" {
		return d, &UnitError{Kind: TrailingChar, Char: rest[0]}
	}
	return d, nil
}

// leadingNumber reads the digits that a value must begin with. A number beyond 64 bits is kept as the largest one.
func leadingNumber(s string) (uint64, string, error) {
	if s == "" {
		return 0, "", &UnitError{Kind: Missing}
	}
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == 0 {
		return 0, "", &UnitError{Kind: UnexpectedChar, Char: s[0]}
	}
	n, _ := strconv.ParseUint(s[:i], 10, 64) // on overflow ParseUint returns the largest value
	return n, s[i:], nil
}

func timeUnit(s string, defaultUnit time.Duration) (time.Duration, string, error) {
	if s == "" {
		return defaultUnit, "", nil
	}
	for _, u := range timeUnits {
		if len(s) >= len(u.name) && s[:len(u.name)] == u.name {
			return u.unit, s[len(u.name):], nil
		}
	}
	return 0, "", &UnitError{Kind: UnexpectedChar, Char: s[0]}
}

// scale converts n from one unit to another, rounding up; it reports false when that does not fit.
func scale(n uint64, from, to time.Duration) (uint64, bool) {
	if from >= to {
		factor := uint64(from / to)
		if n > math.MaxUint64/factor {
			return 0, false
		}
		return n * factor, true
	}
	divisor := uint64(to / from)
	count := n / divisor
	if n%divisor != 0 {
		count++
	}
	return count, true
}

func timerLimit(unit time.Duration) string {
	switch unit {
	case time.Millisecond:
		return "2147483647 ms or ~24.8 days"
	case time.Second:
		return "2147483647 s or ~68 years"
	}
	return fmt.Sprintf("%d times %s", math.MaxInt32, unit)
}

// ParseSize reads a size: digits and an optional k, m or g (powers of 1024, either case), at most 4294967295.
func ParseSize(s string) (int64, error) {
	if s == "" {
		return 0, &UnitError{Kind: Missing}
	}
	var n int64
	i := 0
	for ; i < len(s) && isDigit(s[i]); i++ {
		n = n*10 + int64(s[i]-'0')
		if n > math.MaxUint32 {
			return 0, &UnitError{Kind: UnexpectedChar, Char: s[i]}
		}
	}
	if i == len(s) {
		return n, nil
	}
	shift := map[byte]int{'k': 10, 'm': 20, 'g': 30}[s[i]|0x20]
	if i == 0 || shift == 0 || n > math.MaxUint32>>shift {
		return 0, &UnitError{Kind: UnexpectedChar, Char: s[i]}
	}
	if i+1 < len(s) {
		return 0, &UnitError{Kind: UnexpectedChar, Char: s[i+1]}
	}
	return n << shift, nil
}

// ParseInt reads a whole decimal number with an optional sign, and nothing else.
func ParseInt(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("integer '%s' is out of range", s)
	case err != nil:
		return 0, fmt.Errorf("'%s' is not an integer", s)
	}
	return n, nil
}

// LeadingInt reads the number at the start of s as C's atol does, which is how many of HAProxy's keywords read theirs: "16k"
// is 16 and "abc" is 0. The rest is what HAProxy ignores; callers must not drop it in silence (see Dispenser.Int).
func LeadingInt(s string) (n int64, rest string) {
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	digits := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == digits {
		return 0, s
	}
	n, _ = strconv.ParseInt(s[:i], 10, 64) // on overflow ParseInt returns the nearest value
	return n, s[i:]
}

// ParseOnOff reads the words on and off.
func ParseOnOff(s string) (bool, error) {
	switch s {
	case "on":
		return true, nil
	case "off":
		return false, nil
	}
	return false, fmt.Errorf("expects either 'on' or 'off' but got '%s'", s)
}
