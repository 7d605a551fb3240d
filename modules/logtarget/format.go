package logtarget

import (
	"os"
	"strconv"
	"time"
)

// format is what surrounds a message's text.
type format byte

const (
	unset format = iota
	local
	rfc3164
	rfc5424
	priority
	short
	timed
	iso
	raw
)

var formatNames = [...]string{"", "local", "rfc3164", "rfc5424", "priority", "short", "timed", "iso", "raw"}

// formatOf is the format of that name, unset when there is none.
func formatOf(name string) format {
	for i, n := range formatNames {
		if n == name {
			return format(i)
		}
	}
	return unset
}

// The pid as the formats write it.
var (
	pidText    = strconv.Itoa(os.Getpid())
	pidBracket = "[" + pidText + "]: "
)

const defaultTag = "haproxy"

// header appends what stands before the text.
func (f format) header(dst []byte, now time.Time, facility, level int, tag, hostname, sd []byte) []byte {
	switch f {
	case raw:
		return dst
	case iso:
		return append(appendISO(dst, now), ' ')
	case short:
		return append(dst, '<', '0'+byte(level), '>')
	case timed:
		dst = append(dst, '<', '0'+byte(level), '>')
		return append(appendISO(dst, now), ' ')
	}
	dst = append(dst, '<')
	dst = strconv.AppendUint(dst, uint64(facility*8+level), 10)
	dst = append(dst, '>')
	switch f {
	case priority:
		return dst
	case rfc5424:
		return header5424(dst, now, tag, hostname, sd)
	}
	dst = append(appendBSD(dst, now), ' ')
	if f == rfc3164 {
		dst = append(appendOr(dst, hostname, "localhost"), ' ')
	}
	dst = appendOr(dst, tag, defaultTag)
	return append(dst, pidBracket...)
}

// header5424 appends "1 DATE HOST TAG PID - SD ".
func header5424(dst []byte, now time.Time, tag, hostname, sd []byte) []byte {
	dst = append(dst, '1', ' ')
	dst = append(appendISO(dst, now), ' ')
	dst = append(appendOr(dst, hostname, "-"), ' ')
	dst = append(appendOr(dst, tag, defaultTag), ' ')
	dst = append(dst, pidText...)
	dst = append(dst, " - "...)
	return append(appendOr(dst, sd, "-"), ' ')
}

func appendOr(dst, s []byte, def string) []byte {
	if len(s) == 0 {
		return append(dst, def...)
	}
	return append(dst, s...)
}
