package stats

// Severity says how the severity of an answer is shown before it (configuration.txt 5.1 "severity-output").
type Severity uint8

// The forms of `set severity-output`.
const (
	SeverityNone Severity = iota
	SeverityNumber
	SeverityString
)

// ParseSeverity reads a form's name; the empty one is none.
func ParseSeverity(name string) (Severity, bool) {
	switch name {
	case "", "none":
		return SeverityNone, true
	case "number":
		return SeverityNumber, true
	case "string":
		return SeverityString, true
	}
	return 0, false
}

// The syslog levels that answers have.
const (
	levelError   = 3
	levelWarning = 4
	levelNotice  = 5
	levelInfo    = 6
)

var levelMarks = [...]string{levelError: "err", levelWarning: "warning", levelNotice: "notice", levelInfo: "info"}

// appendMark writes the mark of a level.
func (s Severity) appendMark(dst []byte, level int) []byte {
	switch s {
	case SeverityNumber:
		return append(dst, '[', byte('0'+level), ']', ':', ' ')
	case SeverityString:
		dst = append(dst, '[')
		dst = append(dst, levelMarks[level]...)
		return append(dst, "]: "...)
	}
	return dst
}
