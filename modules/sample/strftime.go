package sample

import (
	"strconv"
	"time"
)

// appendStrftime formats d as the C library's strftime(3) does in the C locale, with glibc's flags (_ - 0 ^ #) and field
// widths. What it does not know is copied.
func appendStrftime(dst []byte, format string, d time.Time) []byte {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			dst = append(dst, format[i])
			continue
		}
		spec, size := parseTimeSpec(format[i+1:])
		if size == 0 {
			dst = append(dst, format[i:]...)
			break
		}
		start := len(dst)
		var ok bool
		if dst, ok = spec.append(dst, d); !ok {
			dst = append(dst[:start], format[i:i+1+size]...)
		}
		i += size
	}
	return dst
}

// timeSpec is one conversion of strftime.
type timeSpec struct {
	verb  byte
	pad   byte // '_', '-', '0', or 0 for the verb's own
	upper bool
	swap  bool
	width int
}

// parseTimeSpec reads what follows a %; size 0 says that the format ends before the verb.
func parseTimeSpec(s string) (spec timeSpec, size int) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '_' || c == '-' || c == '0' && spec.width == 0:
			spec.pad = c
		case c == '^':
			spec.upper = true
		case c == '#':
			spec.swap = true
		case c >= '0' && c <= '9':
			if spec.width = spec.width*10 + int(c-'0'); spec.width > 1024 {
				spec.width = 1024
			}
		case c == 'E' || c == 'O':
		default:
			spec.verb = c
			return spec, i + 1
		}
	}
	return spec, 0
}

func (spec timeSpec) append(dst []byte, d time.Time) ([]byte, bool) {
	start := len(dst)
	if n, width, pad, ok := timeNumber(spec.verb, d); ok {
		return spec.number(dst, n, width, pad), true
	}
	dst, ok := spec.text(dst, d)
	if !ok {
		return dst, false
	}
	spec.changeCase(dst[start:])
	return spec.fill(dst, start), true
}

// changeCase does what the flags ^ and # ask for.
func (spec timeSpec) changeCase(b []byte) {
	up, down := spec.upper && spec.verb != 'P', false
	if spec.swap {
		switch spec.verb {
		case 'a', 'A', 'b', 'B', 'h':
			up = true
		case 'p', 'Z':
			up, down = false, true
		}
	}
	for i, c := range b {
		switch {
		case up && c >= 'a' && c <= 'z':
			b[i] = c - 'a' + 'A'
		case down && c >= 'A' && c <= 'Z':
			b[i] = c - 'A' + 'a'
		}
	}
}

// fill pads what was appended from start on to the width.
func (spec timeSpec) fill(dst []byte, start int) []byte {
	fill := byte(' ')
	if spec.pad == '0' {
		fill = '0'
	}
	have := len(dst) - start
	if missing := spec.width - have; missing > 0 && spec.pad != '-' {
		for range missing {
			dst = append(dst, fill)
		}
		copy(dst[start+missing:], dst[start:start+have])
		for i := range missing {
			dst[start+i] = fill
		}
	}
	return dst
}

// number appends n with the verb's own width and padding, unless the conversion has another.
func (spec timeSpec) number(dst []byte, n int64, width int, pad byte) []byte {
	if spec.pad != 0 {
		pad = spec.pad
	}
	if spec.width > 0 {
		width = spec.width
	}
	var buf [24]byte
	digits := strconv.AppendInt(buf[:0], n, 10)
	neg := n < 0
	if neg && pad != '_' {
		dst = append(dst, '-')
		digits = digits[1:]
		width--
	}
	fill := byte('0')
	switch {
	case pad == '-' && spec.width == 0:
		return append(dst, digits...)
	case pad == '-', pad == '_':
		fill = ' '
	}
	for i := len(digits); i < width; i++ {
		dst = append(dst, fill)
	}
	return append(dst, digits...)
}

// timeNumber is the number that a conversion prints, its width, and what pads it.
func timeNumber(verb byte, d time.Time) (n int64, width int, pad byte, ok bool) {
	isoYear, isoWeek := d.ISOWeek()
	year := int64(d.Year())
	switch verb {
	case 'C':
		return floorDiv(year, 100), 2, '0', true
	case 'd':
		return int64(d.Day()), 2, '0', true
	case 'e':
		return int64(d.Day()), 2, '_', true
	case 'g':
		return int64(isoYear) - 100*floorDiv(int64(isoYear), 100), 2, '0', true
	case 'G':
		return int64(isoYear), 1, '0', true
	case 'H':
		return int64(d.Hour()), 2, '0', true
	case 'I':
		return int64(hour12(d)), 2, '0', true
	case 'j':
		return int64(d.YearDay()), 3, '0', true
	case 'k':
		return int64(d.Hour()), 2, '_', true
	case 'l':
		return int64(hour12(d)), 2, '_', true
	case 'm':
		return int64(d.Month()), 2, '0', true
	case 'M':
		return int64(d.Minute()), 2, '0', true
	case 's':
		return d.Unix(), 1, '_', true
	case 'S':
		return int64(d.Second()), 2, '0', true
	case 'u':
		return int64((d.Weekday()+6)%7) + 1, 1, '0', true
	case 'U':
		return int64(d.YearDay()-1+7-int(d.Weekday())) / 7, 2, '0', true
	case 'V':
		return int64(isoWeek), 2, '0', true
	case 'w':
		return int64(d.Weekday()), 1, '0', true
	case 'W':
		return int64(d.YearDay()-1+7-int(d.Weekday()+6)%7) / 7, 2, '0', true
	case 'y':
		return year - 100*floorDiv(year, 100), 2, '0', true
	case 'Y':
		return year, 1, '0', true
	}
	return 0, 0, 0, false
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func hour12(d time.Time) int {
	if h := d.Hour() % 12; h != 0 {
		return h
	}
	return 12
}

// text appends what a conversion prints that is not one number.
func (spec timeSpec) text(dst []byte, d time.Time) ([]byte, bool) {
	switch spec.verb {
	case 'a':
		return append(dst, d.Weekday().String()[:3]...), true
	case 'A':
		return append(dst, d.Weekday().String()...), true
	case 'b', 'h':
		return append(dst, d.Month().String()[:3]...), true
	case 'B':
		return append(dst, d.Month().String()...), true
	case 'c':
		return appendStrftime(dst, "%a %b %e %H:%M:%S %Y", d), true
	case 'D', 'x':
		return appendStrftime(dst, "%m/%d/%y", d), true
	case 'F':
		return appendStrftime(dst, "%Y-%m-%d", d), true
	case 'n':
		return append(dst, '\n'), true
	case 'p', 'P':
		return append(dst, dayHalf(spec.verb, d)...), true
	case 'r':
		return appendStrftime(dst, "%I:%M:%S %p", d), true
	case 'R':
		return appendStrftime(dst, "%H:%M", d), true
	case 't':
		return append(dst, '\t'), true
	case 'T', 'X':
		return appendStrftime(dst, "%H:%M:%S", d), true
	case 'z':
		return spec.offset(dst, d), true
	case 'Z':
		name, _ := d.Zone()
		if d.Location() == time.UTC {
			name = "GMT" // as gmtime(3) calls it
		}
		return append(dst, name...), true
	case '%':
		return append(dst, '%'), true
	}
	return dst, false
}

func dayHalf(verb byte, d time.Time) string {
	half := "AM"
	if d.Hour() >= 12 {
		half = "PM"
	}
	if verb == 'P' {
		return string([]byte{half[0] | 0x20, 'm'})
	}
	return half
}

// offset appends the zone's hours and minutes.
func (spec timeSpec) offset(dst []byte, d time.Time) []byte {
	_, sec := d.Zone()
	sign := byte('+')
	if sec < 0 {
		sign, sec = '-', -sec
	}
	spec.width = 0
	return spec.number(append(dst, sign), int64(sec/3600*100+sec/60%60), 4, '0')
}
