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

// pidText is the process's number.
var pidText = strconv.Itoa(os.Getpid())

const defaultTag = "haproxy"

// line builds a message. HAProxy adds a header's fields one by one: the first that would reach the limit, and all after it,
// are left out.
type line struct {
	b     []byte
	limit int
	full  bool
	stamp stamp
}

func (l *line) add(s string) {
	if l.full || len(l.b)+len(s) >= l.limit {
		l.full = true
		return
	}
	l.b = append(l.b, s...)
}

func (l *line) addOr(s []byte, def string) {
	switch {
	case len(s) == 0:
		l.add(def)
	case l.full || len(l.b)+len(s) >= l.limit:
		l.full = true
	default:
		l.b = append(l.b, s...)
	}
}

// header appends what stands before the text.
func (l *line) header(f format, now time.Time, facility, level int, tag, hostname, sd []byte) {
	switch f {
	case raw:
		return
	case iso:
		l.b = append(l.stamp.appendISO(l.b, now), ' ')
		return
	case short, timed:
		l.b = append(l.b, '<', '0'+byte(level), '>')
		if f == timed {
			l.b = append(l.stamp.appendISO(l.b, now), ' ')
		}
		return
	}
	l.b = append(l.b, '<')
	l.b = strconv.AppendUint(l.b, uint64(facility*8+level), 10)
	l.b = append(l.b, '>')
	switch f {
	case priority:
		return
	case rfc5424:
		l.header5424(now, tag, hostname, sd)
		return
	}
	l.b = append(l.stamp.appendBSD(l.b, now), ' ')
	if f == rfc3164 {
		l.addOr(hostname, "localhost")
		l.add(" ")
	}
	l.addOr(tag, defaultTag)
	l.add("[")
	l.add(pidText)
	l.add("]")
	l.add(": ")
}

// header5424 appends "1 DATE HOST TAG PID - SD ".
func (l *line) header5424(now time.Time, tag, hostname, sd []byte) {
	l.b = append(l.b, '1', ' ')
	l.b = append(l.stamp.appendISO(l.b, now), ' ')
	l.addOr(hostname, "-")
	l.add(" ")
	l.addOr(tag, defaultTag)
	l.add(" ")
	l.add(pidText)
	l.add(" - ")
	l.addOr(sd, "-")
	if n := len(sd); n == 0 || sd[n-1] != ' ' {
		l.add(" ")
	}
}

// text appends the message, as much of it as fits, and the newline.
func (l *line) text(msg []byte) {
	if !l.full {
		l.b = append(l.b, msg[:min(len(msg), max(l.limit-len(l.b), 0))]...)
	}
	l.b = append(l.b, '\n')
}
