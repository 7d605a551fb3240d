package stats

import (
	"strconv"
	"strings"
)

// valueType is the type of a value in the typed and JSON formats (management.txt 9.2).
type valueType uint8

const (
	u32 valueType = iota
	u64
	s32
	str
	flt
)

var typeNames = [...]string{u32: "u32", u64: "u64", s32: "s32", str: "str", flt: "flt"}

// value is one value with its tag. An unset value is an empty column, and left out of the other formats.
type value struct {
	set bool
	typ valueType
	tag string
	n   int64
	f   float64
	s   string
}

// text is the value as it is written in all formats.
func (v *value) text() string {
	switch {
	case !v.set:
		return ""
	case v.typ == str:
		return v.s
	case v.typ == flt:
		return formatFloat(v.f)
	}
	return strconv.FormatInt(v.n, 10)
}

// formatFloat writes at most six decimals and no zeros at the end.
func formatFloat(f float64) string {
	s := strconv.FormatFloat(f, 'f', 6, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// appendTyped writes the parts behind the name: `:KNS:str:fe`.
func (v *value) appendTyped(dst []byte) []byte {
	dst = append(dst, ':')
	dst = append(dst, v.tag...)
	dst = append(dst, ':')
	dst = append(dst, typeNames[v.typ]...)
	dst = append(dst, ':')
	return append(dst, v.text()...)
}

var (
	origins = map[byte]string{'M': "Metric", 'S': "Status", 'K': "Key", 'C': "Config", 'P': "Product"}
	natures = map[byte]string{
		'G': "Gauge", 'L': "Limit", 'm': "Min", 'M': "Max", 'R': "Rate", 'C': "Counter", 'D': "Duration", 'A': "Age",
		'T': "Time", 'N': "Name", 'O': "Output", 'a': "Avg",
	}
	scopes = map[byte]string{'C': "Cluster", 'P': "Process", 'S': "Service", 's': "System"}
)

// appendJSON writes field, process, tags and value, without the braces around them.
func (v *value) appendJSON(dst []byte, pos int, name string) []byte {
	dst = append(dst, `"field":{"pos":`...)
	dst = strconv.AppendInt(dst, int64(pos), 10)
	dst = append(dst, `,"name":"`...)
	dst = append(dst, name...)
	dst = append(dst, `"},"processNum":1,"tags":{"origin":"`...)
	dst = append(dst, origins[v.tag[0]]...)
	dst = append(dst, `","nature":"`...)
	dst = append(dst, natures[v.tag[1]]...)
	dst = append(dst, `","scope":"`...)
	dst = append(dst, scopes[v.tag[2]]...)
	dst = append(dst, `"},"value":{"type":"`...)
	dst = append(dst, typeNames[v.typ]...)
	dst = append(dst, `","value":`...)
	if v.typ == str {
		dst = appendQuoted(dst, v.s)
	} else {
		dst = append(dst, v.text()...)
	}
	return append(dst, '}')
}

// appendQuoted writes s as a JSON string. Bytes that are not UTF-8 stay as they are, as in HAProxy.
func appendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c < ' ':
			dst = append(dst, `\u00`...)
			dst = append(dst, hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
